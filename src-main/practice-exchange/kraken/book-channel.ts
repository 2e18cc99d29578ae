import { crc32 } from 'node:zlib';
import type { BookSide } from '../matching/book-side.ts';
import type { SymbolRules } from '../matching/symbol-rules.ts';
import { priceText, sizeText } from './digits.ts';
import type { Pair } from './pairs.ts';

/** Depths a subscription may ask for. */
export const BOOK_DEPTHS: readonly number[] = [10, 25, 100, 500, 1000];
/** Levels of each side that enter the checksum, whatever the depth. */
const CHECKSUM_LEVELS = 10;

type Shown = ReadonlyMap<number, number>;
type Sides = { readonly bids: Shown; readonly asks: Shown };
export type BookDrills = { readonly corrupt: boolean; readonly lostZeros: boolean };
const EMPTY: Sides = { bids: new Map(), asks: new Map() };

/**
 * One book at one depth as its subscribers see it. They keep `depth` levels a side, so an update names what changed and
 * what moved into view; what moved out they drop themselves.
 * https://docs.kraken.com/api/docs/websocket-v2/book
 */
export class BookView {
  private readonly pair: Pair;
  private readonly depth: number;
  private shown: Sides = EMPTY;
  private seenId = -1;

  constructor(pair: Pair, depth: number) {
    this.pair = pair;
    this.depth = depth;
    this.look();
  }

  /** What subscribers have now: later updates continue from here. */
  snapshot(timestamp: string): string {
    const { rules } = this.pair.market;
    return this.message(
      'snapshot',
      { bids: rows(rules, this.shown.bids), asks: rows(rules, this.shown.asks) },
      timestamp,
    );
  }

  /**
   * The change since the last message, or null. Drills: `corrupt` sends the checksum of another book, `lostZeros` numbers as
   * they are after something on the way has read and written the JSON, with the checksum of the true digits. They strike
   * messages, so they are asked for only when there is one.
   */
  update(timestamp: string, drills: () => BookDrills): string | null {
    const { book, rules } = this.pair.market;
    if (book.lastUpdateId === this.seenId) return null;
    const before = this.shown;
    this.look();
    const bids = rows(rules, changes(book.bids, before.bids, this.shown.bids));
    const asks = rows(rules, changes(book.asks, before.asks, this.shown.asks));
    if (bids === '' && asks === '') return null;
    const { corrupt, lostZeros } = drills();
    const sides = lostZeros ? { bids: rewritten(bids), asks: rewritten(asks) } : { bids, asks };
    return this.message('update', sides, timestamp, corrupt ? 1 : 0);
  }

  private look(): void {
    const { book } = this.pair.market;
    this.seenId = book.lastUpdateId;
    this.shown = { bids: new Map(book.bids.top(this.depth)), asks: new Map(book.asks.top(this.depth)) };
  }

  /** Written by hand: prices are JSON numbers whose trailing zeros count. */
  private message(
    type: 'snapshot' | 'update',
    sides: { readonly bids: string; readonly asks: string },
    timestamp: string,
    error = 0,
  ): string {
    const sum = (checksum(this.pair.market.rules, this.shown) + error) >>> 0;
    return (
      `{"channel":"book","type":"${type}","data":[{"symbol":"${this.pair.v2Name}","bids":[${sides.bids}],` +
      `"asks":[${sides.asks}],"checksum":${sum},"timestamp":"${timestamp}"}]}`
    );
  }
}

function changes(side: BookSide, before: Shown, now: Shown): Map<number, number> {
  const changed = new Map([...now].filter(([ticks, lots]) => before.get(ticks) !== lots));
  for (const ticks of before.keys()) if (!now.has(ticks) && side.visibleLots(ticks) === 0) changed.set(ticks, 0);
  return changed;
}

function rows(rules: SymbolRules, levels: Shown): string {
  let text = '';
  for (const [ticks, lots] of levels) {
    text += `${text === '' ? '' : ','}{"price":${priceText(rules, ticks)},"qty":${sizeText(rules, lots)}}`;
  }
  return text;
}

/** Rows whose numbers have lost the zeros at their end. */
const rewritten = (text: string): string => JSON.stringify(JSON.parse(`[${text}]`)).slice(1, -1);

/** CRC-32 over the ten best asks, then the ten best bids: their printed digits without point and leading zeros. */
function checksum(rules: SymbolRules, { bids, asks }: Sides): number {
  const digits = (text: string): string => text.replace('.', '').replace(/^0+/, '');
  const side = (levels: Shown): string =>
    [...levels]
      .slice(0, CHECKSUM_LEVELS)
      .map(([ticks, lots]) => digits(priceText(rules, ticks)) + digits(sizeText(rules, lots)))
      .join('');
  return crc32(side(asks) + side(bids));
}
