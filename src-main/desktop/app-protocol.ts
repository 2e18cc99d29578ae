import { protocol } from 'electron';
import { answerPage, PAGE_SCHEME } from './page-files.ts';

/** Before the application is ready: the scheme counts as secure and has an origin. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** The only content a window can show. */
export function servePage(rendererDir: string): void {
  protocol.handle(PAGE_SCHEME, async (request) => answerPage(rendererDir, request));
}
