import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { STOP_ACCELERATOR } from './shortcuts.ts';

/** The stop works from here while the page hangs. */
export function setApplicationMenu(stop: () => void): void {
  const view: MenuItemConstructorOptions[] = [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }];
  if (!app.isPackaged) view.push({ role: 'toggleDevTools' });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      { label: 'Leeward', submenu: [{ role: 'quit' }] },
      { label: 'Trading', submenu: [{ label: 'Emergency stop', accelerator: STOP_ACCELERATOR, click: () => stop() }] },
      { role: 'editMenu' },
      { label: 'View', submenu: view },
    ]),
  );
}
