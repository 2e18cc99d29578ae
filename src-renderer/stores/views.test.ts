import { describe, expect, it } from 'vitest';
import { stopFigures } from '../app/stop-figures.ts';
import { chartLines, fillMarks, spread } from '../canvas/chart-marks.ts';
import { tapeRows } from '../canvas/tape-painter.ts';
import { ladderMarks } from '../canvas/ladder-view.ts';
import { closedOrders, purposeOf, workingOrders } from '../panels/order-rows.ts';
import { sampleInstruments } from '../testing/sample-markets.ts';
import { sampleStopReport } from '../testing/sample-recovery.ts';
import { sampleOrder, sampleState } from '../testing/sample-state.ts';
import { barsIn, barStep } from './bars.ts';
import { readBookFrame } from './book-frame.ts';
import { createPreferences, readPreferences } from './preferences.ts';
import { judgmentIn } from './ticket.ts';

const state = sampleState();
const btc = sampleInstruments[0]!;

describe('orders', () => {
  it('lists unknown first, then own by newest, foreign last', () => {
    const shown = workingOrders([...state.orders, sampleOrder({ clientOrderId: 'done', status: 'filled' })]);
    expect(shown[0]?.pending?.outcome).toBe('unknown');
    expect(shown.at(-1)?.foreign).toBe(true);
    expect(shown.map((order) => order.clientOrderId)).not.toContain('done');
    const own = shown.slice(1, -1).map((order) => order.createdAtUs);
    expect(own).toEqual(own.toSorted((a, b) => b - a));
  });

  it('lists closed orders by their end', () => {
    const done = (id: string, updatedAtUs: number) =>
      sampleOrder({ clientOrderId: id, status: 'expired', updatedAtUs });
    const closed = closedOrders([done('a', 1), sampleOrder(), done('b', 3), done('c', 2)]);
    expect(closed.map(({ clientOrderId }) => clientOrderId)).toEqual(['b', 'c', 'a']);
  });

  it('says what each is there for', () => {
    expect(purposeOf(sampleOrder({ foreign: true }))).toBe('never touched');
    expect(purposeOf(sampleOrder({ role: 'stop' }))).toBe('protects');
    expect(purposeOf(sampleOrder({ strategyId: null }))).toBe('by hand');
    expect(purposeOf(sampleOrder({ role: 'target' }))).toBe('target');
  });

  it('marks own working orders of the instrument on the ladder, stops at their trigger', () => {
    const marks = ladderMarks(state.orders, btc);
    expect(marks.map(({ ticks, side, isStop }) => [ticks, side, isStop])).toEqual([
      [4_535_500, 'buy', false],
      [4_570_000, 'sell', false],
      [4_469_000, 'sell', true],
    ]);
    expect(ladderMarks([sampleOrder({ price: null })], btc)).toEqual([]);
  });
});

describe('chart marks', () => {
  it('draws position, target, stop and entry, and no foreign order', () => {
    const subject = { orders: state.orders, positions: state.positions, last: 45363.63 };
    expect(chartLines(subject, btc).map(({ text, tone }) => [text, tone])).toEqual([
      ['Long 1.20000 +343.13', 'text2'],
      ['Buy post-only 0.15 \u22120.02 %', 'accent'],
      ['Target 0.6 +0.74 %', 'bid'],
      ['Stop 1.2 \u22121.48 %', 'ask'],
    ]);
    const doge = sampleInstruments.find(({ base }) => base === 'DOGE')!;
    expect(chartLines(subject, doge)).toEqual([]);
  });

  it('says when an order is not proven or not placed', () => {
    const pending = { command: 'create', outcome: 'unknown' as const, sinceUs: 0 };
    const unknown = sampleOrder({ pending });
    const leg = sampleOrder({ role: 'stop', pendingLeg: true, triggerPrice: '45000.00' });
    const texts = chartLines({ orders: [unknown, leg], positions: [], last: null }, btc).map(({ text }) => text);
    expect(texts).toEqual(['? Buy limit 0.15', 'Stop 0.15 not placed']);
  });

  it('marks our fills of the instrument', () => {
    expect(fillMarks(state.fills, btc).map(({ text }) => text)).toEqual(['▲ B 0.6', '▲ B 1', '▼ S 0.4']);
  });

  it('pushes labels apart and leaves their order', () => {
    expect(spread([100, 104, 40, Infinity], 18)).toEqual([100, 118, 40, Infinity]);
  });
});

describe('tape', () => {
  it('joins what one order took at one price and instant', () => {
    const rows = tapeRows([[5, 1, 1, 10], [5, 2, 1, 10], [5, 2, -1, 10], [5, 1, -1, 9]], 10); // prettier-ignore
    expect(rows.map(({ lots, count }) => [lots, count])).toEqual([
      [3, 2],
      [2, 1],
      [1, 1],
    ]);
  });

  it('stops at what fits', () => {
    expect(tapeRows([[1, 1, 1, 3], [2, 1, 1, 2], [3, 1, 1, 1]], 2)).toHaveLength(2); // prettier-ignore
  });
});

describe('bars', () => {
  const bar = (openTimeUs: number) => ({ openTimeUs, open: '1', high: '1', low: '1', close: '1', volume: '0' });

  it('takes a list of bars in any order and nothing else', () => {
    expect(barsIn([bar(2), bar(1)])?.map(({ openTimeUs }) => openTimeUs)).toEqual([1, 2]);
    expect(barsIn([bar(1), { nothing: 1 }])).toBeNull();
    expect(barsIn(null)).toBeNull();
  });

  it.each([
    [null, 60_000_000, 'append'],
    [60_000_000, 60_000_000, 'replace'],
    [60_000_000, 120_000_000, 'append'],
    [120_000_000, 60_000_000, 'old'],
    [60_000_000, 180_000_000, 'gap'],
  ] as const)('after %s a bar of %s is %s', (last, next, step) => expect(barStep(last, next, '1m')).toBe(step));
});

describe('book frames', () => {
  it('reads counts and sides in place', () => {
    const frame = readBookFrame(Float64Array.from([2, 1, 77, 12, 1, 2, 100, 5, 101, 6, 102, 7]));
    expect(frame).toMatchObject({ viewIndex: 2, instrumentIndex: 1, updateId: 77, ageMs: 12 });
    expect([[...frame.bids], [...frame.asks]]).toEqual([
      [100, 5],
      [101, 6, 102, 7],
    ]);
  });

  it('refuses a frame shorter than its counts', () => {
    expect(() => readBookFrame(Float64Array.from([0, 0, 1, 0, 2, 2, 100, 5]))).toThrow(
      'expected a book frame of 14 numbers, was 8',
    );
  });
});

describe('preferences', () => {
  it('keeps known words only and survives anything else', () => {
    expect(readPreferences('{"theme":"light","palette":"blue-orange"}')).toEqual({
      theme: 'light',
      palette: 'blue-orange',
    });
    expect(readPreferences('{"theme":"pink"}')).toEqual({ theme: 'dark', palette: 'green-red' });
    expect(readPreferences('{')).toEqual({ theme: 'dark', palette: 'green-red' });
  });

  it('remembers a choice', () => {
    const kept = new Map<string, string>();
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text) }; // prettier-ignore
    createPreferences(storage).setState({ theme: 'contrast' });
    expect(createPreferences(storage).getState().theme).toBe('contrast');
    expect(createPreferences(null).getState().theme).toBe('dark');
  });
});

describe('the gate', () => {
  it('believes only a verdict', () => {
    expect(judgmentIn({ allowed: true, checks: [] })).toEqual({ allowed: true, checks: [], denials: [] });
    expect(judgmentIn({ allowed: 'yes', checks: [] })).toBeNull();
    expect(judgmentIn(null)).toBeNull();
  });
});

describe('stop figures', () => {
  it('measures from the report and nothing else', () => {
    expect(stopFigures(sampleStopReport)).toEqual({
      firstCancelMs: 11,
      finishedMs: 1840,
      cancels: { done: 3, all: 4 },
      exits: { done: 2, all: 3 },
      unknown: 1,
      refused: 1,
    });
  });

  it('leaves open what is not known yet', () => {
    const figures = stopFigures({ ...sampleStopReport, finishedAtUs: null, actions: [] });
    expect(figures).toMatchObject({ firstCancelMs: null, finishedMs: null });
  });
});
