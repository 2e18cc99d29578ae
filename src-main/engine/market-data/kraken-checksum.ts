import type { BookSide } from './book-side.ts';
import type { OrderBook } from './order-book.ts';

/** Price and quantity exactly as the venue wrote them. */
export type ChecksumLevel = readonly [price: string, quantity: string, ...rest: unknown[]];

/** Levels of each side that enter the checksum, whatever the subscribed depth. */
const CHECKSUM_LEVELS = 10;
const POLYNOMIAL = 0xedb88320;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
  return crc;
});

/**
 * Kraken's book checksum over texts: asks from the best, then bids from the best, ten levels each; of every price and
 * quantity the digits without the point and without leading zeros; CRC-32 (IEEE) of all of it, unsigned.
 * https://docs.kraken.com/api/docs/guides/spot-ws-book-v2
 */
export function krakenChecksum(asks: readonly ChecksumLevel[], bids: readonly ChecksumLevel[]): number {
  return crc32(checksumText(asks) + checksumText(bids));
}

/** The text that is summed for one side, best level first. */
export function checksumText(levels: readonly ChecksumLevel[]): string {
  return levels
    .slice(0, CHECKSUM_LEVELS)
    .map(([price, quantity]) => digits(price) + digits(quantity))
    .join('');
}

/**
 * The same over a book whose steps are the venue's last printed digits. Where the book counts in coarser steps, the
 * zeros between them and the printed digits are given: a quantity of 5 lots of 0.1 printed as `0.50000000` has 7.
 */
export function krakenBookChecksum(book: OrderBook, tickZeros = 0, lotZeros = 0): number {
  const pads = { ticks: '0'.repeat(tickZeros), lots: '0'.repeat(lotZeros) };
  return crc32(sideText(book.asks, pads) + sideText(book.bids, pads));
}

function sideText(side: BookSide, pads: { readonly ticks: string; readonly lots: string }): string {
  let text = '';
  for (let rank = 0; rank < Math.min(CHECKSUM_LEVELS, side.count); rank++) {
    text += `${side.ticksAt(rank)}${pads.ticks}${side.lotsAt(rank)}${pads.lots}`;
  }
  return text;
}

function digits(text: string): string {
  return text.replace('.', '').replace(/^0+/, '');
}

/** CRC-32 (IEEE 802.3) of ASCII text. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index++) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ text.charCodeAt(index)) & 0xff] as number);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
