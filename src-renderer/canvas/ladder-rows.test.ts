import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BookFrame } from '../stores/book-frame.ts';
import { fittedQuantity, rowAt, rowsPerSide } from './ladder-painter.ts';
import { autoGroup, coarserGroup, finerGroup, ladderRows, nextAnchor } from './ladder-rows.ts';

const frameOf = (bids: readonly number[], asks: readonly number[]): BookFrame => ({
  viewIndex: 0,
  instrumentIndex: 0,
  updateId: 1,
  ageMs: 0,
  bids: Float64Array.from(bids),
  asks: Float64Array.from(asks),
});

const levels = (best: number, step: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => [best + index * step, index + 1]).flat();

describe('ladderRows', () => {
  const frame = frameOf([1000, 5, 999, 7, 985, 2], [1001, 4, 1002, 1, 1030, 9]);

  it('puts each level into its row, asks above the anchor and bids below', () => {
    const rows = ladderRows(frame, 1, 1001, 3);
    expect(rows.topIndex).toBe(1003);
    expect([...rows.askLots]).toEqual([0, 1, 4, 0, 0, 0]);
    expect([...rows.bidLots]).toEqual([0, 0, 0, 5, 7, 0]);
    expect([...rows.askSum]).toEqual([0, 5, 4, 0, 0, 0]);
    expect(rows.maxLots).toBe(7);
    expect(rows.wholeLots).toBe(14);
  });

  it('rounds asks up and bids down: no group promises a better price than it holds', () => {
    const rows = ladderRows(frame, 10, 101, 3);
    expect([...rows.askLots]).toEqual([9, 0, 5, 0, 0, 0]);
    expect([...rows.bidLots]).toEqual([0, 0, 0, 5, 7, 2]);
  });

  it('loses no lot that lies inside its rows', () => {
    const book = fc.tuple(
      fc.integer({ min: 2000, max: 9000 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 50 }),
    );
    fc.assert(
      fc.property(book, fc.constantFrom(1, 2, 5, 10), ([best, spread, lots], group) => {
        const bids = lots.flatMap((quantity, index) => [best - index, quantity]);
        const asks = lots.flatMap((quantity, index) => [best + spread + index, quantity]);
        const shown = frameOf(bids, asks);
        const anchor = nextAnchor(null, shown, group, false) ?? 0;
        const rows = ladderRows(shown, group, anchor, 200);
        const total = lots.reduce((sum, quantity) => sum + quantity, 0);
        expect(rows.bidLots.reduce((sum, quantity) => sum + quantity, 0)).toBe(total);
        expect(rows.askLots.reduce((sum, quantity) => sum + quantity, 0)).toBe(total);
      }),
    );
  });
});

describe('nextAnchor', () => {
  const at = (bid: number): BookFrame => frameOf([bid, 1], [bid + 1, 1]);

  it('starts at the first price above the middle', () => {
    expect(nextAnchor(null, at(1000), 1, false)).toBe(1001);
    expect(nextAnchor(null, at(1000), 10, false)).toBe(101);
  });

  it('follows the market', () => {
    expect(nextAnchor(1001, at(1002), 1, false)).toBe(1003);
  });

  it('never moves while the pointer is over it', () => {
    expect(nextAnchor(1001, at(2000), 1, true)).toBe(1001);
  });

  it('stays when the book is empty', () => {
    expect(nextAnchor(1001, frameOf([], []), 1, false)).toBe(1001);
    expect(nextAnchor(null, frameOf([], []), 1, false)).toBeNull();
    expect(nextAnchor(null, frameOf([], [50, 1]), 1, false)).toBe(50);
  });
});

describe('groups', () => {
  it('takes the coarsest one whose rows all lie inside the known depth', () => {
    expect(autoGroup(frameOf(levels(1000, -1, 50), levels(1001, 1, 50)), 10)).toBe(2);
    expect(autoGroup(frameOf(levels(1000, -1, 50), levels(1001, 10, 50)), 10)).toBe(2);
    expect(autoGroup(frameOf(levels(90_000, -113, 50), levels(90_001, 113, 50)), 11)).toBe(500);
    expect(autoGroup(frameOf([], []), 11)).toBe(1);
  });

  it('walks 1, 2, 5, 10 in both directions', () => {
    const up = [1, 2, 5, 10, 20, 50, 100];
    up.forEach((group, index) => {
      expect(finerGroup(group)).toBe(up[index - 1] ?? 1);
      if (index < up.length - 1) expect(coarserGroup(group)).toBe(up[index + 1]);
    });
  });
});

describe('geometry', () => {
  it('finds the row under the pointer and none between the sides', () => {
    const height = 500;
    const rows = rowsPerSide(height);
    expect(rows).toBe(12);
    expect(rowAt(5, height)).toBeNull();
    expect(rowAt(18, height)).toBe(0);
    expect(rowAt(18 + rows * 17 - 1, height)).toBe(rows - 1);
    expect(rowAt(18 + rows * 17 + 5, height)).toBeNull();
    expect(rowAt(18 + rows * 17 + 30, height)).toBe(rows);
    expect(rowAt(499, height)).toBeNull();
  });

  it('drops decimals and then counts in larger units, and never cuts digits', () => {
    expect(fittedQuantity('0.12345', 8)).toBe('0.12345');
    expect(fittedQuantity('12,345.67891', 9)).toBe('12,345.67');
    expect(fittedQuantity('12,345.67891', 7)).toBe('12,345');
    expect(fittedQuantity('1,234,567,890', 10)).toBe('1,234,567k');
    expect(fittedQuantity('1,234,567,890', 4)).toBe('1G');
  });
});
