import type { BarDto } from '../../src-preload/contract/messages.ts';
import { sumDecimals } from '../ui/number-text.ts';
import { INTERVAL_US, type BarInterval } from './bars.ts';

const larger = (a: string, b: string): string => (Number(a) >= Number(b) ? a : b);
const smaller = (a: string, b: string): string => (Number(a) <= Number(b) ? a : b);

/**
 * Minute bars into the forming bar of a longer interval: the engine streams the interval its strategies trade. Its
 * volume is exact once a whole bar was watched; of the bar that was loaded half-done it is that of loading or more.
 */
export class BarFolder {
  readonly #spanUs: number;
  #bar: BarDto | null;
  readonly #volumes = new Map<number, string>();

  constructor(interval: BarInterval, loaded: BarDto | null) {
    this.#spanUs = INTERVAL_US[interval];
    this.#bar = loaded;
  }

  fold(minute: BarDto): BarDto {
    const openTimeUs = Math.floor(minute.openTimeUs / this.#spanUs) * this.#spanUs;
    if (this.#bar?.openTimeUs !== openTimeUs) this.#volumes.clear();
    this.#volumes.set(minute.openTimeUs, minute.volume);
    const watched = sumDecimals([...this.#volumes.values()]);
    const { close } = minute;
    const before = this.#bar?.openTimeUs === openTimeUs ? this.#bar : null;
    this.#bar = before
      ? {
          ...before,
          high: larger(before.high, minute.high),
          low: smaller(before.low, minute.low),
          close,
          volume: larger(before.volume, watched),
        }
      : { openTimeUs, open: minute.open, high: minute.high, low: minute.low, close, volume: watched };
    return this.#bar;
  }
}
