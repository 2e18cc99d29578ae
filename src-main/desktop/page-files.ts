import { randomBytes } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';

export const PAGE_SCHEME = 'app';
export const PAGE_HOST = 'leeward';
export const PAGE_ADDRESS = `${PAGE_SCHEME}://${PAGE_HOST}/index.html`;

/** An address of our own page, by its parts: text that only contains ours does not count. */
export function isOwnPage(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === `${PAGE_SCHEME}:` && url.host === PAGE_HOST;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** The chart library's attribution logo styles itself with this one text; its license asks for the logo. */
const CHART_LOGO_STYLE = "'sha256-3pRED1tOXas1FXFoPb9TGCjmYe9XQsmO9OV23khV2nY='";

/** Nothing but our own files, no connection at all, and styles only from files or with this answer's nonce. */
const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}' ${CHART_LOGO_STYLE}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'none'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Answers a request of the page from the built renderer below `root`, and refuses everything else. */
export async function answerPage(root: string, request: Request): Promise<Response> {
  if (request.method !== 'GET') return refusal(405, 'expected GET');
  if (!isOwnPage(request.url)) return refusal(403, 'expected our own host');
  const path = await fileBelow(root, request.url);
  const type = path === undefined ? undefined : TYPES[extname(path)];
  if (path === undefined || type === undefined) return refusal(404, 'expected a file of the terminal');
  const nonce = randomBytes(16).toString('base64');
  const body = await readFile(path);
  return new Response(type.startsWith('text/html') ? withNonce(body.toString('utf8'), nonce) : body, {
    headers: {
      'content-type': type,
      'content-security-policy': contentSecurityPolicy(nonce),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    },
  });
}

/** Undefined for what is not a file below `root`, whichever dots, encodings or links point elsewhere. */
async function fileBelow(root: string, address: string): Promise<string | undefined> {
  try {
    const wanted = resolve(root, `.${decodeURIComponent(new URL(address).pathname)}`);
    const base = `${await realpath(root)}${sep}`;
    const path = await realpath(wanted);
    return path.startsWith(base) ? path : undefined;
  } catch {
    // No such file, or an address that is no path.
    return undefined;
  }
}

/** The component library adds style elements at run time; they carry the nonce that the page finds here. */
const withNonce = (html: string, nonce: string): string =>
  html.replace(/(<meta name="csp-nonce" content=")(")/, `$1${nonce}$2`);

const refusal = (status: number, detail: string): Response =>
  new Response(`${detail}\n`, {
    status,
    headers: { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' },
  });
