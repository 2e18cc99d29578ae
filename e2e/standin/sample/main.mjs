// The application of the conformance specs: a window on app:// whose page the specs drive.
import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, protocol } from 'electron';

protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
ipcMain.handle('echo', (_event, value) => value);
ipcMain.handle('sender', (event) => ({ url: event.senderFrame.url, isTop: event.senderFrame.parent === null }));
ipcMain.handle('limit', () => {
  throw new RangeError('limit breached');
});
ipcMain.handle('function', () => () => 1);

app.whenReady().then(() => {
  protocol.handle('app', (request) => {
    globalThis.requested = [...(globalThis.requested ?? []), request.url];
    return new Response('<!doctype html><title>sample</title><p>sample</p>', {
      headers: { 'content-type': 'text/html', 'x-sample': 'yes' },
    });
  });
  const window = new BrowserWindow({ webPreferences: { preload: join(import.meta.dirname, 'preload.cjs') } });
  return window.loadURL('app://sample/index.html');
});
