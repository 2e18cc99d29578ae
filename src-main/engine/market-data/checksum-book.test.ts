import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChecksumBook } from './checksum-book.ts';
import { krakenChecksum } from './kraken-checksum.ts';
import { stepSize, stepsText } from './steps.ts';

const tick = stepSize('0.01');
const lot = stepSize('0.001');
const printed = { price: 2, quantity: 8 };
const options = { depth: 12, tick, lot, printed };

type Side = Map<number, number>;
const text = (ticks: number, lots: number) => [stepsText(ticks, tick), `${stepsText(lots, lot)}00000`] as const;

/** Texts of the best levels, as a client that keeps strings would have them. */
function best(side: Side, order: (a: number, b: number) => number) {
  return [...side].sort(([a], [b]) => order(a, b)).slice(0, options.depth);
}

describe('ChecksumBook', () => {
  it('verifies the same checksums as a client that keeps texts, through any changes', () => {
    const level = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(fc.array(fc.array(level, { maxLength: 8 }), { maxLength: 30 }), (updates) => {
        const book = new ChecksumBook(options);
        let bids: Side = new Map();
        let asks: Side = new Map([[1_000, 1]]);
        book.apply({ kind: 'snapshot', bids: [], asks: [text(1_000, 1)], checksum: null });
        for (const changes of updates) {
          for (const [ticks, lots] of changes) {
            for (const [side, at] of [
              [bids, ticks],
              [asks, 100 + ticks],
            ] as const) {
              if (lots === 0) side.delete(at);
              else side.set(at, lots);
            }
          }
          bids = new Map(best(bids, (a, b) => b - a));
          asks = new Map(best(asks, (a, b) => a - b));
          const checksum = krakenChecksum(
            [...asks].map(([ticks, lots]) => text(ticks, lots)),
            [...bids].map(([ticks, lots]) => text(ticks, lots)),
          );
          const message = {
            bids: changes.map(([ticks, lots]) => text(ticks, lots)),
            asks: changes.map(([ticks, lots]) => text(100 + ticks, lots)),
          };
          expect(book.apply({ kind: 'update', ...message, checksum })).toBe('applied');
        }
        expect(book.counts).toMatchObject({ verified: updates.length, mismatches: 0, integrityFailures: 0 });
      }),
    );
  });

  it('shows nothing before a snapshot, and nothing after a mismatch until the next one', () => {
    const book = new ChecksumBook(options);
    const update = { kind: 'update', bids: [text(100, 1)], asks: [], checksum: 1 } as const;
    const snapshot = { kind: 'snapshot', bids: [text(99, 1)], asks: [text(101, 1)], checksum: null } as const;
    expect(book.apply(update)).toBe('discarded');
    expect(book.apply(snapshot)).toBe('applied');
    expect(book.apply(update)).toBe('mismatch');
    expect([book.isLive, book.book.bidCount]).toEqual([false, 0]);
    expect(book.lastProblem).toMatch(/^expected checksum 1, was \d+$/);
    expect(book.apply(update)).toBe('discarded');
    expect(book.apply(snapshot)).toBe('applied');
    expect(book.isLive).toBe(true);
  });

  it('ends on values no book may have', () => {
    const book = new ChecksumBook(options);
    expect(book.apply({ kind: 'snapshot', bids: [['1.001', '1']], asks: [], checksum: null })).toBe('broken');
    expect(book.apply({ kind: 'snapshot', bids: [text(101, 1)], asks: [text(101, 1)], checksum: null })).toBe('broken');
    expect(book.counts.integrityFailures).toBe(2);
  });
});
