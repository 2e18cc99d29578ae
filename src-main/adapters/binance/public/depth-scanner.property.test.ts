import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepSize, stepsOf } from '../../../engine/market-data/steps.ts';
import { decodeBinanceEvent } from './decode.ts';
import { DepthScanner } from './depth-scanner.ts';

const steps = { tick: stepSize('0.05'), lot: stepSize('0.001') };
const lookUp = (symbol: string) => (symbol === 'BTCUSDT' ? steps : undefined);

type Level = readonly [string, string];
const decimalText = (whole: number, fraction: number, digits: number) =>
  `${whole}.${String(fraction).padStart(3, '0').padEnd(digits, '0')}`;
const level: fc.Arbitrary<Level> = fc
  .tuple(fc.integer({ min: 1, max: 99_999 }), fc.nat(19), fc.nat(9_999), fc.nat(999), fc.constantFrom(3, 8))
  .map(([price, twentieths, whole, milli, digits]) => [
    decimalText(price, twentieths * 50, digits),
    decimalText(whole, milli, digits),
  ]);
const update = fc.record({
  E: fc.nat(),
  U: fc.integer({ min: 1, max: 2 ** 45 }),
  u: fc.integer({ min: 1, max: 2 ** 45 }),
  b: fc.array(level, { maxLength: 300 }),
  a: fc.array(level, { maxLength: 20 }),
});
type Update = typeof update extends fc.Arbitrary<infer T> ? T : never;

const wire = ({ E, U, u, b, a }: Update): Buffer =>
  Buffer.from(
    JSON.stringify({ stream: 'btcusdt@depth@100ms', data: { e: 'depthUpdate', E, s: 'BTCUSDT', U, u, b, a } }),
  );

function scanned(scanner: DepthScanner) {
  const { firstUpdateId, lastUpdateId, bidCount, askCount, ticks, lots } = scanner.update;
  const all = Array.from({ length: bidCount + askCount }, (_, index) => [ticks[index], lots[index]]);
  return {
    E: scanner.eventTimeMs,
    firstUpdateId,
    lastUpdateId,
    bids: all.slice(0, bidCount),
    asks: all.slice(bidCount),
  };
}

/** The same through JSON.parse and the general decoder. Throws where that refuses. */
function slowly(data: Buffer) {
  const event = decodeBinanceEvent((JSON.parse(data.toString()) as { data: Record<string, unknown> }).data);
  if (event.kind !== 'depth') throw new Error(`expected depth, was ${event.kind}`);
  const inSteps = (levels: readonly (readonly [string, string, ...unknown[]])[]) =>
    levels.map(([price, quantity]) => [stepsOf(price, steps.tick), stepsOf(quantity, steps.lot)]);
  const { firstUpdateId, lastUpdateId, bids, asks } = event.update;
  return { E: event.eventTimeMs, firstUpdateId, lastUpdateId, bids: inSteps(bids), asks: inSteps(asks) };
}

describe('DepthScanner', () => {
  it('reads what the general decoder reads', () => {
    const scanner = new DepthScanner();
    fc.assert(
      fc.property(update, (message) => {
        expect(scanner.scan(wire(message), lookUp)).toBe(true);
        expect(scanned(scanner)).toEqual(slowly(wire(message)));
      }),
    );
  });

  it('refuses a damaged message or reads exactly what the general decoder reads from it', () => {
    const scanner = new DepthScanner();
    fc.assert(
      fc.property(update, fc.nat(), fc.integer({ min: 32, max: 126 }), fc.boolean(), (message, at, byte, cut) => {
        const data = wire({ ...message, b: message.b.slice(0, 3), a: message.a.slice(0, 3) });
        const place = at % data.length;
        if (!cut) data[place] = byte;
        const damaged = cut ? data.subarray(0, place) : data;
        if (scanner.scan(damaged, lookUp)) expect(scanned(scanner)).toEqual(slowly(damaged));
      }),
      { numRuns: 2_000 },
    );
  });

  const one = (b: unknown, symbol = 'BTCUSDT'): Buffer =>
    Buffer.from(JSON.stringify({ stream: 'x', data: { e: 'depthUpdate', E: 1, s: symbol, U: 1, u: 2, b, a: [] } }));

  it.each([
    ['another event', Buffer.from('{"stream":"x","data":{"e":"trade","E":1}}')],
    ['an unknown symbol', one([], 'ETHUSDT')],
    ['a price off tick', one([['1.01', '1.000']])],
    ['a quantity off lot', one([['1.05', '1.0001']])],
    ['a price of zero', one([['0.00', '1']])],
    ['a negative quantity', one([['1.05', '-1']])],
    ['a number instead of a text', one([[1.05, '1']])],
    ['a quantity beyond 2^53 lots', one([['1.05', '9007199254741.000']])],
    ['a third entry', one([['1.05', '1', 'x']])],
    ['a decimal without an end', one([['1.05', '1.']])],
    ['an empty text', one([['', '1']])],
    ['nothing', Buffer.alloc(0)],
    ['space behind it', Buffer.concat([one([]), Buffer.from(' ')])],
  ])('leaves %s to the general decoder', (_, data) => {
    expect(new DepthScanner().scan(data, lookUp)).toBe(false);
  });
});
