import { type BrowserWindow, dialog } from 'electron';

const STAY = 0;

/** Asks before the window closes over working orders: they stay at the venue, and nobody watches them here any more. */
export function askBeforeClosing(window: BrowserWindow, workingOrders: () => number | null): void {
  let isConfirmed = false;
  window.on('close', (event) => {
    const count = workingOrders() ?? 0;
    if (isConfirmed || count === 0) return;
    event.preventDefault();
    const orders = count === 1 ? '1 working order stays' : `${count} working orders stay`;
    void dialog
      .showMessageBox(window, {
        type: 'warning',
        message: `${orders} at the venue`,
        detail: 'Leeward stops watching when it closes. Stops that rest at the venue keep protecting their positions.',
        buttons: ['Keep Leeward open', 'Close Leeward'],
        defaultId: STAY,
        cancelId: STAY,
        noLink: true,
      })
      .then(({ response }) => {
        if (response === STAY) return;
        isConfirmed = true;
        window.close();
      });
  });
}
