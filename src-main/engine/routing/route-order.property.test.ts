import { Decimal as Reference } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountId, type InstrumentId } from '../domain/identifiers.ts';
import type { Route } from '../domain/route.ts';
import { routeOrder } from './route-order.ts';
import type { RouteMarket, RouteRequest } from './take-levels.ts';

const n = (text: string): Reference => new Reference(text);

const market = fc
  .record({
    start: fc.integer({ min: 9_900, max: 10_100 }),
    steps: fc.array(fc.record({ up: fc.integer({ min: 1, max: 40 }), lots: fc.integer({ min: 1, max: 4_000 }) }), {
      maxLength: 6,
    }),
    fee: fc.constantFrom('0', '0.0004', '0.001', '0.0026'),
    lotSize: fc.constantFrom('0.001', '0.01', '0.005', '1'),
    minNotional: fc.constantFrom('0', '10', '100'),
    funds: fc.integer({ min: 0, max: 3_000_000 }),
    latencyMs: fc.option(fc.integer({ min: 0, max: 400 })),
    unfit: fc.constantFrom(null, null, null, null, 'VENUE_SILENT' as const),
  })
  .map((made) => ({ ...made, levels: made.steps }));

const request: fc.Arbitrary<RouteRequest> = fc
  .record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: fc.integer({ min: 1, max: 9_000 }),
    costOfLatencyPerMs: fc.constantFrom('0', '0.000001', '0.00001'),
    markets: fc.array(market, { minLength: 1, maxLength: 4 }),
  })
  .map(({ side, quantity, costOfLatencyPerMs, markets }) => ({
    side,
    quantity: (quantity / 1_000).toFixed(3),
    costOfLatencyPerMs,
    markets: markets.map(({ start, levels, fee, funds, ...rest }, index): RouteMarket => {
      let cents = start;
      return {
        ...rest,
        accountId: accountId(`account-${index}`),
        instrumentId: `BTC/USDT.${index % 2 === 0 ? 'BINANCE' : 'KRAKEN'}.SPOT` as InstrumentId,
        levels: levels.map(({ up, lots }) => {
          cents += side === 'buy' ? up : -up;
          return { price: (cents / 100).toFixed(2), quantity: (lots / 1_000).toFixed(3) };
        }),
        takerFee: fee,
        minQuantity: '0.002',
        funds: (funds / 1_000).toFixed(3),
      };
    }),
  }));

/** What a leg costs or brings after fees and latency, in other arithmetic. */
function judged({ side, costOfLatencyPerMs }: RouteRequest, of: RouteMarket, quantity: Reference): Reference {
  let left = quantity;
  let value = n('0');
  for (const level of of.levels) {
    const part = Reference.min(left, n(level.quantity));
    value = value.plus(part.mul(level.price));
    left = left.minus(part);
  }
  const ratio = n(of.takerFee).plus(n(costOfLatencyPerMs).mul(of.latencyMs ?? 0));
  return value.mul(side === 'buy' ? ratio.plus(1) : n('1').minus(ratio));
}

const marketOf = ({ markets }: RouteRequest, leg: { accountId: string }): RouteMarket =>
  markets.find(({ accountId: id }) => id === leg.accountId)!;

const total = (asked: RouteRequest, { legs }: Route): Reference =>
  legs.reduce((sum, leg) => sum.plus(judged(asked, marketOf(asked, leg), n(leg.quantity))), n('0'));

const routed = ({ legs }: Route): Reference => legs.reduce((sum, { quantity }) => sum.plus(quantity), n('0'));

describe('a route', () => {
  it('is whole lots of fit markets within depth, funds and minimums, and says what is left', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const route = routeOrder(asked);
        expect(routed(route).plus(route.unrouted).eq(asked.quantity)).toBe(true);
        expect(n(route.unrouted).gte(0)).toBe(true);
        for (const leg of route.legs) {
          const on = marketOf(asked, leg);
          const depth = on.levels.reduce((sum, { quantity }) => sum.plus(quantity), n('0'));
          const paid = judged({ ...asked, costOfLatencyPerMs: '0' }, on, n(leg.quantity));
          expect(on.unfit).toBeNull();
          expect(n(leg.quantity).mod(on.lotSize).isZero()).toBe(true);
          expect(n(leg.quantity).lte(depth) && n(leg.quantity).gte(on.minQuantity)).toBe(true);
          expect((asked.side === 'buy' ? paid : n(leg.quantity)).lte(on.funds)).toBe(true);
          expect(
            n(leg.worstPrice)
              .mul(leg.quantity)
              .gte(asked.side === 'buy' ? on.minNotional : 0),
          ).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is never worse than any single market', () => {
    let splits = 0;
    fc.assert(
      fc.property(request, (asked) => {
        const route = routeOrder(asked);
        if (route.legs.length > 1) splits++;
        for (const only of asked.markets) {
          const alone = routeOrder({ ...asked, markets: [only] });
          expect(routed(alone).lte(routed(route))).toBe(true);
          if (!routed(alone).eq(routed(route)) || alone.legs.length === 0) continue;
          const [single, chosen] = [total(asked, alone), total(asked, route)];
          expect(asked.side === 'buy' ? chosen.lte(single) : chosen.gte(single)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(splits).toBeGreaterThan(50);
  });

  it('shows every market with the figures it was compared by', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const route = routeOrder(asked);
        expect(route.candidates.map(({ accountId: id }) => id)).toEqual(asked.markets.map(({ accountId: id }) => id));
        const given = route.candidates.reduce((sum, { quantity }) => sum.plus(quantity), n('0'));
        expect(given.eq(routed(route))).toBe(true);
        expect(JSON.parse(JSON.stringify(route))).toEqual(route);
      }),
    );
  });
});
