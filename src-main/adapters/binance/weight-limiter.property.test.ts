import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../engine/domain/events.ts';
import { accountId } from '../../engine/domain/identifiers.ts';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import { type Ask, createWeightLimiter, type Grant, type VenueLimit } from './weight-limiter.ts';

const LIMIT = 100;
const WINDOW_MS = 60_000;
const RULES: readonly VenueLimit[] = [
  { resource: 'weight', windowMs: WINDOW_MS, limit: LIMIT },
  { resource: 'orders', windowMs: 10_000, limit: 10 },
];
const [A, B] = [accountId('a'), accountId('b')];

type Step = { readonly waitMs: number; readonly lane: Lane; readonly weight: number; readonly orders: number };
/** Answers are promises: time moves in steps so that each is seen near the time it was given. */
const STEP_MS = 50;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
async function pass(clock: VirtualClock, milliseconds: number): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  for (let left = milliseconds; left > 0; left -= STEP_MS) {
    clock.advance(Math.min(left, STEP_MS));
    for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  }
}

type Sent = Step & { readonly askedMs: number; grantedMs: number | null; deniedMs: number | null };

const steps = (lanes: readonly Lane[]): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.record({
      waitMs: fc.integer({ min: 0, max: 4_000 }),
      lane: fc.constantFrom(...lanes),
      weight: fc.integer({ min: 1, max: 20 }),
      orders: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 120 },
  );

/** Plays the steps and then a quiet window; promises settle between steps. */
async function play(script: readonly Step[]): Promise<readonly Sent[]> {
  const clock = new VirtualClock();
  const limiter = createWeightLimiter(clock, RULES);
  const nowMs = (): number => clock.monotonicUs() / 1000;
  const sent: Sent[] = [];
  for (const step of script) {
    await pass(clock, step.waitMs);
    const entry: Sent = { ...step, askedMs: nowMs(), grantedMs: null, deniedMs: null };
    sent.push(entry);
    void limiter.acquire({ ...step, orders: { account: A, count: step.orders } }).then((grant) => {
      if (grant.granted) entry.grantedMs = nowMs();
      else entry.deniedMs = nowMs();
    });
    await pass(clock, 0);
  }
  await pass(clock, 1.2 * WINDOW_MS);
  return sent;
}

const inWindow = (sent: readonly Sent[], fromMs: number, windowMs: number): readonly Sent[] =>
  sent.filter((s) => s.grantedMs !== null && s.grantedMs >= fromMs && s.grantedMs < fromMs + windowMs);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('weight limiter', () => {
  it('never spends more than a limit in any window, whatever is asked', async () => {
    await fc.assert(
      fc.asyncProperty(steps(['reduce', 'new', 'query']), async (script) => {
        const sent = await play(script);
        for (const { grantedMs } of sent) {
          if (grantedMs === null) continue;
          expect(sum(inWindow(sent, grantedMs, WINDOW_MS).map((s) => s.weight))).toBeLessThanOrEqual(LIMIT * 0.98);
          expect(sum(inWindow(sent, grantedMs, 10_000).map((s) => s.orders))).toBeLessThanOrEqual(10);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('grants every cancel in the instant it is asked', async () => {
    await fc.assert(
      fc.asyncProperty(steps(['cancel', 'reduce', 'new', 'query']), async (script) => {
        for (const s of await play(script)) if (s.lane === 'cancel') expect(s.grantedMs).toBe(s.askedMs);
      }),
      { numRuns: 60 },
    );
  });

  it('answers everyone within the patience of the lane', async () => {
    const patience: Readonly<Record<Lane, number>> = { cancel: 0, reduce: 5_000, new: 500, query: 65_000 };
    await fc.assert(
      fc.asyncProperty(steps(['cancel', 'reduce', 'new', 'query']), async (script) => {
        for (const s of await play(script)) {
          const answeredMs = s.grantedMs ?? s.deniedMs;
          expect(answeredMs).not.toBeNull();
          expect((answeredMs ?? Infinity) - s.askedMs).toBeLessThanOrEqual(patience[s.lane] + STEP_MS);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('serves each lane in the order of asking', async () => {
    await fc.assert(
      fc.asyncProperty(steps(['reduce', 'new', 'query']), async (script) => {
        const sent = await play(script);
        for (const lane of ['reduce', 'new', 'query'] as const) {
          const grants = sent.filter((s) => s.lane === lane && s.grantedMs !== null).map((s) => s.grantedMs ?? 0);
          expect(grants).toEqual([...grants].sort((a, b) => a - b));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('weight limiter, by example', () => {
  const setup = (): {
    clock: VirtualClock;
    limiter: ReturnType<typeof createWeightLimiter>;
    outcomes: string[];
    ask: (name: string, ask: Ask) => void;
  } => {
    const clock = new VirtualClock();
    const limiter = createWeightLimiter(clock, RULES);
    const outcomes: string[] = [];
    const ask = (name: string, request: Ask): void => {
      void limiter.acquire(request).then((grant: Grant) => {
        outcomes.push(`${name} ${grant.granted ? 'granted' : grant.reason} at ${clock.monotonicUs() / 1000}`);
      });
    };
    return { clock, limiter, outcomes, ask };
  };

  it('keeps a reserve that queries and entries cannot touch', async () => {
    const { outcomes, ask } = setup();
    ask('query', { lane: 'query', weight: 80 });
    ask('entry', { lane: 'new', weight: 10 });
    ask('exit', { lane: 'reduce', weight: 8 });
    ask('query 2', { lane: 'query', weight: 1 });
    ask('cancel', { lane: 'cancel', weight: 2 });
    await settled();
    expect(outcomes).toEqual(['query granted at 0', 'entry granted at 0', 'exit granted at 0', 'cancel granted at 0']);
  });

  it('lets exits place the last order the venue takes: no cancel needs the slot', async () => {
    const limiter = createWeightLimiter(new VirtualClock(), RULES);
    const ask = { lane: 'reduce', weight: 1, orders: { account: A, count: 10 } } as const;
    expect(await limiter.acquire(ask)).toMatchObject({ granted: true });
  });

  it('serves exits before entries before queries when room comes back', async () => {
    const { clock, outcomes, ask } = setup();
    ask('first', { lane: 'reduce', weight: 98 });
    await pass(clock, 59_900);
    ask('query', { lane: 'query', weight: 1 });
    ask('entry', { lane: 'new', weight: 1 });
    ask('exit', { lane: 'reduce', weight: 1 });
    await pass(clock, 500);
    await settled();
    expect(outcomes).toEqual([
      'first granted at 0',
      'exit granted at 60300',
      'entry granted at 60300',
      'query granted at 60300',
    ]);
  });

  it('counts what others spend from the same address by the header', async () => {
    const { clock, limiter, outcomes, ask } = setup();
    const grant = await limiter.acquire({ lane: 'query', weight: 5 });
    ask('sent after the request', { lane: 'query', weight: 10 });
    await settled();
    limiter.observe([{ resource: 'weight', windowMs: WINDOW_MS, amount: 75 }], grant.granted ? grant.marks : []);
    expect(limiter.used('weight', WINDOW_MS)).toBe(85);
    ask('entry', { lane: 'new', weight: 6 });
    await pass(clock, 1_000);
    await settled();
    expect(outcomes).toEqual(['sent after the request granted at 0', 'entry budget at 500']);
  });

  it('holds all but cancels back while the venue wants a pause', async () => {
    const { clock, limiter, outcomes, ask } = setup();
    limiter.pause(3_000);
    ask('entry', { lane: 'new', weight: 1 });
    ask('exit', { lane: 'reduce', weight: 1 });
    ask('query', { lane: 'query', weight: 1 });
    ask('cancel', { lane: 'cancel', weight: 1 });
    await settled();
    expect(limiter.pausedMs()).toBe(3_000);
    await pass(clock, 3_000);
    await settled();
    expect(outcomes).toEqual([
      'entry paused at 0',
      'cancel granted at 0',
      'exit granted at 3000',
      'query granted at 3000',
    ]);
  });

  it('holds back what places orders of one account when the venue counted too many of them', async () => {
    const { clock, limiter, outcomes, ask } = setup();
    const placing = (lane: Ask['lane'], account: typeof A): Ask => ({ lane, weight: 1, orders: { account, count: 1 } });
    expect(limiter.pauseOrders(A, null)).toBe(10_000);
    ask('entry', placing('new', A));
    ask('exit', placing('reduce', A));
    ask('cancel that bares', { lane: 'reduce', weight: 1, orders: { account: A, count: 0 } });
    ask('cancel', placing('cancel', A));
    ask('query', { lane: 'query', weight: 1, orders: { account: A, count: 0 } });
    await settled();
    ask('other entry', placing('new', B));
    expect(limiter.pausedMs()).toBe(0);
    await pass(clock, 1_000);
    await settled();
    expect(outcomes).toEqual([
      'entry paused at 0',
      'cancel granted at 0',
      'query granted at 0',
      'other entry granted at 0',
      'exit granted at 1000',
      'cancel that bares granted at 1000',
    ]);
    limiter.pauseOrders(A, 4_000);
    ask('later exit', placing('reduce', A));
    ask('exit of another', placing('reduce', B));
    await settled();
    expect(outcomes.at(-1)).toBe('exit of another granted at 1000');
    await pass(clock, 4_000);
    await settled();
    expect(outcomes.at(-1)).toBe('later exit granted at 5000');
  });

  it('denies an exit at once when the pause outlasts its patience, and says for how long', async () => {
    const { limiter } = setup();
    limiter.pause(120_000);
    const grant = await limiter.acquire({ lane: 'reduce', weight: 1 });
    expect(grant).toEqual({ granted: false, reason: 'paused', retryAfterMs: 120_000 });
  });

  it('counts orders by account, as the venue does, and weight together', async () => {
    const { limiter } = setup();
    const entry = (account: typeof A, count: number): Ask => ({ lane: 'new', weight: 1, orders: { account, count } });
    expect((await limiter.acquire(entry(A, 9))).granted).toBe(true);
    expect((await limiter.acquire(entry(B, 9))).granted).toBe(true);
    expect([limiter.used('orders', 10_000, A), limiter.used('orders', 10_000, B)]).toEqual([9, 9]);
    expect(limiter.used('weight', WINDOW_MS)).toBe(2);
    const reply = await limiter.acquire({ lane: 'reduce', weight: 1, orders: { account: B, count: 0 } });
    limiter.observe([{ resource: 'orders', windowMs: 10_000, amount: 99 }], reply.granted ? reply.marks : []);
    expect(limiter.used('orders', 10_000, A)).toBe(9);
  });

  it('takes over the limits the venue states and keeps what was spent', async () => {
    const { limiter } = setup();
    await limiter.acquire({ lane: 'query', weight: 30 });
    limiter.setLimits([{ resource: 'weight', windowMs: WINDOW_MS, limit: 40 }]);
    expect(limiter.used('weight', WINDOW_MS)).toBe(30);
    const grant = await limiter.acquire({ lane: 'reduce', weight: 9 });
    expect(grant.granted).toBe(true);
  });

  it('denies what can never fit instead of waiting for ever', async () => {
    const { clock, outcomes, ask } = setup();
    ask('too dear', { lane: 'query', weight: 200 });
    await pass(clock, 65_000);
    await settled();
    expect(outcomes).toEqual(['too dear budget at 65000']);
  });
});
