import { browserOf } from './running.ts';
import { session } from './schemes.ts';

const PERMISSIONS = ['geolocation', 'notifications', 'midi', 'clipboard-read', 'idle-detection'] as const;
/** Asks the application for each permission as its page opens. Without a handler Electron approves, and so does this. */
export async function applyPermissions(address: string, applicationUrl: string): Promise<void> {
  const { check } = session.defaultSession;
  if (!/^https?:/.test(address)) return;
  const { origin } = new URL(address);
  for (const name of PERMISSIONS) {
    const granted =
      check === null || check(null, name, applicationUrl, { isMainFrame: true, requestingUrl: applicationUrl });
    await browserOf().browser.send('Browser.setPermission', {
      permission: { name },
      setting: granted ? 'granted' : 'denied',
      origin,
    });
  }
}
