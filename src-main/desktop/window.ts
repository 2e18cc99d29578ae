import { join } from 'node:path';
import { app, BrowserWindow } from 'electron';
import { PAGE_ADDRESS } from './page-files.ts';

/** surface-0 of the terminal's tokens: no flash of white before the page paints. */
const BACKGROUND = '#0a0c0f';
/** A page that dies again and again is left closed: the engine does not need it. */
const MAX_RELOADS = 3;

/** The one place where a window is made, so that no window has other rights. */
export function createTerminalWindow(bundleDir: string, log: (line: string) => void): BrowserWindow {
  const window = new BrowserWindow({
    width: 1600,
    height: 1000,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    title: 'Leeward',
    backgroundColor: BACKGROUND,
    webPreferences: {
      preload: join(bundleDir, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  window.once('ready-to-show', () => window.show());
  let reloads = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    log(`page ended: ${reason}; the engine goes on`);
    reloads += 1;
    if (reloads <= MAX_RELOADS) window.webContents.reload();
  });
  window.loadURL(PAGE_ADDRESS).catch((error: unknown) => log(`page did not load: ${String(error)}`));
  return window;
}
