import { describe, expect, it } from 'vitest';
import { parseCapture } from './capture.ts';
import { decimalStep } from './step-text.ts';

const depth = (at: number, U: number, u: number, b: unknown[] = [], a: unknown[] = []): string =>
  `${at}000000 ${JSON.stringify({ stream: 'btcusdt@depth@100ms', data: { e: 'depthUpdate', s: 'BTCUSDT', U, u, b, a } })}`;
const trade = (at: number, p: string, q: string, m: boolean): string =>
  `${at}000000 ${JSON.stringify({ stream: 'btcusdt@trade', data: { e: 'trade', s: 'BTCUSDT', p, q, m } })}`;
const snapshot = (at: number, lastUpdateId: number): string =>
  `${at}000000 ${JSON.stringify({ lastUpdateId, bids: [['99.00', '1.0']], asks: [['101.00', '2.0']] })}`;

const parse = (...lines: string[]) => parseCapture([lines.join('\n')], decimalStep('0.01'), decimalStep('0.1'));

describe('a capture', () => {
  it('buffers depth that stands before its snapshot and drops what the snapshot holds already', () => {
    const capture = parse(
      trade(1_000, '100.00', '1.0', true),
      depth(1_000, 1, 4, [['98.00', '9.0']]),
      depth(1_100, 5, 8, [['98.50', '3.0']]),
      snapshot(1_150, 6),
      `1160000000 {"stream":"btcusdt@bookTicker","data":{}}`,
      depth(1_200, 9, 9, [], [['101.00', '0.0']]),
      trade(1_250, '101.00', '0.4', false),
    );
    expect(capture).toEqual({
      symbol: 'BTCUSDT',
      recordedAtMs: 1_150,
      durationMs: 101,
      snapshot: { bids: [[9900, 10]], asks: [[10100, 20]] },
      events: [
        { kind: 'depth', offsetMs: 0, bids: [[9850, 30]], asks: [] },
        { kind: 'depth', offsetMs: 50, bids: [], asks: [[10100, 0]] },
        { kind: 'trade', offsetMs: 100, ticks: 10100, lots: 4, aggressor: 'buy' },
      ],
    });
  });

  it('cuts resting sizes finer than a lot but never to nothing', () => {
    const capture = parse(
      snapshot(1_000, 6),
      depth(
        1_100,
        7,
        7,
        [
          ['98.00', '0.19'],
          ['97.00', '0.01'],
        ],
        [['102.00', '0.00']],
      ),
    );
    expect(capture.events[0]).toMatchObject({
      bids: [
        [9800, 1],
        [9700, 1],
      ],
      asks: [[10200, 0]],
    });
  });

  it('is refused with the line when an update id is missing', () => {
    expect(() => parse(snapshot(1_000, 6), depth(1_100, 7, 8), depth(1_200, 10, 11))).toThrow(
      'capture line 3: expected update id 9, was 10',
    );
  });

  it.each([
    ['not json', '1000000 {oops'],
    ['no time', 'abc {"lastUpdateId":1}'],
    ['a price off its tick', trade(2_000, '100.001', '1.0', true)],
    ['a level that is no pair', depth(2_000, 7, 7, ['98.00'])],
    ['a second snapshot', snapshot(2_000, 9)],
  ])('is refused with the line for %s', (_name, line) => {
    expect(() => parse(snapshot(1_000, 6), line)).toThrow(/^capture line 2: /);
  });

  it('is refused when it holds no snapshot or nothing after it', () => {
    expect(() => parse(depth(1_000, 1, 2))).toThrow('expected a snapshot line');
    expect(() => parse(snapshot(1_000, 6))).toThrow('expected events after the snapshot');
  });
});
