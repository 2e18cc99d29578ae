import { BookIntegrityError } from './steps.ts';

/** One level, best first when it comes from a book. */
export type Level = { readonly ticks: number; readonly lots: number };

const FIRST_CAPACITY = 64;

/**
 * One side of a book in two sorted typed arrays. The best level stands at the END: most changes happen near the touch,
 * so an insertion or removal moves little memory. Keys ascend on both sides because asks are stored negated.
 */
export class BookSide {
  private readonly sign: 1 | -1;
  private keys = new Float64Array(FIRST_CAPACITY);
  private lots = new Float64Array(FIRST_CAPACITY);
  private size = 0;

  constructor(side: 'bid' | 'ask') {
    this.sign = side === 'bid' ? 1 : -1;
  }

  get count(): number {
    return this.size;
  }

  /** Sets the size at a price; zero lots remove the level. Throws when a value is not a safe integer in its range. */
  set(ticks: number, lots: number): void {
    if (!(Number.isSafeInteger(ticks) && ticks > 0)) throw new RangeError(`expected ticks above zero, was ${ticks}`);
    if (!(Number.isSafeInteger(lots) && lots >= 0)) throw new RangeError(`expected lots from zero, was ${lots}`);
    const key = ticks * this.sign;
    const index = this.lowerBound(key);
    const exists = index < this.size && this.keys[index] === key;
    if (lots === 0) {
      if (exists) this.remove(index);
    } else if (exists) this.lots[index] = lots;
    else this.insert(index, key, lots);
  }

  clear(): void {
    this.size = 0;
  }

  /** Drops the worst levels beyond `depth`. */
  truncate(depth: number): void {
    const excess = this.size - depth;
    if (excess <= 0) return;
    this.keys.copyWithin(0, excess, this.size);
    this.lots.copyWithin(0, excess, this.size);
    this.size = depth;
  }

  /** Ticks of the level at `rank` from the best; 0 beyond the last. */
  ticksAt(rank: number): number {
    return rank < this.size ? (this.keys[this.size - 1 - rank] as number) * this.sign : 0;
  }

  /** Lots of the level at `rank` from the best; 0 beyond the last. */
  lotsAt(rank: number): number {
    return rank < this.size ? (this.lots[this.size - 1 - rank] as number) : 0;
  }

  /** Lots at a price; 0 where there is no level. */
  lotsOf(ticks: number): number {
    const index = this.lowerBound(ticks * this.sign);
    return index < this.size && this.keys[index] === ticks * this.sign ? (this.lots[index] as number) : 0;
  }

  best(): Level | undefined {
    return this.size === 0 ? undefined : { ticks: this.ticksAt(0), lots: this.lotsAt(0) };
  }

  /** Writes ticks and lots of the best `levels` pairwise from `offset`; returns the number of levels written. */
  writeTop(target: Float64Array, offset: number, levels: number): number {
    const count = Math.min(levels, this.size);
    for (let rank = 0; rank < count; rank++) {
      target[offset + 2 * rank] = this.ticksAt(rank);
      target[offset + 2 * rank + 1] = this.lotsAt(rank);
    }
    return count;
  }

  /** Counts the same levels in smaller steps. Throws when a level no longer fits a safe integer. */
  rescale(tickFactor: number, lotFactor: number): void {
    for (let index = 0; index < this.size; index++) {
      this.keys[index] = safeProduct(this.keys[index] as number, tickFactor);
      this.lots[index] = safeProduct(this.lots[index] as number, lotFactor);
    }
  }

  /** First index whose key is not below `key`; tries the best level first, where most changes are. */
  private lowerBound(key: number): number {
    if (this.size === 0 || (this.keys[this.size - 1] as number) < key) return this.size;
    let low = 0;
    let high = this.size - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private insert(index: number, key: number, lots: number): void {
    if (this.size === this.keys.length) this.grow();
    this.keys.copyWithin(index + 1, index, this.size);
    this.lots.copyWithin(index + 1, index, this.size);
    this.keys[index] = key;
    this.lots[index] = lots;
    this.size++;
  }

  private remove(index: number): void {
    this.keys.copyWithin(index, index + 1, this.size);
    this.lots.copyWithin(index, index + 1, this.size);
    this.size--;
  }

  private grow(): void {
    const keys = new Float64Array(this.keys.length * 2);
    const lots = new Float64Array(this.lots.length * 2);
    keys.set(this.keys);
    lots.set(this.lots);
    this.keys = keys;
    this.lots = lots;
  }
}

function safeProduct(value: number, factor: number): number {
  const product = value * factor;
  if (!Number.isSafeInteger(product)) {
    throw new BookIntegrityError(`expected fewer than 2^53 steps at a level, was ${value} x ${factor}`);
  }
  return product;
}
