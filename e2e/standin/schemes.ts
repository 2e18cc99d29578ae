import { EventEmitter } from 'node:events';

/**
 * Chromium aborts requests to schemes it does not know before they can be intercepted; a registered scheme is mapped to an
 * https origin of its own and mapped back wherever the application sees an address.
 */
type SchemeHandler = (request: Request) => Response | Promise<Response>;
const SUFFIX = '-scheme.localhost';

class StandinProtocol implements Pick<
  Electron.Protocol,
  'registerSchemesAsPrivileged' | 'isProtocolHandled' | 'unhandle'
> {
  readonly #handlers = new Map<string, SchemeHandler>();
  readonly #schemes = new Set<string>();

  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    for (const { scheme } of schemes) this.#schemes.add(scheme);
  }

  handle(scheme: string, handler: SchemeHandler): void {
    if (this.#handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    this.#handlers.set(scheme, handler);
  }

  unhandle(scheme: string): void {
    this.#handlers.delete(scheme);
  }

  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme);
  }

  /** Undefined for an address of no registered scheme. */
  handlerOf(address: string): SchemeHandler | undefined {
    return this.#handlers.get(new URL(address).protocol.slice(0, -1));
  }

  toBrowser(address: string): string {
    const url = new URL(address);
    const scheme = url.protocol.slice(0, -1);
    if (!this.#schemes.has(scheme)) return address;
    return `https://${url.host}.${scheme}${SUFFIX}${url.pathname}${url.search}${url.hash}`;
  }

  fromBrowser(address: string): string {
    const match = /^https:\/\/([^/]+)\.([a-z][a-z0-9+.-]*)-scheme\.localhost(\/.*)?$/.exec(address);
    return match ? `${match[2] ?? ''}://${match[1] ?? ''}${match[3] ?? '/'}` : address;
  }
}

export const protocol = new StandinProtocol();

type PermissionCheck = NonNullable<Parameters<Electron.Session['setPermissionCheckHandler']>[0]>;
type PermissionRequest = NonNullable<Parameters<Electron.Session['setPermissionRequestHandler']>[0]>;

class StandinSession extends EventEmitter {
  check: PermissionCheck | null = null;
  request: PermissionRequest | null = null;
  readonly protocol = protocol;

  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.check = handler;
  }

  setPermissionRequestHandler(handler: PermissionRequest | null): void {
    this.request = handler;
  }
}

export const session = { defaultSession: new StandinSession() };
