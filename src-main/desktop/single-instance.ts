import { app, type BrowserWindow } from 'electron';

/** False when another Leeward of this user runs: two engines on one account would order twice. It is shown instead. */
export function claimSingleInstance(window: () => BrowserWindow | undefined): boolean {
  app.on('second-instance', () => {
    const shown = window();
    if (shown?.isMinimized()) shown.restore();
    shown?.show();
    shown?.focus();
  });
  return app.requestSingleInstanceLock();
}
