import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCore } from './core.ts';
import { decimal, type DecimalText } from './domain/decimal.ts';
import { ordersOf } from './domain/order.ts';
import { Quantity } from './domain/quantities.ts';
import { ACCOUNT, bracket, CoreSession, LISTED } from './testing/core-session.ts';

/**
 * Everything a venue, a network and a person can do to the core between two moments: whatever came, once the venue answers
 * again the core has to know its position exactly and have it protected or gone.
 */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('enter'), entry: fc.constantFrom('fok', 'resting') }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('deliver'), at: fc.nat(9), twice: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('effect'),
      at: fc.nat(9),
      fate: fc.constantFrom('answered', 'answered', 'lost', 'dropped'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fill'),
      at: fc.nat(20),
      lots: fc.integer({ min: 1, max: 1_200 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('trigger'), at: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('tick'), seconds: fc.integer({ min: 1, max: 8 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('venue'),
      fok: fc.constantFrom('fill', 'expire'),
      market: fc.constantFrom('fill', 'refuse', 'expire'),
      refuseLegs: fc.boolean(),
      refuseStops: fc.boolean(),
      refuseLists: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('command'), name: fc.constantFrom('stop', 'close', 'halt', 'cancelAll') }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rearm') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart', 'dropEvents', 'reload') }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const COMMANDS = {
  stop: { kind: 'emergencyStop' },
  close: { kind: 'closePosition', accountId: ACCOUNT, instrumentId: bracket().instrumentId },
  halt: { kind: 'halt', reason: 'test' },
  cancelAll: { kind: 'cancelAll', accountId: ACCOUNT, instrumentId: null },
} as const;

class Play {
  readonly session = new CoreSession();
  private epoch = 1;

  /** `others`: balance that is not ours; the venue would let us sell it. */
  constructor(others: string, maxStopOrders = 50) {
    this.session.venue.base = q(others);
    this.session.start();
    this.session.dispatch({ kind: 'instruments.listed', instruments: [{ ...LISTED, maxStopOrders }] });
  }

  take(step: Step): void {
    const { session } = this;
    const { venue } = session;
    switch (step.kind) {
      case 'enter': {
        const { entry } = step as { entry: 'fok' | 'resting' };
        session.command({ kind: 'enterBracket', request: bracket({ entry }) });
        return;
      }
      case 'deliver':
        this.deliver(step);
        return;
      case 'effect':
        this.effect(step);
        return;
      case 'fill':
        this.fill(step);
        return;
      case 'venue': {
        const { kind: _kind, ...options } = step as { kind: string } & CoreSession['venue']['options'];
        Object.assign(venue.options, options);
        return;
      }
      case 'command':
        session.command(COMMANDS[(step as { name: keyof typeof COMMANDS }).name]);
        return;
      case 'rearm':
        session.command({ kind: 'rearm', to: 'active', reason: 'test' });
        return;
      default:
        this.move(step as { kind: string; at: number; seconds: number });
    }
  }

  private move({ kind, at, seconds }: { kind: string; at: number; seconds: number }): void {
    const { session } = this;
    if (kind === 'trigger') {
      const stops = [...session.venue.orders.values()].filter(({ spec }) => spec.role === 'stop');
      const order = stops[at % Math.max(1, stops.length)];
      if (order !== undefined) session.venue.trigger(order.spec.clientOrderId);
    } else if (kind === 'tick') {
      for (let second = 0; second < seconds; second++) {
        session.timeUs += 1_000_000;
        session.dispatch({ kind: 'clock.ticked' });
      }
    } else this.disaster(kind);
  }

  /** One of the newest orders meets the market; a stop only after its trigger. */
  private fill({ at, lots }: { at: number; lots: number }): void {
    const { venue } = this.session;
    const orders = [...venue.orders.values()].slice(-21);
    const order = orders[at % Math.max(1, orders.length)];
    if (order === undefined || (order.spec.type === 'stopLimit' && !order.triggered)) return;
    venue.fill(order.spec.clientOrderId, thousandths(lots));
  }

  private deliver({ at, twice }: { at: number; twice: boolean }): void {
    const { events } = this.session.venue;
    const [event] = events.splice(at % Math.max(1, events.length), 1);
    this.session.deliver(event);
    if (twice) this.session.deliver(event);
  }

  private effect({ at, fate }: { at: number; fate: string }): void {
    const { effects } = this.session;
    const sendable = effects.filter(({ kind }) => ['order.submit', 'order.cancel', 'venue.reconcile'].includes(kind));
    effects.splice(0, effects.length, ...sendable);
    const [effect] = effects.splice(at % Math.max(1, effects.length), 1);
    if (effect === undefined || fate === 'dropped') return;
    this.session.answers = fate === 'lost' ? 'lose' : 'deliver';
    this.session.carryOut(effect);
    this.session.answers = 'deliver';
  }

  private disaster(kind: string): void {
    const { session } = this;
    if (kind === 'dropEvents') session.venue.events.length = 0;
    if (kind === 'reload') {
      const copy = createCore();
      copy.restore(JSON.parse(JSON.stringify(session.core.snapshot())) as never);
      session.core = copy;
    }
    if (kind === 'restart') {
      session.effects.length = 0;
      session.venue.events.length = 0;
      session.start(undefined, ++this.epoch);
    }
  }

  /** The venue answers again, the stream is reconnected, time passes. */
  heal(): void {
    const { session } = this;
    Object.assign(session.venue.options, {
      fok: 'fill',
      market: 'fill',
      refuseLegs: false,
      refuseStops: false,
      refuseLists: false,
    });
    session.pump();
    for (const state of ['down', 'ready'] as const) {
      session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state, detail: '' });
    }
    session.pump();
    session.advance(150_000);
  }
}

const thousandths = (lots: number): DecimalText => (lots / 1_000).toFixed(3);
const q = (text: DecimalText): Quantity => Quantity.of(decimal(text));

/** Own fills at the venue, net of fees in the base asset, after each of them. */
function* heldAfterEach({ venue }: CoreSession): Generator<Quantity> {
  let held = Quantity.zero();
  for (const fill of venue.fills) {
    held = fill.side === 'buy' ? held.plus(q(fill.quantity)) : held.minus(q(fill.quantity));
    if (fill.fee.asset === 'BTC') held = held.minus(q(fill.fee.amount));
    yield held;
  }
}

const heldAtVenue = (session: CoreSession): Quantity => [...heldAfterEach(session)].at(-1) ?? Quantity.zero();
/** Below zero: something was sold that was not ours. */
const lowestHeld = (session: CoreSession): Quantity =>
  [...heldAfterEach(session)].reduce((lowest, held) => lowest.min(held), Quantity.zero());

function checkHealed(session: CoreSession): void {
  const { venue, core } = session;
  expect(session.alerts()).not.toContain('INVARIANT_BROKEN');
  const [exposure] = core.view.exposures();
  expect(lowestHeld(session).isNegative).toBe(false);
  const held = heldAtVenue(session);
  expect(q(exposure?.quantity ?? '0').compare(held)).toBe(0);
  const position = core.view.positions()[0];
  if (position !== undefined) expect(position.quantity.compare(held)).toBe(0);
  if (exposure === undefined) return;
  expect([...exposure.openOrders].sort()).toEqual([...venue.openIds()].sort());
  expect(core.view.orders().every(({ pending }) => pending === null)).toBe(true);
  // Under 10 USDT at a price of 100 is dust.
  const uncovered = held.minus(venue.covered());
  expect(uncovered.floorToLot(q('0.001')).compare(q('0.1'))).toBe(-1);
  const excess = venue.covered().minus(held);
  expect(excess.compare(q('0.001'))).toBe(-1);
}

describe('the core under any interleaving', () => {
  it('knows its position exactly, protected or gone, and sends no order twice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('0', '0.3', '50'),
        fc.constantFrom(3, 50),
        fc.array(step, { maxLength: 80, size: 'max' }),
        (others, maxStopOrders, steps) => {
          const play = new Play(others, maxStopOrders);
          for (const each of steps) play.take(each);
          play.heal();
          checkHealed(play.session);
          const sent = play.session.decisions.flatMap((decision) =>
            decision.kind === 'order.submit' ? ordersOf(decision.submission).map((order) => order.clientOrderId) : [],
          );
          expect(new Set(sent).size).toBe(sent.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('replays to the same decisions and the same state', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const play = new Play('50');
        for (const each of steps) play.take(each);
        const { session } = play;
        const core = createCore();
        const decisions = session.inputs.flatMap(({ sequence, timeUs, input }) =>
          core.apply(sequence, timeUs, JSON.parse(JSON.stringify(input)) as typeof input),
        );
        expect(decisions).toEqual(session.decisions);
        expect(core.snapshot()).toEqual(session.core.snapshot());
      }),
      { numRuns: 100 },
    );
  });
});
