import type { LevelChange } from '../market/market-source.ts';
import type { Side, VenueOrder } from './venue-order.ts';
import { remainingLots } from './venue-order.ts';

/** Liquidity at one price; `maker` is null when it is recorded liquidity of others. */
export type Chunk = { readonly ticks: number; readonly lots: number; readonly maker: VenueOrder | null };

type Level = {
  /** Lots the recording shows. */
  external: number;
  /** Of these, lots our takers took since the recording last changed the level. */
  consumed: number;
  /** Our orders in time order. */
  readonly orders: VenueOrder[];
};

/** The best price has the highest rank. */
const rankSign = (side: Side): 1 | -1 => (side === 'BUY' ? 1 : -1);

export class BookSide {
  /** All our resting orders, best price first, then oldest. */
  readonly orders: VenueOrder[] = [];
  private readonly levels = new Map<number, Level>();
  /** Prices with a level, worst first: changes near the touch move little memory. */
  private readonly prices: number[] = [];
  private readonly sign: 1 | -1;
  private readonly touch: (ticks: number) => void;

  constructor(side: Side, touch: (ticks: number) => void) {
    this.sign = rankSign(side);
    this.touch = touch;
  }

  /** Lots a client sees at a price: recorded and ours. */
  visibleLots(ticks: number): number {
    const level = this.levels.get(ticks);
    return level === undefined ? 0 : visible(level);
  }

  bestTicks(): number | undefined {
    for (let index = this.prices.length - 1; index >= 0; index--) {
      const ticks = this.prices[index];
      if (ticks !== undefined && this.visibleLots(ticks) > 0) return ticks;
    }
    return undefined;
  }

  /** Up to `limit` visible levels, best first. */
  top(limit: number): LevelChange[] {
    const levels: LevelChange[] = [];
    for (let index = this.prices.length - 1; index >= 0 && levels.length < limit; index--) {
      const ticks = this.prices[index] ?? 0;
      const lots = this.visibleLots(ticks);
      if (lots > 0) levels.push([ticks, lots]);
    }
    return levels;
  }

  setExternal(ticks: number, lots: number): void {
    const level = this.levels.get(ticks);
    if (level === undefined) {
      if (lots === 0) return;
      this.insertLevel(ticks).external = lots;
    } else {
      if (level.external === lots) return;
      level.external = lots;
      level.consumed = 0;
      for (const order of level.orders) order.aheadLots = Math.min(order.aheadLots, lots);
      this.dropIfEmpty(ticks, level);
    }
    this.touch(ticks);
  }

  dropExternalExcept(kept: readonly LevelChange[]): void {
    const names = new Set(kept.map(([ticks]) => ticks));
    for (const ticks of [...this.prices]) if (!names.has(ticks)) this.setExternal(ticks, 0);
  }

  addOrder(order: VenueOrder): void {
    const level = this.levels.get(order.priceTicks) ?? this.insertLevel(order.priceTicks);
    order.aheadLots = level.external - level.consumed;
    level.orders.push(order);
    let index = this.orders.length;
    while (index > 0 && this.rank(this.orders[index - 1]?.priceTicks ?? 0) < this.rank(order.priceTicks)) index--;
    this.orders.splice(index, 0, order);
    this.touch(order.priceTicks);
  }

  removeOrder(order: VenueOrder): void {
    const level = this.levels.get(order.priceTicks);
    if (level === undefined || !removeFrom(level.orders, order)) return;
    removeFrom(this.orders, order);
    this.dropIfEmpty(order.priceTicks, level);
    this.touch(order.priceTicks);
  }

  /** Tells readers of the diff stream that one of our resting orders shrank; a taker was never in the book. */
  orderShrank(order: VenueOrder): void {
    if (this.levels.get(order.priceTicks)?.orders.includes(order) === true) this.touch(order.priceTicks);
  }

  /** Visible liquidity at `limitTicks` or better in the order in which a taker meets it. */
  *chunks(limitTicks: number): Generator<Chunk> {
    for (let index = this.prices.length - 1; index >= 0; index--) {
      const ticks = this.prices[index] ?? 0;
      if (this.rank(ticks) < this.rank(limitTicks)) return;
      const level = this.levels.get(ticks);
      if (level !== undefined) yield* levelChunks(ticks, level);
    }
  }

  take(limitTicks: number, lots: number): Chunk[] {
    const taken: Chunk[] = [];
    let rest = lots;
    for (const chunk of this.chunks(limitTicks)) {
      if (rest === 0) break;
      const part = Math.min(rest, chunk.lots);
      rest -= part;
      taken.push({ ...chunk, lots: part });
    }
    for (const chunk of taken) if (chunk.maker === null) this.consume(chunk.ticks, chunk.lots);
    return taken;
  }

  /** Consumes recorded liquidity only; returns the lots taken. */
  takeExternal(limitTicks: number, lots: number): number {
    let taken = 0;
    for (let index = this.prices.length - 1; index >= 0 && taken < lots; index--) {
      const ticks = this.prices[index] ?? 0;
      if (this.rank(ticks) < this.rank(limitTicks)) break;
      const level = this.levels.get(ticks);
      const part = level === undefined ? 0 : Math.min(lots - taken, level.external - level.consumed);
      if (part === 0) continue;
      taken += part;
      this.consume(ticks, part);
    }
    return taken;
  }

  fillsFromTrade(ticks: number, lots: number): Chunk[] {
    const fills: Chunk[] = [];
    let rest = lots;
    let passed = 0;
    for (const order of this.orders) {
      const better = this.rank(order.priceTicks) - this.rank(ticks);
      if (better < 0) break;
      if (better === 0) {
        const queue = Math.min(rest, Math.max(0, order.aheadLots - passed));
        passed += queue;
        rest -= queue;
        order.aheadLots = Math.max(0, order.aheadLots - passed);
      }
      const part = Math.min(rest, remainingLots(order));
      rest -= part;
      if (part > 0) fills.push({ ticks: order.priceTicks, lots: part, maker: order });
    }
    return fills;
  }

  private consume(ticks: number, lots: number): void {
    const level = this.levels.get(ticks);
    if (level === undefined) return;
    level.consumed += lots;
    for (const order of level.orders) order.aheadLots = Math.max(0, order.aheadLots - lots);
    this.touch(ticks);
  }

  private rank(ticks: number): number {
    return ticks * this.sign;
  }

  private insertLevel(ticks: number): Level {
    const level: Level = { external: 0, consumed: 0, orders: [] };
    this.levels.set(ticks, level);
    this.prices.splice(this.position(ticks), 0, ticks);
    return level;
  }

  private dropIfEmpty(ticks: number, level: Level): void {
    if (level.external > 0 || level.orders.length > 0) return;
    this.levels.delete(ticks);
    this.prices.splice(this.position(ticks), 1);
  }

  /** Index of the first price that ranks at or above `ticks`. */
  private position(ticks: number): number {
    let low = 0;
    let high = this.prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.rank(this.prices[middle] ?? 0) < this.rank(ticks)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function visible(level: Level): number {
  let lots = level.external - level.consumed;
  for (const order of level.orders) lots += remainingLots(order);
  return lots;
}

function* levelChunks(ticks: number, level: Level): Generator<Chunk> {
  let external = level.external - level.consumed;
  let passed = 0;
  for (const maker of level.orders) {
    const ahead = Math.min(external, Math.max(0, maker.aheadLots - passed));
    if (ahead > 0) yield { ticks, lots: ahead, maker: null };
    passed += ahead;
    external -= ahead;
    yield { ticks, lots: remainingLots(maker), maker };
  }
  if (external > 0) yield { ticks, lots: external, maker: null };
}

function removeFrom(orders: VenueOrder[], order: VenueOrder): boolean {
  const index = orders.indexOf(order);
  if (index < 0) return false;
  orders.splice(index, 1);
  return true;
}
