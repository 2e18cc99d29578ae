import type { Bridge, BridgeReceiver, BridgeReply, BridgeStatus } from '../../src-preload/contract/bridge.ts';
import type { ClientMessage, ServerMessage } from '../../src-preload/contract/messages.ts';
import { CONTRACT_VERSION } from '../../src-preload/contract/version.ts';

/** The part of a browser's WebSocket that is used; a test stands in for it. */
export type Socket = {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
};

export type WebBridgeOptions = {
  readonly open: () => Socket;
  /** Drawn at random: the same for all connections of this page, another for every other. */
  readonly clientId: string;
  readonly nowUs: () => number;
  readonly later: (task: () => void, delayMs: number) => void;
};

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5000;

export const reconnectDelayMs = (attempt: number): number => Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);

type Waiting = { readonly resolve: (reply: BridgeReply) => void; readonly reject: (error: Error) => void };

/** The Bridge over one WebSocket of the same origin: JSON messages, binary book frames, reconnects until refused. */
export class WebBridge implements Bridge {
  readonly transport = 'web';
  readonly #options: WebBridgeOptions;
  readonly #waiting = new Map<string, Waiting>();
  #socket: Socket | null = null;
  #receiver: BridgeReceiver | null = null;
  #backlog: ((receiver: BridgeReceiver) => void)[] = [];
  #attempt = 0;
  #nextId = 1;
  #isRefused = false;

  constructor(options: WebBridgeOptions) {
    this.#options = options;
    this.#connect();
  }

  receive(receiver: BridgeReceiver): void {
    this.#receiver = receiver;
    for (const deliver of this.#backlog) deliver(receiver);
    this.#backlog = [];
  }

  command(command: Parameters<Bridge['command']>[0], origin: 'key' | 'button'): Promise<BridgeReply> {
    return this.#ask((id) => ({ t: 'command', id, origin, issuedAtUs: this.#options.nowUs(), command }));
  }

  query(query: Parameters<Bridge['query']>[0]): Promise<BridgeReply> {
    return this.#ask((id) => ({ t: 'query', id, query }));
  }

  watch(view: string, instrumentId: string, levels: number): void {
    this.#send({ t: 'watch', view, instrumentId, levels });
  }

  unwatch(view: string): void {
    this.#send({ t: 'unwatch', view });
  }

  painted(view: string): void {
    this.#send({ t: 'painted', view });
  }

  #tell(deliver: (receiver: BridgeReceiver) => void): void {
    if (this.#receiver) deliver(this.#receiver);
    else this.#backlog.push(deliver);
  }

  #status(status: BridgeStatus, detail: string): void {
    this.#tell((receiver) => receiver.onStatus(status, detail));
  }

  #connect(): void {
    this.#status('connecting', '');
    const socket = this.#options.open();
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.#socket = socket;
      this.#send({ t: 'hello', contractVersion: CONTRACT_VERSION, clientId: this.#options.clientId });
    };
    socket.onmessage = (event: { readonly data: unknown }) => this.#onData(event.data);
    socket.onclose = (event: { readonly code: number; readonly reason: string }) => this.#onClose(event);
  }

  #onData(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      const frame = new Float64Array(data);
      this.#tell((receiver) => receiver.onBookFrame(frame));
      return;
    }
    // The engine's own server over the same origin; its words are the contract's.
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.t === 'reply') {
      this.#onReply(message);
      return;
    }
    if (message.t === 'refused') this.#isRefused = true;
    if (message.t === 'welcome') {
      this.#attempt = 0;
      this.#status('open', '');
    }
    this.#tell((receiver) => receiver.onMessage(message));
  }

  #onReply(message: Extract<ServerMessage, { readonly t: 'reply' }>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    waiting?.resolve(message.ok ? { ok: true, result: message.result } : { ok: false, error: message.error });
  }

  #onClose({ code, reason }: { readonly code: number; readonly reason: string }): void {
    this.#socket = null;
    const detail = reason === '' ? `code ${code}` : `code ${code}, ${reason}`;
    for (const { reject } of this.#waiting.values())
      reject(new Error(`expected an answer, was a closed line (${detail})`));
    this.#waiting.clear();
    this.#status('closed', detail);
    if (this.#isRefused) return;
    this.#options.later(() => this.#connect(), reconnectDelayMs(this.#attempt));
    this.#attempt += 1;
  }

  #ask(message: (id: string) => ClientMessage): Promise<BridgeReply> {
    if (!this.#socket) return Promise.reject(new Error('expected an open line, was closed'));
    const id = `c${this.#nextId++}`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send(message(id));
    });
  }

  /** Without a line there is nothing to say: the session renews its watches on the next welcome. */
  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }
}
