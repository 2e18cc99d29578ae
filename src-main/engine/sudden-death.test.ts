import { describe, expect, it } from 'vitest';
import { decimal } from './domain/decimal.ts';
import { Quantity } from './domain/quantities.ts';
import { FAILPOINTS, type Failpoint } from './engine.ts';
import { bracket } from './testing/core-session.ts';
import { EngineBench } from './testing/engine-bench.ts';

const HITS = [1, 2, 3, 4, 5];

/** A resting entry that fills in part, a FOK bracket, a close, a stop: every kind of write and send happens. */
async function live(bench: EngineBench): Promise<void> {
  await bench.engine.start();
  await bench.clock.advanceAsync(50);
  const steps: (() => void)[] = [
    () => void bench.send({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) }),
    () => {
      const entry = [...bench.venue.orders.values()].find(({ spec }) => spec.role === 'entry');
      if (entry !== undefined) bench.venue.fill(entry.spec.clientOrderId, '0.500');
      bench.hear();
    },
    () => void bench.send({ kind: 'enterBracket', request: bracket() }),
    () =>
      void bench.send({ kind: 'closePosition', accountId: bracket().accountId, instrumentId: bracket().instrumentId }),
    () => void bench.send({ kind: 'enterBracket', request: bracket() }),
    () => void bench.send({ kind: 'halt', reason: 'test' }),
    () => void bench.engine.close(),
  ];
  for (const step of steps) {
    if (bench.killed !== null) return;
    step();
    await bench.clock.advanceAsync(1_100, 50);
    bench.store.flush();
  }
}

function heldAtVenue({ venue }: EngineBench): Quantity {
  let held = Quantity.zero();
  for (const fill of venue.fills) {
    const quantity = Quantity.of(decimal(fill.quantity));
    held = fill.side === 'buy' ? held.plus(quantity) : held.minus(quantity);
    if (fill.fee.asset === 'BTC') held = held.minus(Quantity.of(decimal(fill.fee.amount)));
  }
  return held;
}

async function afterwards(bench: EngineBench): Promise<void> {
  await bench.restart(2);
  await bench.clock.advanceAsync(40_000, 500);
  const { view } = bench.engine;
  expect(view.tradingState().state).toBe('halted');
  const intents = new Set(bench.store.rows.flatMap(({ clientOrderIds }) => clientOrderIds));
  for (const id of bench.venue.orders.keys()) expect(intents.has(id)).toBe(true);
  expect(view.orders().filter(({ pending }) => pending !== null)).toEqual([]);
  const known = view.exposures().flatMap(({ openOrders }) => openOrders);
  expect([...known].sort()).toEqual([...bench.venue.openIds()].sort());
  const held = heldAtVenue(bench);
  const quantity = view.exposures()[0]?.quantity ?? '0';
  expect(Quantity.of(decimal(quantity)).compare(held)).toBe(0);
  expect(held.minus(bench.venue.covered()).compare(Quantity.of(decimal('0.1')))).toBe(-1);
}

describe('killed at', () => {
  it.each(FAILPOINTS.flatMap((name) => HITS.map((hit) => ({ name, hit }))))(
    '$name, hit $hit',
    async ({ name, hit }) => {
      const bench = new EngineBench({ name, hit });
      await live(bench);
      if (bench.killed === null) expect(RARE).toContain(name);
      await afterwards(bench);
    },
  );
});

/** Reached fewer than five times in the life above. */
const RARE: readonly Failpoint[] = [
  'snapshot.before',
  'snapshot.after',
  'look.before',
  'look.answered',
  'cancel.before',
  'cancel.after',
  'cancel.answered',
];
