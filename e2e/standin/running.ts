import type { Chromium } from './chromium.ts';

type Running = Chromium & {
  /** The next page that this opener creates is closed: its opener's handler denied it. */
  denyPopup(openerId: string): void;
};

let running: Running | undefined;

/** Makes the started browser known to the modules of the stand-in. */
export function setBrowser(chromium: Chromium): void {
  const denied: string[] = [];
  const close = (targetId: string): void => {
    chromium.browser.send('Target.closeTarget', { targetId }).catch(() => undefined);
  };
  const popups = new Map<string, string>();
  chromium.browser.on('Target.targetCreated', ({ targetInfo: { targetId, openerId, type } }) => {
    if (type !== 'page' || openerId === undefined) return;
    if (denied.includes(openerId)) {
      denied.splice(denied.indexOf(openerId), 1);
      close(targetId);
    } else popups.set(openerId, targetId);
  });
  running = {
    ...chromium,
    denyPopup: (openerId) => {
      const open = popups.get(openerId);
      popups.delete(openerId);
      if (open === undefined) denied.push(openerId);
      else close(open);
    },
  };
}

/** Throws before the browser runs: Electron's windows also cannot be made before the application is ready. */
export function browserOf(): Running {
  if (!running) throw new Error('Cannot create BrowserWindow before app is ready');
  return running;
}
