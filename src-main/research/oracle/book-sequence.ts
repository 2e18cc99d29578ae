import { z } from 'zod';
import { krakenBookChecksum } from '../../engine/market-data/kraken-checksum.ts';
import { OrderBook } from '../../engine/market-data/order-book.ts';
import { stepSize, stepsOf } from '../../engine/market-data/steps.ts';
import type { Section } from './section.ts';

const levels = z.array(z.tuple([z.string(), z.string()]));
const update = z.object({ asks: levels, bids: levels, checksum: z.number() });
const sequence = z.object({ depth: z.number(), snapshot: update, updates: z.array(update) });

/** Snapshot and updates through the order book that trading reads; every checksum is compared. */
export const bookSequence: Section = (given) => {
  const { depth, snapshot, updates } = sequence.parse(given);
  const events = [snapshot, ...updates];
  const texts = [...snapshot.asks, ...snapshot.bids];
  const tick = stepSize(smallest(texts.map(([price]) => price)));
  const lot = stepSize(smallest(texts.map(([, quantity]) => quantity)));
  const book = new OrderBook();
  const actual = events.map(({ asks, bids }) => {
    for (const [price, quantity] of asks) book.asks.set(stepsOf(price, tick), stepsOf(quantity, lot));
    for (const [price, quantity] of bids) book.bids.set(stepsOf(price, tick), stepsOf(quantity, lot));
    book.truncate(depth);
    return krakenBookChecksum(book);
  });
  return { actual, expected: events.map(({ checksum }) => checksum) };
};

/** One unit of the last printed digit: `0.01` for prices like `1.50`. */
function smallest(texts: readonly string[]): string {
  const digits = Math.max(0, ...texts.map((text) => (text.split('.')[1] ?? '').length));
  return digits === 0 ? '1' : `0.${'1'.padStart(digits, '0')}`;
}
