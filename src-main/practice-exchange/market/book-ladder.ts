import type { BookShape } from './book-shape.ts';
import type { LevelChange } from './market-source.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Lots by position; each level at most once. */
type Changes = Map<number, number>;

/**
 * One side of an invented book, best level first. Levels stay where they are while the best price moves over them, so
 * that a move changes a few levels and not the whole side.
 */
export class BookLadder {
  private readonly shape: BookShape;
  private readonly random: SeededRandom;
  /** +1 for asks, -1 for bids: position = sign x ticks grows away from the best price on both sides. */
  private readonly sign: 1 | -1;
  private positions: number[] = [];
  private lots: number[] = [];
  private bestConsumed = false;

  constructor(side: 'bid' | 'ask', shape: BookShape, random: SeededRandom) {
    this.sign = side === 'ask' ? 1 : -1;
    this.shape = shape;
    this.random = random;
  }

  /** Every level, best first. */
  levels(): LevelChange[] {
    return this.positions.map((position, index): LevelChange => [position * this.sign, this.lots[index] ?? 0]);
  }

  /** Moves the best price to `bestTicks` with more than `needLots` there and renews `renewals` levels. Returns what changed. */
  moveTo(bestTicks: number, needLots: number, renewals: number): LevelChange[] {
    const changes: Changes = new Map();
    const best = bestTicks * this.sign;
    if (this.bestConsumed) this.show(0, changes);
    this.bestConsumed = false;
    if (this.positions[0] !== best) this.rebuild(best, changes);
    for (let count = 0; count < renewals; count += 1) this.renew(this.random.below(this.positions.length), changes);
    if ((this.lots[0] ?? 0) <= needLots) {
      this.lots[0] = needLots + this.draw(0, 1);
      this.show(0, changes);
    }
    return Array.from(changes, ([position, lots]): LevelChange => [position * this.sign, lots]);
  }

  /** A burst took `lots` from the best level; the next change shows it. */
  consumeBest(lots: number): void {
    this.lots[0] = Math.max(1, (this.lots[0] ?? 0) - lots);
    this.bestConsumed = true;
  }

  private renew(index: number, changes: Changes): void {
    const distance = (this.positions[index] ?? 0) - (this.positions[0] ?? 0);
    this.lots[index] = this.draw(distance, this.gapAt(distance));
    this.show(index, changes);
  }

  private show(index: number, changes: Changes): void {
    changes.set(this.positions[index] ?? 0, this.lots[index] ?? 0);
  }

  /** Walks outwards from the new best: drops what it passed or what stands too close, fills holes, cuts the far end. */
  private rebuild(best: number, changes: Changes): void {
    const positions: number[] = [];
    const lots: number[] = [];
    const add = (position: number): void => {
      const size = this.draw(position - best, this.gapAt(position - best));
      positions.push(position);
      lots.push(size);
      changes.set(position, size);
    };
    if (!this.positions.includes(best)) add(best);
    for (let index = 0; index < this.positions.length; index += 1) {
      const position = this.positions[index] ?? 0;
      this.fill(positions, best, position, add);
      if (this.keeps(positions, best, position)) {
        positions.push(position);
        lots.push(this.lots[index] ?? 1);
      } else changes.set(position, 0);
    }
    this.fill(positions, best, Number.POSITIVE_INFINITY, add);
    this.positions = positions;
    this.lots = lots;
  }

  private keeps(positions: readonly number[], best: number, position: number): boolean {
    if (position <= best) return position === best;
    const last = positions.at(-1) ?? best;
    if (positions.length >= this.shape.maxLevels) return false;
    return position > last && position - last >= 0.4 * this.gapAt(position - best);
  }

  private fill(positions: readonly number[], best: number, until: number, add: (position: number) => void): void {
    for (;;) {
      const last = positions.at(-1);
      if (last === undefined || positions.length >= this.shape.maxLevels) return;
      const gap = this.gapAt(last - best);
      if (until - last <= 2 * gap || (until - last) / gap < 1) return;
      const next = last + Math.max(1, Math.round(gap * (0.5 + this.random.unit())));
      if (!this.isPrice(next)) return;
      add(next);
    }
  }

  /** Bids end above zero. */
  private isPrice(position: number): boolean {
    return position * this.sign >= 1;
  }

  private gapAt(distance: number): number {
    return Math.max(1, this.shape.gapGrowth * distance);
  }

  private draw(distance: number, gap: number): number {
    const near = distance === 0 ? 0 : this.shape.lotsWithin(distance);
    const mean = this.shape.lotsWithin(distance + gap) - near;
    return Math.max(1, Math.round(mean * (0.3 + 0.7 * this.random.exponential())));
  }
}
