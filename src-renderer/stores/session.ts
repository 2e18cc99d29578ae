import type { Bridge, BridgeReply } from '../../src-preload/contract/bridge.ts';
import type { CommandDto, QueryDto, ServerMessage } from '../../src-preload/contract/messages.ts';
import type { InstrumentDto, TerminalState } from '../../src-preload/contract/state.ts';
import { readBookFrame } from './book-frame.ts';
import { createMarketView, type MarketView, type MarketViewFeed } from './market-view.ts';
import { applyUpdate, sequenceStep } from './terminal-state.ts';
import { createTerminalStore, type TerminalStore, type TerminalView } from './terminal-store.ts';

export const BOOK_LEVELS = 50;

/** What the session needs of the page: a wall clock and a way to publish at most once a frame. */
export type SessionPage = { nowMs(): number; schedule(task: () => void): void };

type Message<T extends ServerMessage['t']> = Extract<ServerMessage, { readonly t: T }>;

/** Connects a bridge with the stores: checks sequence numbers, asks for snapshots, renews the watch on each welcome. */
export class Session {
  readonly store: TerminalStore;
  readonly transport: Bridge['transport'];
  readonly #market: MarketViewFeed = createMarketView('main');
  readonly #bridge: Bridge;
  readonly #page: SessionPage;
  #sequence: number | null = null;
  #state: TerminalState | null = null;
  #changes: Partial<TerminalView> | null = null;
  #isSnapshotAsked = false;
  /** `watch` calls on this connection: a frame of an older call is of another instrument. */
  #watches = 0;
  #instrumentId: string | null = null;

  constructor(bridge: Bridge, page: SessionPage) {
    this.#bridge = bridge;
    this.#page = page;
    this.transport = bridge.transport;
    this.store = createTerminalStore(page.nowMs());
    bridge.receive({
      onMessage: (message) => this.#onMessage(message),
      onStatus: (status, detail) => {
        this.#isSnapshotAsked = false;
        this.#publish({ connection: { status, detail, sinceMs: page.nowMs() } });
      },
      onBookFrame: (frame) => {
        const book = readBookFrame(frame);
        if (book.viewIndex === this.#watches - 1) this.#market.pushBook(book);
      },
    });
  }

  get market(): MarketView {
    return this.#market;
  }

  /** Shows another instrument in every linked panel. */
  select(instrumentId: string): void {
    if (instrumentId === this.#instrumentId) return;
    this.#instrumentId = instrumentId;
    this.#publish({ instrumentId });
    if (this.#watches === 0) return;
    this.#bridge.unwatch(this.#market.name);
    this.#watch();
  }

  /** The last book frame is on the screen: the next may come. */
  painted(): void {
    this.#bridge.painted(this.#market.name);
  }

  command(command: CommandDto, origin: 'key' | 'button'): Promise<BridgeReply> {
    return this.#bridge.command(command, origin);
  }

  query(query: QueryDto): Promise<BridgeReply> {
    return this.#bridge.query(query);
  }

  /** However many messages came, React hears of them once a frame. */
  #publish(changes: Partial<TerminalView>): void {
    if (this.#changes) {
      Object.assign(this.#changes, changes);
      return;
    }
    this.#changes = { ...changes };
    this.#page.schedule(() => {
      const latest = this.#changes;
      this.#changes = null;
      if (latest) this.store.setState(latest);
    });
  }

  #watch(): void {
    if (this.#instrumentId === null) return;
    this.#watches += 1;
    this.#market.clear(this.#instrumentId);
    this.#bridge.watch(this.#market.name, this.#instrumentId, BOOK_LEVELS);
  }

  #onMessage(message: ServerMessage): void {
    this.#publish({ heardAtMs: this.#page.nowMs() });
    const isShown = 'instrumentId' in message && message.instrumentId === this.#instrumentId;
    switch (message.t) {
      case 'welcome':
        this.#onWelcome(message);
        break;
      case 'refused':
        this.#publish({ refusal: message.error });
        break;
      case 'snapshot':
        this.#onSnapshot(message.sequence, message.state);
        break;
      case 'update':
        this.#onUpdate(message);
        break;
      case 'trades':
        if (isShown) this.#market.pushTrades(message.trades);
        break;
      case 'bar':
        if (isShown) this.#market.pushBar(message);
        break;
      case 'reply':
        break;
    }
  }

  #onWelcome({ mode, hostLabel, instruments, accounts = [] }: Message<'welcome'>): void {
    this.#sequence = null;
    this.#watches = 0;
    const isListed = instruments.some((instrument) => instrument.instrumentId === this.#instrumentId);
    if (!isListed) this.#instrumentId = firstShown(instruments, accounts);
    const instrumentId = this.#instrumentId;
    this.#publish({ welcome: { mode, hostLabel, instruments, accounts }, refusal: null, instrumentId });
    this.#watch();
  }

  #onSnapshot(sequence: number, state: TerminalState): void {
    this.#sequence = sequence;
    this.#state = state;
    this.#isSnapshotAsked = false;
    this.#publish({ state, resyncing: false });
  }

  #onUpdate(message: Message<'update'>): void {
    const step = sequenceStep(this.#sequence, message.sequence);
    if (step === 'gap') this.#askSnapshot();
    if (step !== 'apply' || this.#state === null) return;
    this.#sequence = message.sequence;
    this.#state = applyUpdate(this.#state, message.update);
    this.#publish({ state: this.#state });
  }

  #askSnapshot(): void {
    if (this.#isSnapshotAsked) return;
    this.#isSnapshotAsked = true;
    this.#publish({ resyncing: true });
    this.#bridge.query({ kind: 'snapshot' }).then(
      (reply) => {
        this.#isSnapshotAsked = false;
        const taken = reply.ok ? snapshotIn(reply.result) : null;
        if (taken) this.#onSnapshot(taken.sequence, taken.state);
      },
      () => {
        // The line is gone: the next connection starts with a snapshot of its own.
        this.#isSnapshotAsked = false;
      },
    );
  }
}

/** The first one that the first account trades: the order in which venues list is that of their answers. */
function firstShown(instruments: readonly InstrumentDto[], [account]: readonly string[]): string | null {
  const own = instruments.find(({ accounts }) => account === undefined || accounts?.includes(account) !== false);
  return (own ?? instruments[0])?.instrumentId ?? null;
}

function snapshotIn(result: unknown): { readonly sequence: number; readonly state: TerminalState } | null {
  if (typeof result !== 'object' || result === null) return null;
  const { sequence, state } = result as { sequence?: unknown; state?: unknown };
  // The engine's own answer in the shared contract: only its presence is checked here.
  return typeof sequence === 'number' && typeof state === 'object' && state !== null
    ? { sequence, state: state as TerminalState }
    : null;
}
