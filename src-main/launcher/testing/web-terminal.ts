import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { ClientMessage, CommandDto, ServerMessage } from '../../../src-preload/contract/messages.ts';
import type { TerminalState } from '../../../src-preload/contract/state.ts';
import { CONTRACT_VERSION } from '../../../src-preload/contract/version.ts';

type Entry = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clientId: string;
};

type Reply = Extract<ServerMessage, { t: 'reply' }>;

/** A terminal without a page: it enters with the one-time address and awaits what it is told. */
export class WebTerminal {
  readonly messages: ServerMessage[] = [];
  readonly frames: Float64Array[] = [];
  readonly closed: Promise<number>;
  private readonly socket: WebSocket;
  private readonly entry: Entry;
  private readonly waiting = new Set<() => void>();
  private ids = 0;

  private constructor(socket: WebSocket, entry: Entry) {
    this.socket = socket;
    this.entry = entry;
    this.closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)));
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.frames.push(new Float64Array(new Uint8Array(data).buffer));
      else this.messages.push(JSON.parse(data.toString('utf8')) as ServerMessage);
      for (const look of [...this.waiting]) look();
    });
  }

  static async enter(address: string): Promise<WebTerminal> {
    const entered = await fetch(address, { redirect: 'manual' });
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
    const { host, origin } = new URL(address);
    return WebTerminal.join({ url: `ws://${host}/stream`, headers: { cookie, origin }, clientId: randomUUID() });
  }

  private static async join(entry: Entry): Promise<WebTerminal> {
    const socket = new WebSocket(entry.url, { headers: entry.headers });
    const terminal = new WebTerminal(socket, entry);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    terminal.send({ t: 'hello', contractVersion: CONTRACT_VERSION, clientId: entry.clientId });
    return terminal;
  }

  /** The same client on another connection; another client where a name is given. */
  async again(clientId = this.entry.clientId): Promise<WebTerminal> {
    return WebTerminal.join({ ...this.entry, clientId });
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  sendRaw(data: string | Buffer): void {
    this.socket.send(data);
  }

  /** The first answer of `look` that is not undefined, asked again with each message that comes. */
  async until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const again = (): void => {
        const found = look();
        if (found === undefined) return;
        this.waiting.delete(again);
        resolve(found);
      };
      this.waiting.add(again);
      again();
    });
  }

  /** The first whole state from now on that fits; a snapshot is asked for with each change. */
  async state(fits: (state: TerminalState) => boolean): Promise<TerminalState> {
    for (;;) {
      const { state } = await this.snapshot();
      if (fits(state)) return state;
      const seen = this.messages.length;
      await this.until(() => this.messages.slice(seen).find((message) => message.t === 'update'));
    }
  }

  async command(command: CommandDto): Promise<Reply> {
    return this.ask((id) => ({ t: 'command', id, origin: 'button', issuedAtUs: Date.now() * 1000, command }));
  }

  async query(query: Extract<ClientMessage, { t: 'query' }>['query']): Promise<Reply> {
    return this.ask((id) => ({ t: 'query', id, query }));
  }

  close(): void {
    this.socket.terminate();
  }

  private async snapshot(): Promise<Extract<ServerMessage, { t: 'snapshot' }>> {
    const seen = this.messages.length;
    this.ids += 1;
    this.send({ t: 'query', id: `q${this.ids}`, query: { kind: 'snapshot' } });
    return this.until(() => this.messages.slice(seen).find((message) => message.t === 'snapshot'));
  }

  private async ask(message: (id: string) => ClientMessage): Promise<Reply> {
    this.ids += 1;
    return this.reply(message(`q${this.ids}`));
  }

  /** The next answer to this very message, which may have been sent before. */
  async reply(message: ClientMessage): Promise<Reply> {
    const id = 'id' in message ? message.id : '';
    const seen = this.messages.length;
    this.send(message);
    return this.until(() =>
      this.messages.slice(seen).find((candidate): candidate is Reply => candidate.t === 'reply' && candidate.id === id),
    );
  }
}
