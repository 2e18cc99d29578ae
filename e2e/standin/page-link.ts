import { decode, encode, type Encoded } from './codec.ts';
import { ipcMain } from './ipc-main.ts';
import { PortRelays } from './message-ports.ts';
import { record } from './record.ts';

type FromPage =
  | { readonly t: 'invoke'; readonly id: number; readonly channel: string; readonly args: Encoded }
  | { readonly t: 'send'; readonly channel: string; readonly args: Encoded }
  | { readonly t: 'port'; readonly id: string; readonly data: Encoded }
  | { readonly t: 'portClosed'; readonly id: string }
  | { readonly t: 'windowOpen'; readonly url: string };

export type PageLinkOptions = {
  /** The event of `ipcMain` for a message of this page. */
  readonly eventOf: () => object;
  readonly evaluate: (expression: string, contextId: number) => void;
  readonly onWindowOpen: (url: string) => void;
};

/** Messages between the main process and the preload of one page. */
export class PageLink {
  readonly #options: PageLinkOptions;
  readonly #relays = new PortRelays();
  readonly #outbox: object[] = [];
  #contextId: number | undefined;

  constructor(options: PageLinkOptions) {
    this.#options = options;
  }

  /** The preload's world of the present document; undefined while there is none. */
  enter(contextId: number | undefined): void {
    this.#contextId = contextId;
  }

  isFrom(contextId: number): boolean {
    return contextId === this.#contextId;
  }

  /** The document is gone, and its ports with it. */
  leave(): void {
    this.#relays.closeAll();
  }

  send(channel: string, args: readonly unknown[], transfer: readonly unknown[]): void {
    const ports = this.#relays.transfer(transfer, (id, data, closed) =>
      this.#post(closed ? { t: 'portClosed', id } : { t: 'port', id, data: encode(data) }),
    );
    this.#post({ t: 'event', channel, args: encode(args), ports });
  }

  receive(text: string): void {
    const message = JSON.parse(text) as FromPage;
    if (message.t === 'port') this.#relays.relay(message.id, decode(message.data));
    else if (message.t === 'portClosed') this.#relays.close(message.id);
    else if (message.t === 'windowOpen') this.#options.onWindowOpen(message.url);
    else if (message.t === 'invoke') this.#answer(message);
    else ipcMain.emit(message.channel, this.#options.eventOf(), ...(decode(message.args) as unknown[]));
  }

  flush(): void {
    if (this.#contextId === undefined || this.#outbox.length === 0) return;
    const batch = this.#outbox.splice(0);
    this.#options.evaluate(`__standinDeliver(${JSON.stringify(batch)})`, this.#contextId);
  }

  #answer({ id, channel, args }: Extract<FromPage, { readonly t: 'invoke' }>): void {
    ipcMain
      .invoke(channel, this.#options.eventOf(), decode(args) as unknown[])
      .then((result) => this.#post({ t: 'reply', id, ok: true, value: encode(result) }))
      .catch((error: unknown) => this.#post({ t: 'reply', id, ok: false, value: encode(error) }));
  }

  /** Deliveries wait for the preload, then leave together: one evaluation for all of one turn. */
  #post(delivery: object): void {
    record('page', delivery);
    this.#outbox.push(delivery);
    if (this.#outbox.length === 1) setImmediate(() => this.flush());
  }
}
