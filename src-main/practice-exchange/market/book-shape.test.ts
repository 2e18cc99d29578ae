import { describe, expect, it } from 'vitest';
import { bookModelSchema, bookShape } from './book-shape.ts';
import { parseCapture } from './capture.ts';
import { openDemoData } from './demo-data.ts';
import { decimalStep } from './step-text.ts';
import { measureBook } from './testing/measure-book.ts';

const data = openDemoData();
const file = data.files.find(({ kind }) => kind === 'book-model')!;
const model = bookModelSchema.parse(JSON.parse(data.text(file)));

describe('the book model', () => {
  it('holds what the recording measures', () => {
    const texts = data.files.filter(({ kind }) => kind === 'capture').map((entry) => data.text(entry));
    const capture = parseCapture(texts, decimalStep('0.01'), decimalStep('0.00001'));
    const measured = measureBook(
      capture,
      model.depth.map(({ bps }) => bps),
    );
    expect(capture.recordedAtMs).toBe(Date.parse('2024-08-08T23:54:14.206Z'));
    expect(measured.updates).toBe(6_493);
    expect(measured.oneTickRatio).toBeCloseTo(model.spread.oneTickRatio, 4);
    const priceTicks = capture.snapshot.bids[0]![0];
    expect((measured.wideMeanTicks / priceTicks) * 10_000).toBeCloseTo(model.spread.wideMeanBps, 2);
    model.depth.forEach(({ turnoverMinutes }, index) => expect(measured.depth[index]).toBeCloseTo(turnoverMinutes, 3));
  });

  it.each([
    ['a fine tick', 4_300_000],
    ['a coarse tick', 930],
  ])('reaches 50 bps in at most 40 levels with %s', (_name, priceTicks) => {
    const shape = bookShape(model, priceTicks, 1_000);
    let distance = 0;
    for (let level = 0; level < shape.maxLevels; level += 1) distance += Math.max(1, shape.gapGrowth * distance);
    expect(shape.maxLevels).toBeGreaterThanOrEqual(20);
    expect(shape.maxLevels).toBeLessThanOrEqual(40);
    expect(distance * shape.tickBps).toBeGreaterThanOrEqual(49);
  });

  it('gives depth between and beyond the measured distances in proportion', () => {
    const shape = bookShape(model, 10_000, 1_000);
    expect(shape.lotsWithin(10)).toBeCloseTo(1_113, 0);
    expect(shape.lotsWithin(7)).toBeGreaterThan(shape.lotsWithin(5));
    expect(shape.lotsWithin(20)).toBeCloseTo(1_646 + (1_646 - 1_113), 0);
  });
});
