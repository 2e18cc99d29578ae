import { join } from 'node:path';
import { app, type BrowserWindow, dialog, globalShortcut, type WebContents } from 'electron';
import { STREAM_CHANNEL } from '../../src-preload/contract/channel-names.ts';
import type { Child } from '../launcher/process-host.ts';
import { type PracticeSession, startPracticeSession } from '../launcher/practice-session.ts';
import { servePage } from './app-protocol.ts';
import { askBeforeClosing } from './close-question.ts';
import { createEngineLine, type EngineLine } from './engine-line.ts';
import { routeRequests } from './ipc-router.ts';
import { setApplicationMenu } from './menu.ts';
import { denyPermissions, guardNavigation } from './navigation-guard.ts';
import { type DesktopOptions, desktopOptions } from './options.ts';
import { registerStopShortcut, type ShortcutStatus } from './shortcuts.ts';
import { claimSingleInstance } from './single-instance.ts';
import { type StopEverything, stopEverything } from './stop-everything.ts';
import { type UtilityProcessHost, utilityProcessHost } from './utility-process-host.ts';
import { createTerminalWindow } from './window.ts';

type Desktop = {
  readonly options: DesktopOptions;
  readonly line: EngineLine;
  readonly stop: StopEverything;
  host: UtilityProcessHost | undefined;
  session: PracticeSession | undefined;
  window: BrowserWindow | undefined;
  shortcut: ShortcutStatus;
};

const log = (line: string): void => void process.stderr.write(`leeward: ${line}\n`);
const nowUs = (): number => Date.now() * 1000;

/** Opens the one window and starts the session behind it; a second instance only shows the first. */
export function startDesktop(bundleDir: string): void {
  let desktop: Desktop | undefined;
  if (!claimSingleInstance(() => desktop?.window)) {
    log('Leeward is already open');
    app.exit(0);
    return;
  }
  guardNavigation(log);
  void app.whenReady().then(async () => {
    try {
      desktop = createDesktop(desktopOptions());
      await openDesktop(desktop, bundleDir);
    } catch (error) {
      dialog.showErrorBox('Leeward cannot start', error instanceof Error ? error.message : String(error));
      log(String(error));
      app.exit(1);
    }
  });
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    globalShortcut.unregisterAll();
    const session = desktop?.session;
    if (!desktop || !session) return;
    event.preventDefault();
    desktop.session = undefined;
    void session.close().finally(() => app.exit(0));
  });
}

function createDesktop(options: DesktopOptions): Desktop {
  const line = createEngineLine();
  const desktop: Desktop = {
    options,
    line,
    stop: stopEverything(line, () => desktop.session?.guardianSocket, nowUs),
    host: undefined,
    session: undefined,
    window: undefined,
    shortcut: { state: 'degraded', detail: 'not registered yet' },
  };
  return desktop;
}

/** The window first: it shows the start of the engine, and each later life. */
async function openDesktop(desktop: Desktop, bundleDir: string): Promise<void> {
  const { line, stop, options } = desktop;
  denyPermissions();
  servePage(join(bundleDir, '../renderer'));
  routeRequests({ line, stop, nowUs, openStream: (contents) => openStream(desktop, contents) });
  const press = (origin: 'globalShortcut' | 'key'): void => {
    stop(origin).catch((error: unknown) => log(`emergency stop not delivered: ${String(error)}`));
  };
  setApplicationMenu(() => press('key'));
  desktop.shortcut = registerStopShortcut(options.isGlobalShortcutWanted, () => press('globalShortcut'));
  const window = createTerminalWindow(bundleDir, log);
  desktop.window = window;
  askBeforeClosing(window, () => line.workingOrders());
  window.on('closed', () => (desktop.window = undefined));
  desktop.session = await startPracticeSession({
    ...{ home: options.home, practice: options.practice, port: null, configFile: undefined, overrides: [] },
    hostLabel: process.versions['standin'] === undefined ? '' : 'STAND-IN',
    host: (entryUrl) => {
      desktop.host = utilityProcessHost(entryUrl, (engine) => onEngineReady(desktop, engine));
      return desktop.host;
    },
    log,
  });
}

function onEngineReady(desktop: Desktop, engine: Child): void {
  const port = desktop.host?.openPort();
  if (port) desktop.line.attach(port);
  engine.send({ t: 'component', component: 'global shortcut', ...desktop.shortcut });
  if (desktop.window) openStream(desktop, desktop.window.webContents);
}

/** A port between page and engine; without an engine the page waits, and gets it when there is one. */
function openStream(desktop: Desktop, contents: WebContents): void {
  const port = desktop.host?.openPort();
  if (port && !contents.isDestroyed()) contents.postMessage(STREAM_CHANNEL, null, [port]);
}
