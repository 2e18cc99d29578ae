import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bench, draft } from './testing/journal-fixtures.ts';

type Step =
  | { readonly do: 'commit' | 'enqueue'; readonly rows: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'snapshot' | 'reopen' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('commit' as const, 'enqueue' as const), rows: fc.nat(4) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(8) }),
  fc.record({ do: fc.constantFrom('snapshot' as const, 'reopen' as const) }),
);

/** Runs the steps and returns what was handed over, in order, beside what the journal then holds. */
function run(steps: readonly Step[]) {
  const at = bench();
  try {
    let store = at.open({ checkpointEveryRows: 5 });
    const given: number[] = [];
    const next = (rows: number) => Array.from({ length: rows }, () => draft(given.push(given.length) - 1));
    for (const each of steps) {
      if (each.do === 'commit') expect(store.commit(next(each.rows)).ok).toBe(true);
      else if (each.do === 'enqueue') store.enqueue(next(each.rows));
      else if (each.do === 'wait') at.clock.advance(each.ms);
      else if (each.do === 'snapshot') store.saveSnapshot(store.nextSequence - 1, given.length);
      else {
        store.close();
        store = at.open({ checkpointEveryRows: 5 });
      }
      expect(store.nextSequence).toBe(store.head().sequence + store.metrics().queuedRows + 1);
    }
    store.commit([]);
    const rows = [...store.read(1)];
    return { given, rows, verified: store.verify(), head: store.head() };
  } finally {
    at.dispose();
  }
}

describe('any order of commits, queued rows, snapshots and restarts', () => {
  it('keeps every row once, in the order given, in one chain', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { given, rows, verified, head } = run(steps);
        expect(rows.filter(({ kind }) => kind === 'test.happened').map(({ payload }) => payload)).toEqual(given);
        expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
        expect(verified).toMatchObject({ ok: true, rows: rows.length, head });
      }),
      { numRuns: 40 },
    );
  });
});
