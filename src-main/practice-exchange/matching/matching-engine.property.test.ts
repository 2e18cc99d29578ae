import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineFixture, FEES, listWish, wish } from '../testing/engine-fixture.ts';
import type { Account } from './account.ts';
import { requirement } from './settlement.ts';
import { isLive, remainingLots } from './venue-order.ts';

type Step =
  | { kind: 'order'; account: 0 | 1; request: ReturnType<typeof wish> }
  | { kind: 'list'; account: 0 | 1; size: string; sizedByWorking: boolean }
  | { kind: 'trade'; ticks: number; lots: number; aggressor: 'buy' | 'sell' }
  | { kind: 'book'; middle: number; lots: number }
  | { kind: 'cancel'; pick: number };

const text = (steps: number, scale: number): string => (steps / 10 ** scale).toFixed(scale);
const near = fc.integer({ min: 9_985, max: 10_015 });
const price = fc.oneof(near, fc.integer({ min: 9_900, max: 10_100 })).map((ticks) => text(ticks, 2));
const size = fc.integer({ min: 51, max: 3_000 }).map((lots) => text(lots, 3));
const account = fc.constantFrom(0 as const, 1 as const);
const side = fc.constantFrom('BUY' as const, 'SELL' as const);

const limit = fc.record({
  account,
  side,
  quantity: size,
  price,
  timeInForce: fc.constantFrom('GTC' as const, 'IOC' as const, 'FOK' as const),
  type: fc.constantFrom('LIMIT' as const, 'LIMIT_MAKER' as const),
});
const stop = fc.record({
  account,
  side,
  quantity: size,
  price,
  stopPrice: price,
  type: fc.constantFrom('STOP_LOSS_LIMIT' as const, 'TAKE_PROFIT_LIMIT' as const),
});
const market = fc.record({ account, side, quantity: size, type: fc.constant('MARKET' as const) });
const stopMarket = fc.record({
  account,
  side,
  quantity: size,
  stopPrice: price,
  type: fc.constant('STOP_LOSS' as const),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .oneof(limit, stop, market, stopMarket)
    .map(({ account: index, ...rest }) => ({ kind: 'order' as const, account: index, request: wish(rest) })),
  fc.record({ kind: fc.constant('list' as const), account, size, sizedByWorking: fc.boolean() }),
  fc.record({
    kind: fc.constant('trade' as const),
    ticks: fc.integer({ min: 9_900, max: 10_100 }),
    lots: fc.integer({ min: 1, max: 3_000 }),
    aggressor: fc.constantFrom('buy' as const, 'sell' as const),
  }),
  fc.record({
    kind: fc.constant('book' as const),
    middle: fc.integer({ min: 9_920, max: 10_080 }),
    lots: fc.integer({ min: 1, max: 2_000 }),
  }),
  fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat(50) }),
);

class Venue extends EngineFixture {
  readonly both: readonly Account[] = [this.account, this.fund('second', { USDT: '3000', BTC: '2' }, FEES)];
  readonly before = this.totals();

  totals(): Map<string, bigint> {
    const totals = new Map<string, bigint>();
    for (const { balances } of this.both) {
      for (const [asset, { free, locked }] of balances) totals.set(asset, (totals.get(asset) ?? 0n) + free + locked);
    }
    return totals;
  }

  run(played: Step): void {
    if (played.kind === 'order') this.place(played.request, this.both[played.account]);
    else if (played.kind === 'list') this.bracket(played);
    else if (played.kind === 'trade') this.trade(played.ticks, played.lots, played.aggressor);
    else if (played.kind === 'book') this.shift(played.middle, played.lots);
    else this.cancelOne(played.pick);
  }

  private bracket({ account: index, size: quantity, sizedByWorking }: Extract<Step, { kind: 'list' }>): void {
    const leg = sizedByWorking ? {} : { quantity };
    const working = wish({ price: '100.10', quantity, timeInForce: 'GTC' });
    const above = wish({ side: 'SELL', type: 'LIMIT_MAKER', price: '100.90', ...leg });
    const below = wish({ side: 'SELL', type: 'STOP_LOSS_LIMIT', price: '99', stopPrice: '99.20', ...leg });
    this.placeList(listWish({ working, legs: [above, below], sizedByWorking }), this.both[index]);
  }

  private shift(middle: number, lots: number): void {
    const distances = Array.from({ length: 20 }, (_, distance) => distance + 1);
    const event = { kind: 'book', symbol: 'BTCUSDT', marketTimeMs: this.now.marketMs, snapshot: true } as const;
    const bids = distances.map((distance) => [middle - distance, lots + distance] as const);
    const asks = distances.map((distance) => [middle + distance, lots + distance] as const);
    this.engine.apply({ ...event, bids, asks }, this.now);
  }

  private cancelOne(pick: number): void {
    const open = this.both.flatMap((owner) => owner.openOrders());
    this.engine.cancel(open[pick % Math.max(1, open.length)], 'cancel', this.now);
  }
}

const play = (steps: readonly Step[], check: (venue: Venue) => void): void => {
  const venue = new Venue();
  for (const one of steps) {
    venue.run(one);
    check(venue);
  }
};

const steps = fc.array(step, { minLength: 1, maxLength: 60 });

describe('the matching engine, whatever happens', () => {
  it('conserves every asset up to trades with the recording and fees', () => {
    fc.assert(
      fc.property(steps, (played) => {
        play(played, (venue) => {
          const expected = new Map(venue.before);
          const add = (asset: string, amount: bigint) => expected.set(asset, (expected.get(asset) ?? 0n) + amount);
          const { rules } = venue.engine.state.market('BTCUSDT');
          for (const fill of [...venue.engine.state.fills.values()].flat()) {
            const buys = venue.engine.state.orders.get(fill.orderId)?.side === 'BUY';
            const base = rules.sizes.amountOf(fill.lots);
            add('BTC', buys ? base : -base);
            add('USDT', buys ? -fill.quote : fill.quote);
            add(fill.commissionAsset, -fill.commission);
          }
          expect(venue.totals()).toEqual(expected);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('never has a negative balance, and locks exactly what open orders hold', () => {
    fc.assert(
      fc.property(steps, (played) => {
        play(played, (venue) => {
          for (const owner of venue.both) {
            const held = new Map<string, bigint>();
            const holds = new Set(owner.openOrders().map((order) => order.reservation));
            for (const list of venue.engine.state.lists.values()) {
              if (list.account === owner.name && list.pool !== null) holds.add(list.pool);
            }
            for (const hold of holds)
              if (hold !== null) held.set(hold.asset, (held.get(hold.asset) ?? 0n) + hold.amount);
            for (const [asset, { free, locked }] of owner.balances) {
              expect(free).toBeGreaterThanOrEqual(0n);
              expect(locked).toBe(held.get(asset) ?? 0n);
            }
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  it('holds for every open order what it may still have to pay', () => {
    fc.assert(
      fc.property(steps, (played) => {
        play(played, (venue) => {
          const { rules } = venue.engine.state.market('BTCUSDT');
          for (const order of venue.both.flatMap((owner) => owner.openOrders())) {
            if (order.status === 'PENDING_NEW') continue;
            expect(order.reservation!.amount).toBeGreaterThanOrEqual(requirement(rules, order));
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  it('never leaves our own orders crossed with any book', () => {
    fc.assert(
      fc.property(steps, (played) => {
        play(played, (venue) => {
          const { book } = venue.engine.state.market('BTCUSDT');
          const bid = book.bids.orders[0]?.priceTicks ?? -Infinity;
          const ask = book.asks.orders[0]?.priceTicks ?? Infinity;
          expect(bid).toBeLessThan(book.bestTicks('SELL') ?? Infinity);
          expect(ask).toBeGreaterThan(book.bestTicks('BUY') ?? -Infinity);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('fills FOK orders completely or not at all and never beyond their size or limit', () => {
    fc.assert(
      fc.property(steps, (played) => {
        play(played, (venue) => {
          for (const order of venue.engine.state.orders.values()) {
            expect(remainingLots(order)).toBeGreaterThanOrEqual(0);
            if (order.timeInForce === 'FOK' && order.type === 'LIMIT')
              expect([0, order.lots]).toContain(order.filledLots);
            if (order.priceTicks === 0) continue;
            for (const { ticks } of venue.engine.state.fills.get(order.id) ?? []) {
              if (order.side === 'BUY') expect(ticks).toBeLessThanOrEqual(order.priceTicks);
              else expect(ticks).toBeGreaterThanOrEqual(order.priceTicks);
            }
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  it('fills our orders by price, then time', () => {
    const prices = fc.array(fc.integer({ min: 9_960, max: 9_999 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 4_000 }), (ticks, lots) => {
        const fixture = new EngineFixture();
        for (const tick of ticks) fixture.place(wish({ price: text(tick, 2), quantity: '0.5' }));
        fixture.trade(9_950, lots, 'sell');
        const resting = [...fixture.engine.state.orders.values()];
        const ranked = resting.toSorted((a, b) => b.priceTicks - a.priceTicks || a.id - b.id);
        const filled = ranked.map((order) => order.filledLots);
        const firstOpen = filled.findIndex((part) => part < 500);
        expect(filled.slice(firstOpen + 1).every((part) => firstOpen < 0 || part === 0)).toBe(true);
        expect(filled.reduce((sum, part) => sum + part, 0)).toBe(Math.min(lots, 500 * ticks.length));
      }),
    );
  });

  it('ends both legs of an OCO together and never fills both', () => {
    fc.assert(
      fc.property(steps, (played) => {
        play(played, (venue) => {
          for (const { legs, status } of venue.engine.state.lists.values()) {
            expect(legs.filter(({ order }) => order.filledLots > 0).length).toBeLessThanOrEqual(1);
            if (status === 'ALL_DONE') expect(legs.some(({ order }) => isLive(order))).toBe(false);
          }
        });
      }),
      { numRuns: 150 },
    );
  });
});
