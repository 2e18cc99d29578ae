import { app, session, type WebContents } from 'electron';
import { isOwnPage } from './page-files.ts';

/** Nothing that a page of this application could use is granted. */
export function denyPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
}

/** Every page, whoever made it: no other address, no new window, no embedded view. */
export function guardNavigation(log: (line: string) => void): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, log));
}

function guard(contents: WebContents, log: (line: string) => void): void {
  contents.on('will-frame-navigate', (event) => {
    event.preventDefault();
    log(`navigation refused: ${shown(event.url)}`);
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    log(`window refused: ${shown(url)}`);
    return { action: 'deny' };
  });
}

/** An address in the log without what may be secret in it. */
const shown = (address: string): string =>
  isOwnPage(address) ? 'own page' : (URL.parse(address)?.origin ?? 'invalid');
