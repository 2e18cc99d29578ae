/** The stand-in's executable: what Electron's binary does, from Node and a headless Chromium. */
import { readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { startChromium } from './chromium.ts';
import { ipcMain } from './ipc-main.ts';
import { MessageChannelMain } from './message-ports.ts';
import { dialog, globalShortcut, Menu, powerMonitor, shell } from './recorders.ts';
import { setBrowser } from './running.ts';
import { protocol, session } from './schemes.ts';
import { utilityProcess } from './utility-process.ts';
import { StandinWebContents } from './web-contents.ts';

const MODULE = new URL('./electron.cjs', import.meta.url).href;
const NAMES = ['electron', 'electron/main', 'electron/common'];

const argv = process.argv.slice(2);
const loaderAt = argv.indexOf('-r');
const loader = loaderAt === -1 ? undefined : argv[loaderAt + 1];
const appPath = argv.find((argument, index) => !argument.startsWith('-') && index !== loaderAt + 1) ?? '.';

process.argv = [join(import.meta.dirname, 'electron'), ...argv];
define(process.versions, 'standin', '1');
define(process.versions, 'electron', '0.0.0-standin');
define(process, 'type', 'browser');
define(process, 'resourcesPath', import.meta.dirname);

Object.assign(globalThis, {
  [Symbol.for('leeward.standin')]: {
    ...{
      app,
      BrowserWindow,
      dialog,
      globalShortcut,
      ipcMain,
      Menu,
      MessageChannelMain,
      powerMonitor,
      protocol,
      session,
    },
    ...{ shell, utilityProcess, webContents: StandinWebContents },
  },
});
registerHooks({
  resolve: (specifier, context, next) =>
    NAMES.includes(specifier) ? { url: MODULE, format: 'commonjs', shortCircuit: true } : next(specifier, context),
});

app.start(appPath, argv);
const require = createRequire(import.meta.url);
if (loader !== undefined) require(loader);
const chromium = await startChromium(argv.filter((argument) => argument.startsWith('--remote-debugging-port')));
define(process.versions, 'chrome', chromium.version);
setBrowser(chromium);
process.stderr.write(`STAND-IN (Node ${process.versions.node} + Chromium ${chromium.version}, not Electron)\n`);
await chromium.browser.send('Target.setDiscoverTargets', { discover: true });

let ending = false;
app.finish = (code) => {
  if (ending) return;
  ending = true;
  void chromium.close().finally(() => process.exit(code));
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());

const { main } = JSON.parse(readFileSync(join(resolve(appPath), 'package.json'), 'utf8')) as { readonly main: string };
await import(pathToFileURL(join(resolve(appPath), main)).href);
app.becomeReady();

function define(target: object, name: string, value: string): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true });
}
