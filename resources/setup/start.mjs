// `npm start`: the desktop application where Electron and a display can be had, otherwise the same terminal in a browser.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, pinnedNode, root, runForeground, say } from './prepare.mjs';

const DOWNLOAD_TIMEOUT_MS = 300_000;

ensureInstalled();
ensureBuilt();
const electron = desktopProgram();
if (electron.path !== null) {
  say('opening the desktop application: paper mode, practice exchange, demo data, no keys');
  runForeground(electron.path, [root, ...process.argv.slice(2)]);
} else {
  say(`no desktop application here (${electron.why}): serving the same terminal to a browser of this machine`);
  runForeground(pinnedNode(), [join(root, 'out/main/cli.js'), 'serve', ...process.argv.slice(2)]);
}

/** The Electron program, downloaded when it can be; or why there is none. */
function desktopProgram() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { path: null, why: 'no display' };
  const dir = join(root, 'node_modules/electron');
  if (!existsSync(join(dir, 'package.json'))) return { path: null, why: 'Electron is not installed' };
  if (!existsSync(join(dir, 'path.txt'))) {
    say('fetching the Electron program');
    const fetched = spawnSync(pinnedNode(), [join(dir, 'install.js')], {
      stdio: 'ignore',
      timeout: DOWNLOAD_TIMEOUT_MS,
    });
    if (fetched.status !== 0 || !existsSync(join(dir, 'path.txt')))
      return { path: null, why: 'the Electron program cannot be fetched' };
  }
  const path = join(dir, 'dist', readFileSync(join(dir, 'path.txt'), 'utf8').trim());
  return existsSync(path) ? { path, why: '' } : { path: null, why: 'the Electron program is missing' };
}
