import { describe, expect, it } from 'vitest';
import { checksumText, crc32, krakenBookChecksum, krakenChecksum } from './kraken-checksum.ts';
import { OrderBook } from './order-book.ts';
import { stepSize, stepsOf } from './steps.ts';

/** The example of Kraken's v1 guide: https://docs.kraken.com/api/docs/guides/spot-ws-book-v1 */
const asks = Array.from(
  { length: 10 },
  (_, level) => [`0.050${String(5 + 5 * level).padStart(2, '0')}`, '0.00000500'] as const,
);
const bids = [
  '0.05000',
  '0.04995',
  '0.04990',
  '0.04980',
  '0.04975',
  '0.04970',
  '0.04965',
  '0.04960',
  '0.04955',
  '0.04950',
].map((price) => [price, '0.00000500'] as const);

describe('krakenChecksum', () => {
  it('is the CRC-32 of the standard check text', () => expect(crc32('123456789')).toBe(0xcbf43926));

  it('reproduces the published example from its texts', () => {
    expect(checksumText(asks).slice(0, 14)).toBe('50055005010500');
    expect(krakenChecksum(asks, bids)).toBe(974_947_235);
  });

  it('looks at ten levels of a side only', () => {
    expect(krakenChecksum([...asks, ['0.06000', '1.00000000']], bids)).toBe(974_947_235);
    expect(krakenChecksum(asks.slice(1), bids)).not.toBe(974_947_235);
  });

  it('is the same over integer steps, also where lots are coarser than the printed digits', () => {
    const tick = stepSize('0.00001');
    for (const [lotText, lotZeros] of [
      ['0.00000001', 0],
      ['0.000001', 2],
    ] as const) {
      const book = new OrderBook();
      for (const [price, quantity] of asks) book.asks.set(stepsOf(price, tick), stepsOf(quantity, stepSize(lotText)));
      for (const [price, quantity] of bids) book.bids.set(stepsOf(price, tick), stepsOf(quantity, stepSize(lotText)));
      expect(krakenBookChecksum(book, 0, lotZeros)).toBe(974_947_235);
    }
  });
});
