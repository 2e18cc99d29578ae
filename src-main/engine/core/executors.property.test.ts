import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCore } from '../core.ts';
import type { ExecutorParams } from '../domain/executor.ts';
import type { InstrumentId } from '../domain/identifiers.ts';
import { ACCOUNT, BTC, CONFIG, type CoreSession } from '../testing/core-session.ts';
import { closeBar, KRAKEN, priceAt, sessionOn, USDM } from '../testing/venue-cases.ts';

const PARENT = '3.000';
const KINDS: readonly ExecutorParams[] = [
  { kind: 'twap', durationMs: 20_000, slices: 5, jitterRatio: '0.5', limitPrice: null },
  { kind: 'iceberg', price: '99.80', displayQuantity: '0.700', jitterRatio: '0.4' },
  { kind: 'pov', participation: '0.2', limitPrice: null },
  { kind: 'chase', limitPrice: null, maxRepegs: 5 },
  { kind: 'ladder', from: '99.90', to: '99.00', levels: 4 },
  { kind: 'dca', tranches: 3, intervalMs: 5_000, dropRatio: '0.001' },
  { kind: 'grid', lower: '99.00', upper: '101.00', levels: 4 },
  {
    kind: 'scale',
    parts: [
      { price: '100.10', quantity: '1.000' },
      { price: '99.90', quantity: '2.000' },
    ],
  },
  { kind: 'pyramid', addQuantity: '1.000', stepRatio: '0.001', stopRatio: '0.01', maxAdds: 3, riskLimit: '12' },
];

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('price' as const), cents: fc.integer({ min: -60, max: 60 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('fill' as const), at: fc.nat(9), lots: fc.integer({ min: 1, max: 900 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('bar' as const), volume: fc.integer({ min: 0, max: 20 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('net' as const),
      state: fc.constantFrom('lose', 'deliver', 'down', 'up'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('ioc' as const), most: fc.constantFrom('0.000', '0.250', null) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), resume: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

class Play {
  readonly session: CoreSession;
  private readonly id: InstrumentId;
  private epoch = 1;

  constructor(id: InstrumentId, params: ExecutorParams) {
    this.id = id;
    this.session = sessionOn(id);
    const protection = { stopTrigger: '95.00', stopLimit: '94.50', target: null };
    const owner = { accountId: ACCOUNT, strategyId: null, instrumentId: id };
    const request = { ...owner, side: 'buy', quantity: PARENT, reduceOnly: false, protection, params } as const;
    this.session.command({ kind: 'startExecutor', request });
    this.session.pump();
  }

  take(step: Step): void {
    const { session, id } = this;
    const { venue } = session;
    if (step.kind === 'price') priceAt(session, id, (100 + step.cents / 100).toFixed(2));
    if (step.kind === 'bar') closeBar(session, id, venue.price, String(step.volume));
    if (step.kind === 'ioc') venue.options.ioc = step.most;
    if (step.kind === 'net') this.network(step.state);
    if (step.kind === 'restart') this.restart(step.resume);
    if (step.kind === 'fill') {
      const working = [...venue.orders.values()].filter(
        (order) => order.status === 'live' && order.spec.role === 'entry',
      );
      const order = working[step.at % Math.max(1, working.length)];
      if (order !== undefined) venue.fill(order.spec.clientOrderId, (step.lots / 1_000).toFixed(3));
    }
    session.pump();
    session.advance(1_000);
  }

  private network(state: 'lose' | 'deliver' | 'down' | 'up'): void {
    if (state === 'down' || state === 'up') this.session.isReachable = state === 'up';
    else this.session.answers = state;
  }

  private restart(resumes: boolean): void {
    const { session } = this;
    session.effects.length = 0;
    session.start(CONFIG, ++this.epoch);
    const [executor] = session.core.view.executors();
    expect(executor?.status).not.toBe('working');
    session.command({ kind: 'rearm', to: 'active', reason: 'test' });
    if (resumes && executor !== undefined) session.command({ kind: 'resumeExecutor', executorId: executor.executorId });
  }

  /** By the venue's own count: what children may still buy and have bought, less what they sold. */
  committed(): number {
    let thousandths = 0;
    for (const { spec, status, filled } of this.session.venue.orders.values()) {
      if (spec.parentId === undefined) continue;
      const isOpen = status === 'live' || status === 'partiallyFilled' || status === 'pendingNew';
      const size = Math.round(Number(isOpen && spec.side === 'buy' ? spec.quantity : filled.toString()) * 1_000);
      thousandths += spec.side === 'buy' ? size : -size;
    }
    return thousandths;
  }
}

describe('an executor, whatever the market, the network and restarts do', () => {
  it('never has more in its children than its parent asked for, and replays to the same decisions', () => {
    const cases = fc.tuple(
      fc.constantFrom(...KINDS),
      fc.constantFrom(BTC, USDM, KRAKEN),
      fc.array(step, { minLength: 5, maxLength: 25 }),
    );
    fc.assert(
      fc.property(cases, ([params, id, steps]) => {
        const play = new Play(id, params);
        for (const each of steps) {
          play.take(each);
          expect(play.committed()).toBeLessThanOrEqual(Number(PARENT) * 1_000);
          expect(play.session.alerts()).not.toContain('INVARIANT_BROKEN');
        }
        const again = createCore();
        const decisions = play.session.inputs.flatMap(({ sequence, timeUs, input }) =>
          again.apply(sequence, timeUs, input),
        );
        expect(decisions).toEqual(play.session.decisions);
      }),
      { numRuns: 40 },
    );
  });

  it('goes on after a snapshot as if it had never been taken', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.array(step, { minLength: 5, maxLength: 20 }),
        fc.nat(),
        (params, steps, at) => {
          const play = new Play(USDM, params);
          for (const each of steps) play.take(each);
          const { inputs, decisions } = play.session;
          const cut = at % inputs.length;
          const first = createCore();
          const before = inputs
            .slice(0, cut)
            .flatMap(({ sequence, timeUs, input }) => first.apply(sequence, timeUs, input));
          const second = createCore();
          second.restore(structuredClone(first.snapshot()));
          const after = inputs
            .slice(cut)
            .flatMap(({ sequence, timeUs, input }) => second.apply(sequence, timeUs, input));
          expect([...before, ...after]).toEqual(decisions);
        },
      ),
      { numRuns: 15 },
    );
  });
});
