import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Published by undici, also by the copy ccxt carries, when the last byte of a request was handed to its socket. */
const BODY_SENT = 'undici:request:bodySent';

/** Stamps requests whose path starts with `path` when their last byte goes to the socket. */
export class SentBytes {
  private resolve: (atMs: number) => void = () => undefined;
  private readonly path: string;
  private readonly listen = (message: unknown): void => {
    const { request } = message as { readonly request: { readonly path: string } };
    if (request.path.startsWith(this.path)) this.resolve(performance.now());
  };

  constructor(path: string) {
    this.path = path;
    subscribe(BODY_SENT, this.listen);
  }

  /** The time of the next one. */
  next(): Promise<number> {
    return new Promise((resolve) => (this.resolve = resolve));
  }

  close(): void {
    unsubscribe(BODY_SENT, this.listen);
  }
}
