import { Decimal as Reference } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BracketRequest } from '../domain/command.ts';
import { decimal } from '../domain/decimal.ts';
import type { PriceReference } from '../domain/market.ts';
import { Money, Quantity } from '../domain/quantities.ts';
import { TRADING_STATES } from '../domain/trading-state.ts';
import { CONTEXT, INSTRUMENT, REFERENCE, REQUEST, RISK } from '../testing/bracket-cases.ts';
import { type GateContext, judgeBracket } from './gate.ts';

const cents = (value: number): string => (value / 100).toFixed(2);
const lots = (value: number): string => (value / 1_000).toFixed(3);
const garbage = fc.oneof(
  fc.constantFrom(
    '',
    'NaN',
    'Infinity',
    '-1',
    '0',
    '0.00',
    '1e3',
    '1,5',
    ' 1',
    '0x10',
    '１',
    '--1',
    '9'.repeat(41),
    '1.',
  ),
  fc.string(),
);

/** Mostly near a sound bracket, so that both verdicts are common. */
const priceNear = (center: number) => fc.integer({ min: center - 300, max: center + 300 }).map(cents);
const request = fc.record({
  quantity: fc.oneof({ arbitrary: fc.integer({ min: 1, max: 12_000 }).map(lots), weight: 9 }, garbage),
  limitPrice: fc.oneof({ arbitrary: priceNear(10_000), weight: 9 }, garbage),
  stopTrigger: fc.oneof({ arbitrary: priceNear(9_700), weight: 9 }, garbage),
  stopLimit: fc.oneof({ arbitrary: priceNear(9_500), weight: 9 }, garbage),
  target: fc.oneof({ arbitrary: priceNear(10_500), weight: 9 }, garbage),
  side: fc.oneof({ arbitrary: fc.constant('buy' as const), weight: 9 }, fc.constant('sell' as const)),
});

const age = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 4_000_000 }), weight: 4 },
  fc.constantFrom(6_000_000, -1, Number.NaN),
);
const reference: fc.Arbitrary<PriceReference> = fc
  .record({ mid: fc.integer({ min: 9_900, max: 10_100 }), bookAgeUs: age, lastTradeAgeUs: age, barCloseAgeUs: age })
  .map(({ mid, ...ages }) => ({ ...REFERENCE, bid: cents(mid - 1), ask: cents(mid + 1), ...ages }));

const context: fc.Arbitrary<GateContext> = fc
  .record({
    tradingState: fc.oneof(
      { arbitrary: fc.constant('active' as const), weight: 9 },
      fc.constantFrom(...TRADING_STATES),
    ),
    reference,
    equity: fc.option(fc.integer({ min: -1_000, max: 2_000_000 }), { freq: 9 }),
    position: fc.integer({ min: -20_000, max: 20_000 }),
    free: fc.integer({ min: 0, max: 200_000 }),
    restingOrders: fc.oneof({ arbitrary: fc.nat(100), weight: 9 }, fc.nat(300)),
    restingStops: fc.nat(6),
    feedLive: fc.oneof({ arbitrary: fc.constant(true), weight: 9 }, fc.boolean()),
    venueReady: fc.oneof({ arbitrary: fc.constant(true), weight: 9 }, fc.boolean()),
    clockDriftMs: fc.oneof({ arbitrary: fc.constant(null), weight: 9 }, fc.nat(2_000)),
    entriesInMinute: fc.oneof({ arbitrary: fc.constant(0), weight: 9 }, fc.nat(200)),
    unknownOutcome: fc.oneof({ arbitrary: fc.constant(false), weight: 9 }, fc.boolean()),
  })
  .map(({ equity, position, free, ...rest }) => ({
    ...CONTEXT,
    ...rest,
    equity: equity === null ? null : Money.of(decimal(cents(equity)), 'USDT'),
    positionQuantity: Quantity.of(decimal(lots(position))),
    funds: { free: Money.of(decimal(cents(free)), 'USDT'), leverage: null },
  }));

const of = (changes: Partial<BracketRequest>): BracketRequest => ({ ...REQUEST, ...changes });

const n = (text: string | { toString(): string }): Reference => new Reference(text.toString());

/** Every limit computed again in other arithmetic. */
function limitsHold(asked: BracketRequest, given: GateContext): boolean {
  return [...formHolds(asked), ...exposureHolds(asked, given), ...readinessHolds(given)].every(Boolean);
}

function formHolds(asked: BracketRequest): readonly boolean[] {
  const quantity = n(asked.quantity);
  const [limit, trigger] = [n(asked.limitPrice), n(asked.stopTrigger)];
  const [stop, target] = [n(asked.stopLimit), n(asked.target)];
  const leg = quantity.mul('0.999').mul(1_000).floor().div(1_000);
  return [
    quantity.gt(0) && quantity.mul(1_000).isInteger() && leg.gte('0.001') && quantity.lte(1_000),
    [limit, trigger, stop, target].every((price) => price.gt(0) && price.mul(100).isInteger()),
    stop.lte(trigger) && trigger.lt(limit) && limit.lt(target) && asked.side === 'buy',
    leg.mul(stop).gte(10) && leg.mul(target).gte(10) && quantity.mul(limit).gte(10),
  ];
}

function exposureHolds(asked: BracketRequest, given: GateContext): readonly boolean[] {
  const [quantity, limit] = [n(asked.quantity), n(asked.limitPrice)];
  const equity = n(given.equity ?? 'NaN');
  const mid = n(given.reference.bid ?? 'NaN')
    .plus(given.reference.ask ?? 'NaN')
    .div(2);
  const position = n(given.positionQuantity.abs()).plus(quantity);
  return [
    quantity.mul(limit).lte(equity.mul(RISK.maxOrderNotionalRatio)),
    position.mul(limit).lte(equity.mul(RISK.maxPositionNotionalRatio)),
    // The median lies between the mid and 100, where the last trade and the bar close are.
    limit
      .minus(mid)
      .abs()
      .lte(Reference.max(mid, 100).mul(RISK.priceCollarRatio).plus(mid.minus(100).abs())),
    quantity
      .mul(limit)
      .mul('1.001')
      .lte(n(given.funds.free ?? Money.zero('USDT'))),
  ];
}

function readinessHolds({ reference, ...given }: GateContext): readonly boolean[] {
  return [
    given.tradingState === 'active' && given.feedLive && given.venueReady && !given.unknownOutcome,
    (given.clockDriftMs ?? 0) <= RISK.maxClockDriftMs && given.entriesInMinute < RISK.maxEntriesPerMinute,
    (reference.bookAgeUs ?? -1) >= 0 && (reference.bookAgeUs ?? Infinity) <= 5_000_000,
    given.restingOrders + 3 + RISK.reservedOrderSlots <= INSTRUMENT.maxOrders,
    given.restingStops + 1 <= INSTRUMENT.maxStopOrders,
  ];
}

describe('risk gate of anything', () => {
  it('never throws, allows exactly what has no denial, and always shows the same checks', () => {
    const names = judgeBracket(REQUEST, CONTEXT)
      .checks.map(({ name }) => name)
      .sort();
    fc.assert(
      fc.property(request, context, (asked, given) => {
        const verdict = judgeBracket(of(asked), given);
        expect(verdict.allowed).toBe(verdict.denials.length === 0);
        expect(verdict.allowed).toBe(verdict.checks.every(({ passed }) => passed));
        expect(verdict.checks.map(({ name }) => name).sort()).toEqual(names);
        expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
      }),
      { numRuns: 1_000 },
    );
  });

  it('allows nothing that breaks a limit', () => {
    let allowed = 0;
    fc.assert(
      fc.property(request, context, (asked, given) => {
        if (!judgeBracket(of(asked), given).allowed) return;
        allowed++;
        expect(limitsHold(of(asked), given)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
    expect(allowed).toBeGreaterThan(20);
  });

  it('never allows more where it denied less for its notional or its cost', () => {
    const codes = ['ORDER_NOTIONAL_LIMIT', 'POSITION_NOTIONAL_LIMIT', 'BALANCE_INSUFFICIENT', 'QUANTITY_ABOVE_MAXIMUM'];
    const sizes = fc.tuple(fc.integer({ min: 1, max: 2_000_000 }), fc.integer({ min: 0, max: 2_000_000 }));
    fc.assert(
      fc.property(sizes, context, ([size, more], given) => {
        const denied = (value: number): readonly string[] =>
          judgeBracket(of({ quantity: lots(value) }), given)
            .denials.map(({ code }) => code)
            .filter((code) => codes.includes(code));
        expect(denied(size + more)).toEqual(expect.arrayContaining([...denied(size)]));
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes values that are no text for what they are', () => {
    for (const value of [null, undefined, 1, {}, [], true]) {
      const asked = { ...REQUEST, quantity: value, target: value } as unknown as BracketRequest;
      expect(judgeBracket(asked, CONTEXT).denials.map(({ code }) => code)).toEqual([
        'QUANTITY_INVALID',
        'PRICE_INVALID',
      ]);
    }
  });
});
