import { afterEach, describe, expect, it } from 'vitest';
import type { BookView } from '../../../engine/domain/book-view.ts';
import type { ListedInstrument } from '../../../engine/domain/events.ts';
import { instrumentId } from '../../../engine/domain/identifiers.ts';
import type { MarketDataFeed } from '../../../engine/ports/market-data-feed.ts';
import { createMarketSource } from '../../../practice-exchange/market/create-market-source.ts';
import { type PracticeExchange, startPracticeExchange } from '../../../practice-exchange/start-practice-exchange.ts';
import { createSystemClock } from '../../system-clock/system-clock.ts';
import { createWeightLimiter } from '../weight-limiter.ts';
import { createBinancePublicFeed } from './binance-public-feed.ts';
import { BINANCE_SPOT, BINANCE_USDM } from './public-product.ts';

const LEVELS = 20;
const clock = createSystemClock();

let exchange: PracticeExchange;
let product: 'SPOT' | 'USDM';
let feed: MarketDataFeed;
afterEach(async () => {
  await feed.close();
  await exchange.close();
});

const board = () => (product === 'SPOT' ? exchange.venue : exchange.venue.usdm);

/** Compares each book the feed shows with the venue's own, whenever both stand at the same update. */
class Witness {
  readonly problems: string[] = [];
  readonly states: string[] = [];
  trades = 0;
  private readonly agreed = new Map<string, number>();
  private wake: () => void = () => undefined;

  async start(symbols: readonly string[]): Promise<void> {
    const warn = (message: string, fields?: Readonly<Record<string, unknown>>) =>
      void this.problems.push(`${message} ${JSON.stringify(fields)}`);
    feed = createBinancePublicFeed({
      ...{ restUrl: exchange.rest, origin: 'synthetic', clock },
      streamUrl: product === 'SPOT' ? exchange.stream : exchange.futures,
      product: product === 'SPOT' ? BINANCE_SPOT : BINANCE_USDM,
      limiter: createWeightLimiter(clock),
      random: { next: () => 0.5, hex: () => '' },
      logger: { debug: () => undefined, info: () => undefined, warn, error: warn },
      connectionTiming: { backoffMs: 20 },
      watchTiming: { compareAfterMs: 300, graceMs: 50 },
    });
    await feed.start(symbols.map(listed), '1m', {
      onBook: (id, book) => this.compare(id.replace('/', '').split('.')[0] ?? '', book),
      onTrade: () => this.trades++,
      onBarClosed: () => undefined,
      onBarChanged: () => undefined,
      onState: (_, state) => void this.states.push(state),
    });
  }

  /** Resolves when each symbol was seen equal `times` times from now on. */
  agree(symbols: readonly string[], times: number): Promise<void> {
    this.agreed.clear();
    return new Promise((resolve) => {
      this.wake = () => {
        if (symbols.every((symbol) => (this.agreed.get(symbol) ?? 0) >= times)) resolve();
      };
    });
  }

  private compare(symbol: string, book: BookView): void {
    const theirs = board()?.engine.state.markets.get(symbol)?.book;
    if (theirs?.lastUpdateId !== book.updateId) return;
    const target = new Float64Array(2 + 4 * LEVELS);
    const [bids = 0, asks = 0, ...levels] = target.subarray(0, book.writeTop(target, LEVELS));
    expect([bids, asks]).toEqual([theirs.bids.top(LEVELS).length, theirs.asks.top(LEVELS).length]);
    expect(levels).toEqual([...theirs.bids.top(LEVELS).flat(), ...theirs.asks.top(LEVELS).flat()]);
    this.agreed.set(symbol, (this.agreed.get(symbol) ?? 0) + 1);
    this.wake();
  }
}

function listed(venueSymbol: string): ListedInstrument {
  const rules = board()?.engine.state.markets.get(venueSymbol)?.rules;
  if (rules === undefined) throw new Error(`expected a listed symbol, was ${venueSymbol}`);
  const id = instrumentId({ base: rules.base, quote: rules.quote, venue: 'BINANCE', product });
  return {
    ...{ id, version: 1, venueSymbol, tickSize: rules.prices.format(1), lotSize: rules.sizes.format(1) },
    ...{ minQuantity: '0', maxQuantity: '9000', minNotional: '5', priceBand: null, maxOrders: 200, maxStopOrders: 5 },
    ...{ makerFee: '0.001', takerFee: '0.001' },
  };
}

describe('the feed on the practice exchange', () => {
  it.each(['SPOT', 'USDM'] as const)(
    'shows the venue’s own books of %s, through gaps, bad numbers and silence',
    async (of) => {
      product = of;
      const synthetic = { count: 3, seed: 'feed', updatesPerSecond: 20 };
      exchange = await startPracticeExchange({
        market: createMarketSource({ kind: 'synthetic', synthetic }),
        accounts: [{ name: 'futures', balances: {}, usdm: '100' }],
      });
      const symbols = [...(board()?.engine.state.markets.keys() ?? [])];
      const witness = new Witness();
      await witness.start(symbols);
      await witness.agree(symbols, 5);
      expect(witness.problems).toEqual([]);

      const { faults } = exchange.venue;
      const [first = ''] = symbols;
      for (const kind of ['gap', 'badSequence'] as const) {
        faults.arm({ kind, stream: `${first.toLowerCase()}@depth` });
        const problemsBefore = witness.problems.length;
        await witness.agree(symbols, 5);
        while (witness.problems.length === problemsBefore) await witness.agree([first], 1);
        expect(witness.problems.at(-1)).toContain('order book lost');
      }

      faults.arm({ kind: 'silent', stream: 'depth', forMs: 900 });
      while (!witness.problems.some((problem) => problem.includes('silent while the venue went on'))) {
        await witness.agree(symbols, 1);
      }
      await witness.agree(symbols, 5);
      expect(witness.trades).toBeGreaterThan(0);
      expect(witness.states).not.toContain('failed');
    },
  );

  it('plays the demo pairs: history, then books', async () => {
    product = 'SPOT';
    exchange = await startPracticeExchange({
      market: createMarketSource({ kind: 'demo', symbols: ['BTCUSDT', 'SHIBUSDT'] }),
    });
    const witness = new Witness();
    await witness.start(['BTCUSDT', 'SHIBUSDT']);
    await witness.agree(['BTCUSDT', 'SHIBUSDT'], 3);
    const history = await feed.history(listed('BTCUSDT').id, '1m', 300);
    if (!history.ok) throw new Error(history.error.detail);
    const opens = history.value.map(({ openTimeUs }) => openTimeUs / 60e6);
    expect(opens).toEqual(Array.from({ length: 300 }, (_, index) => (opens[0] ?? 0) + index));
    expect(witness.problems).toEqual([]);
  });
});
