import type { Bridge, BridgeReceiver, BridgeReply } from '../../src-preload/contract/bridge.ts';
import type { BarDto, CommandDto, QueryDto, TradeTuple } from '../../src-preload/contract/messages.ts';
import type { TerminalState } from '../../src-preload/contract/state.ts';
import { sampleInstruments, samplePrice, seededWalk, SAMPLE_NOW_US } from './sample-markets.ts';
import { sampleState } from './sample-state.ts';

export type SampleOptions = {
  readonly state?: TerminalState;
  /** Leaves out what the picture is about: the welcome, the snapshot or the market data. */
  readonly without?: readonly ('welcome' | 'snapshot' | 'market')[];
  readonly answer?: (command: CommandDto) => BridgeReply;
};

const BAR_COUNT = 120;
const BAR_US = 300_000_000;

export function sampleBook(base: string, instrumentIndex: number, viewIndex: number): Float64Array {
  const instrument = sampleInstruments[instrumentIndex];
  const tick = Number(instrument?.tickSize ?? '0.01');
  const best = Math.round(samplePrice(base) / tick);
  const noise = seededWalk(instrumentIndex + 5, 100).map((step) => Math.abs(step * 7919) % 1);
  const step = Math.max(1, Math.round(best / 400_000));
  const side = (sign: 1 | -1): number[] =>
    Array.from({ length: 50 }, (_, index) => [
      best + (sign > 0 ? 1 : 0) + sign * index * step,
      Math.ceil(1 + (noise[index + (sign > 0 ? 0 : 50)] ?? 0) ** 3 * 90_000),
    ]).flat();
  return Float64Array.from([viewIndex, instrumentIndex, 4711, 38, 50, 50, ...side(-1), ...side(1)]);
}

function sampleBars(base: string, digits: number): readonly BarDto[] {
  const price = samplePrice(base);
  const walk = seededWalk(base.length * 77 + base.charCodeAt(0), BAR_COUNT * 4);
  const end = walk.at(-1) ?? 0;
  const at = (index: number): number => price * (1 + ((walk[index] ?? end) - end) * 0.0009);
  return Array.from({ length: BAR_COUNT }, (_, bar) => {
    const steps = [at(bar * 4 - 1), at(bar * 4), at(bar * 4 + 1), at(bar * 4 + 2), at(bar * 4 + 3)];
    const text = (value: number): string => value.toFixed(digits);
    return {
      openTimeUs: Math.floor(SAMPLE_NOW_US / BAR_US) * BAR_US - (BAR_COUNT - 1 - bar) * BAR_US,
      open: text(bar === 0 ? at(0) : (steps[0] ?? price)),
      high: text(Math.max(...steps)),
      low: text(Math.min(...steps)),
      close: text(steps[4] ?? price),
      volume: (40 + Math.abs(((walk[bar] ?? 0) * 977) % 90)).toFixed(2),
    };
  });
}

function sampleTrades(base: string, tick: number): readonly TradeTuple[] {
  const best = Math.round(samplePrice(base) / tick);
  const walk = seededWalk(31, 60);
  return walk.map((step, index) => [
    best + Math.round(step),
    1 + Math.round(Math.abs(step * 7919) % 3000) + (index === 47 ? 60_000 : 0),
    step > (walk[index - 1] ?? 0) ? 1 : -1,
    SAMPLE_NOW_US - (60 - Math.floor(index / 1.4)) * 431_000,
  ]);
}

/** A Bridge without an engine, for pictures and browser tests. */
export class SampleBridge implements Bridge {
  readonly transport = 'web';
  readonly commands: { readonly command: CommandDto; readonly origin: 'key' | 'button' }[] = [];
  readonly queries: QueryDto[] = [];
  paintedCount = 0;
  receiver: BridgeReceiver | null = null;
  readonly #options: SampleOptions;
  #watches = 0;

  constructor(options: SampleOptions = {}) {
    this.#options = options;
  }

  receive(receiver: BridgeReceiver): void {
    this.receiver = receiver;
    const { without = [], state = sampleState() } = this.#options;
    if (without.includes('welcome')) return;
    receiver.onStatus('open', '');
    receiver.onMessage({
      t: 'welcome',
      contractVersion: 1,
      mode: state.strip.mode,
      hostLabel: 'SAMPLE DATA',
      instruments: sampleInstruments,
      accounts: ['paper-01'],
    });
    if (!without.includes('snapshot')) receiver.onMessage({ t: 'snapshot', sequence: 1, state });
  }

  command(command: CommandDto, origin: 'key' | 'button'): Promise<BridgeReply> {
    this.commands.push({ command, origin });
    return Promise.resolve(this.#options.answer?.(command) ?? { ok: true, result: null });
  }

  query(query: QueryDto): Promise<BridgeReply> {
    this.queries.push(query);
    if (query.kind === 'bars') return Promise.resolve({ ok: true, result: this.#bars(query.instrumentId) });
    if (query.kind === 'snapshot') {
      const state = this.#options.state ?? sampleState();
      return Promise.resolve({ ok: true, result: { sequence: 1, state } });
    }
    return Promise.resolve({ ok: true, result: SAMPLE_VERDICT });
  }

  watch(view: string, instrumentId: string): void {
    const viewIndex = this.#watches++;
    if (this.#options.without?.includes('market') === true) return;
    const index = sampleInstruments.findIndex((instrument) => instrument.instrumentId === instrumentId);
    const instrument = sampleInstruments[index];
    if (!instrument) return;
    queueMicrotask(() => {
      this.receiver?.onBookFrame(sampleBook(instrument.base, index, viewIndex));
      const trades = sampleTrades(instrument.base, Number(instrument.tickSize));
      this.receiver?.onMessage({ t: 'trades', view, instrumentId, trades });
    });
  }

  unwatch(): void {
    // Nothing flows by itself here.
  }

  painted(): void {
    this.paintedCount += 1;
  }

  #bars(instrumentId: string): readonly BarDto[] {
    const instrument = sampleInstruments.find((entry) => entry.instrumentId === instrumentId);
    return instrument ? sampleBars(instrument.base, (instrument.tickSize.split('.')[1] ?? '').length) : [];
  }
}

const check = (name: string, after: string | null, limit: string | null, unit: string): Record<string, unknown> => ({
  name,
  passed: true,
  used: null,
  after,
  limit,
  headroom: null,
  unit,
});

const SAMPLE_VERDICT = {
  allowed: true,
  denials: [],
  checks: [
    check('tradingState', null, null, ''),
    check('orderNotional', '4536.00', '25000.00', 'USDT'),
    check('positionNotional', '58972.36', '60000.00', 'USDT'),
    check('grossNotional', '148892.09', '200000.00', 'USDT'),
    check('priceCollar', '0.0008', '0.0050', ''),
    check('orderSlots', '11', '200', ''),
    check('protection', null, null, ''),
  ],
};
