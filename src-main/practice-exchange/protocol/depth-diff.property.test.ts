import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SymbolMarket } from '../matching/exchange-state.ts';
import { EngineFixture, wish } from '../testing/engine-fixture.ts';
import { depthDiff, levelRows } from './stream-messages.ts';

type Diff = { U: number; u: number; b: [string, string][]; a: [string, string][] };

/** A client's book: a snapshot and then every diff by the venue's rule. */
class ClientBook {
  private readonly bids: Map<string, string>;
  private readonly asks: Map<string, string>;
  private lastUpdateId: number;

  constructor({ book, rules }: SymbolMarket) {
    this.lastUpdateId = book.lastUpdateId;
    this.bids = new Map(levelRows(rules, book.bids.top(5000)));
    this.asks = new Map(levelRows(rules, book.asks.top(5000)));
  }

  apply(diff: Diff): void {
    if (diff.u <= this.lastUpdateId) return;
    expect(diff.U).toBeLessThanOrEqual(this.lastUpdateId + 1);
    this.lastUpdateId = diff.u;
    for (const [price, size] of diff.b) this.bids.set(price, size);
    for (const [price, size] of diff.a) this.asks.set(price, size);
  }

  rows() {
    const live = (side: Map<string, string>) => [...side].filter(([, size]) => Number(size) > 0);
    return {
      bids: live(this.bids).sort(([a], [b]) => Number(b) - Number(a)),
      asks: live(this.asks).sort(([a], [b]) => Number(a) - Number(b)),
    };
  }
}

const ticks = fc.integer({ min: 9_960, max: 10_040 });
const lots = fc.integer({ min: 0, max: 2_000 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('book' as const), side: fc.constantFrom('bids', 'asks'), ticks, lots }),
  fc.record({
    kind: fc.constant('trade' as const),
    ticks,
    lots: fc.integer({ min: 1, max: 900 }),
    aggressor: fc.constantFrom('buy' as const, 'sell' as const),
  }),
  fc.record({
    kind: fc.constant('order' as const),
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    ticks,
    quantity: fc.integer({ min: 60, max: 900 }),
  }),
  fc.constant({ kind: 'cancel' as const }),
  fc.constant({ kind: 'flush' as const }),
  fc.constant({ kind: 'snapshot' as const }),
);

it('lets a client that follows U and u hold the same book, wherever it began', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const fixture = new EngineFixture();
      const market = fixture.engine.state.market('BTCUSDT');
      const window = market.book.openWindow();
      const clients: ClientBook[] = [];
      let lastU: number | null = null;
      const flush = (): void => {
        const text = depthDiff(market, window, { marketMs: 0, shift: 0 });
        if (text === null) return;
        market.book.restartWindow(window);
        const diff = JSON.parse(text) as Diff;
        if (lastU !== null) expect(diff.U).toBe(lastU + 1);
        lastU = diff.u;
        for (const client of clients) client.apply(diff);
      };
      for (const played of steps) {
        if (played.kind === 'book')
          fixture.book(
            played.side === 'bids' ? [[played.ticks, played.lots]] : [],
            played.side === 'asks' ? [[played.ticks, played.lots]] : [],
          );
        else if (played.kind === 'trade') fixture.trade(played.ticks, played.lots, played.aggressor);
        else if (played.kind === 'order')
          fixture.place(
            wish({
              side: played.side,
              price: (played.ticks / 100).toFixed(2),
              quantity: (played.quantity / 1000).toFixed(3),
            }),
          );
        else if (played.kind === 'cancel')
          fixture.engine.cancel(fixture.account.openOrders()[0], 'cancel', fixture.now);
        else if (played.kind === 'snapshot') clients.push(new ClientBook(market));
        else flush();
      }
      flush();
      const { book, rules } = market;
      const served = { bids: levelRows(rules, book.bids.top(5000)), asks: levelRows(rules, book.asks.top(5000)) };
      for (const client of clients) expect(client.rows()).toEqual(served);
    }),
    { numRuns: 200 },
  );
});
