import { browserOf } from './running.ts';
import { session } from './schemes.ts';

/** Electron's name of each permission, then the browser's. */
const PERMISSIONS = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['midi', 'midi'],
  ['media', 'camera'],
  ['media', 'microphone'],
  ['clipboard-read', 'clipboard-read'],
] as const;
/** Asks the application for each permission as its page opens. Without a handler Electron approves, and so does this. */
export async function applyPermissions(address: string, applicationUrl: string): Promise<void> {
  const { check } = session.defaultSession;
  if (!/^https?:/.test(address)) return;
  const { origin } = new URL(address);
  for (const [asked, name] of PERMISSIONS) {
    const granted =
      check === null || check(null, asked, applicationUrl, { isMainFrame: true, requestingUrl: applicationUrl });
    await browserOf().browser.send('Browser.setPermission', {
      permission: { name },
      setting: granted ? 'granted' : 'denied',
      origin,
    });
  }
}
