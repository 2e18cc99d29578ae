import { globalShortcut } from 'electron';

export const STOP_ACCELERATOR = 'CommandOrControl+Shift+S';

export type ShortcutStatus = { readonly state: 'up' | 'degraded'; readonly detail: string };

/**
 * The stop key also without focus: a bonus that the system may refuse, or on Wayland grant without ever delivering it. The
 * key in the page and the menu does not depend on it, and its status is shown.
 */
export function registerStopShortcut(isWanted: boolean, stop: () => void): ShortcutStatus {
  if (!isWanted) return { state: 'degraded', detail: 'off by request; the key works in this window' };
  if (!globalShortcut.register(STOP_ACCELERATOR, stop) || !globalShortcut.isRegistered(STOP_ACCELERATOR))
    return { state: 'degraded', detail: 'refused by the system; the key works in this window' };
  if (process.env['XDG_SESSION_TYPE'] === 'wayland')
    return { state: 'degraded', detail: 'unknown on Wayland; the key works in this window' };
  return { state: 'up', detail: 'registered' };
}
