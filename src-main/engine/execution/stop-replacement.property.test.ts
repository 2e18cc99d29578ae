import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InstrumentId } from '../domain/identifiers.ts';
import type { OrderChange } from '../domain/order.ts';
import { ACCOUNT, bracket, BTC, LISTED, type CoreSession } from '../testing/core-session.ts';
import { answerTo, closeBar, KRAKEN, MARGIN, priceAt, sessionOn, USDM } from '../testing/venue-cases.ts';

type Step =
  | { readonly kind: 'modify'; readonly change: Partial<OrderChange> }
  | { readonly kind: 'follow'; readonly ratio: string; readonly price: string }
  | { readonly kind: 'tick'; readonly tickSize: string };

/** The limit keeps a distance that is none on the new tick. */
const OFF_TICK: Step[] = [
  { kind: 'modify', change: { price: '96.33', triggerPrice: '97.60' } },
  { kind: 'tick', tickSize: '0.05' },
  { kind: 'follow', ratio: '0.0173', price: '102.00' },
];

const cents = (from: number, to: number): fc.Arbitrary<string> =>
  fc.integer({ min: from, max: to }).map((value) => (value / 100).toFixed(2));

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ price: cents(9_600, 9_750) }).map((change): Step => ({ kind: 'modify', change })),
  fc.record({ triggerPrice: cents(9_760, 9_990) }).map((change): Step => ({ kind: 'modify', change })),
  fc
    .record({ price: cents(9_600, 9_750), triggerPrice: cents(9_760, 9_990) })
    .map((change): Step => ({ kind: 'modify', change })),
  fc
    .record({ ratio: fc.constantFrom('0.0173', '0.00311', '0.1'), price: cents(10_000, 10_300) })
    .map(({ ratio, price }): Step => ({ kind: 'follow', ratio, price })),
  fc.constantFrom('0.01', '0.05', '0.05', '0.02').map((tickSize): Step => ({ kind: 'tick', tickSize })),
);

const stopsOf = (session: CoreSession) =>
  [...session.venue.orders.values()].filter(({ spec, status }) => spec.role === 'stop' && status === 'live');

/** Code of the denial, or null. */
function take(session: CoreSession, instrumentId: InstrumentId, step: Step): string | null {
  if (step.kind === 'modify') {
    const clientOrderId = stopsOf(session)[0]!.spec.clientOrderId;
    const change = { price: null, quantity: null, triggerPrice: null, ...step.change };
    return answerTo(session, { kind: 'modifyOrder', clientOrderId, change });
  }
  if (step.kind === 'tick') {
    const instrument = { ...LISTED, id: instrumentId, tickSize: step.tickSize, version: 2 };
    session.dispatch({ kind: 'instruments.listed', instruments: [instrument] });
    return null;
  }
  const rule = { trailingRatio: step.ratio };
  const denied = answerTo(session, { kind: 'setStopRule', accountId: ACCOUNT, instrumentId, rule });
  priceAt(session, instrumentId, step.price);
  closeBar(session, instrumentId, step.price);
  return denied;
}

/** In ticks, rounded down as for a stop under the market. */
const ticksOf = (price: string | null | undefined, tick: string): number =>
  Math.floor(Math.round(Number(price) * 1e6) / Math.round(Number(tick) * 1e6));

const isOnTick = (price: string, tick: string): boolean =>
  Math.round(Number(price) * 1e6) % Math.round(Number(tick) * 1e6) === 0;

const pricesOf = (session: CoreSession): readonly string[] =>
  stopsOf(session).flatMap(({ spec }) => [spec.triggerPrice, spec.price].filter((price) => price !== null));

function checkAtPlan(session: CoreSession, instrumentId: InstrumentId, tick: string): void {
  const exposure = session.core.view.exposures().find((one) => one.instrumentId === instrumentId)!;
  expect(exposure).toMatchObject({ isBare: false, restop: null });
  const stops = stopsOf(session).map(({ spec }) => spec);
  const wanted = { stopTrigger: exposure.plan?.stopTrigger, stopLimit: exposure.plan?.stopLimit };
  const limits = instrumentId === USDM ? null : ticksOf(wanted.stopLimit, tick);
  expect(stops.map(({ triggerPrice }) => ticksOf(triggerPrice, tick))).toEqual([ticksOf(wanted.stopTrigger, tick)]);
  expect(stops.map(({ price }) => (price === null ? null : ticksOf(price, tick)))).toEqual([limits]);
}

function play(instrumentId: InstrumentId, steps: readonly Step[]): void {
  const session = sessionOn(instrumentId);
  session.command({ kind: 'enterBracket', request: bracket({ instrumentId, target: '110.00' }) });
  session.pump();
  let tick = LISTED.tickSize;
  for (const step of steps) {
    if (step.kind === 'tick') tick = step.tickSize;
    const before = pricesOf(session);
    const decided = session.decisions.length;
    const denied = take(session, instrumentId, step);
    session.advance(6_000);
    checkAtPlan(session, instrumentId, tick);
    // In place, or one new and one that goes.
    expect(
      session.decisions.slice(decided).filter(({ kind }) => kind === 'order.submit' || kind === 'order.modify').length,
    ).toBeLessThan(2);
    const after = pricesOf(session);
    if (after.join() !== before.join()) expect(after.filter((price) => !isOnTick(price, tick))).toEqual([]);
    if (step.kind !== 'modify' || denied !== null) continue;
    const [stop] = stopsOf(session);
    const { price = null, triggerPrice = null } = step.change;
    if (price !== null) expect(stop?.spec.price).toBe(price);
    if (triggerPrice !== null) expect(stop?.spec.triggerPrice).toBe(triggerPrice);
  }
  const settled = session.decisions.length;
  session.advance(20_000);
  const moves = session.decisions.slice(settled).filter(({ kind }) => kind.startsWith('order.'));
  expect(moves).toEqual([]);
}

describe('a stop whose plan changes', () => {
  it.each([BTC, KRAKEN, MARGIN, USDM])('rests where the plan says, and stays there: %s', (instrumentId) => {
    const steps = fc.array(step, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(steps, (drawn) => play(instrumentId, drawn)),
      { numRuns: 100, seed: 20_240_601, examples: [[OFF_TICK]] },
    );
  });
});
