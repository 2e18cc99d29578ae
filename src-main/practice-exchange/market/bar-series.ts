import { ensure } from '../../engine/domain/result.ts';
import { type DecimalStep, stepsOf } from './step-text.ts';

/** One bar in whole ticks and lots. `volume` 0 means nothing traded. */
export type TickBar = {
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
};

const DAY_MS = 86_400_000;

/**
 * Recorded bars of one market, oldest first; missing bars stay missing. After the last bar they begin again, their times
 * moved on by whole days: index n x length is the first bar of lap n.
 */
export class BarSeries {
  readonly intervalMs: number;
  readonly length: number;
  /** Time from the first bar of one lap to the first of the next. */
  readonly lapMs: number;
  private readonly bars: readonly TickBar[];
  private readonly firstOpenMs: number;

  /** Throws when there are no bars. */
  constructor(intervalMs: number, bars: readonly TickBar[]) {
    const [first, last] = [ensure(bars[0], 'at least one bar'), ensure(bars.at(-1), 'at least one bar')];
    this.intervalMs = intervalMs;
    this.bars = bars;
    this.length = bars.length;
    this.firstOpenMs = first.openTimeMs;
    this.lapMs = Math.ceil((last.openTimeMs + intervalMs - first.openTimeMs) / DAY_MS) * DAY_MS;
  }

  at(index: number): TickBar {
    const lap = Math.floor(index / this.length);
    const bar = ensure(this.bars[index - lap * this.length], 'a bar');
    return lap === 0 ? bar : { ...bar, openTimeMs: bar.openTimeMs + lap * this.lapMs };
  }

  /** Index of the first bar that opens at or after `timeMs`. */
  firstAtOrAfter(timeMs: number): number {
    const lap = Math.max(0, Math.floor((timeMs - this.firstOpenMs) / this.lapMs));
    const lapTimeMs = timeMs - lap * this.lapMs;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ensure(this.bars[middle], 'a bar').openTimeMs < lapTimeMs) low = middle + 1;
      else high = middle;
    }
    return lap * this.length + low;
  }
}

const HEADER = 'timestamp_ms,open,high,low,close,volume';

/** Throws naming the line when a bar is malformed, off its tick or lot, out of order, or contradicts itself. */
export function parseBars(csv: string, intervalMs: number, tick: DecimalStep, lot: DecimalStep): BarSeries {
  const lines = csv.split('\n');
  if (lines[0]?.trim() !== HEADER) throw new Error(`bars line 1: expected ${HEADER}, was ${String(lines[0])}`);
  const bars: TickBar[] = [];
  let previousMs = -1;
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index]?.trim() ?? '';
    if (line === '') continue;
    const bar = parseBar(line, index + 1, tick, lot);
    if (bar.openTimeMs <= previousMs || bar.openTimeMs % intervalMs !== 0) {
      throw new Error(`bars line ${index + 1}: expected a later time on the grid, was ${bar.openTimeMs}`);
    }
    previousMs = bar.openTimeMs;
    bars.push(bar);
  }
  return new BarSeries(intervalMs, bars);
}

function parseBar(line: string, lineNumber: number, tick: DecimalStep, lot: DecimalStep): TickBar {
  const [time = '', open = '', high = '', low = '', close = '', volume = '', extra] = line.split(',');
  try {
    const bar = {
      openTimeMs: stepsOf(time, { text: '1', digits: 0 }),
      open: stepsOf(open, tick),
      high: stepsOf(high, tick),
      low: stepsOf(low, tick),
      close: stepsOf(close, tick),
      volume: stepsOf(volume, lot),
    };
    if (extra !== undefined) throw new RangeError(`expected 6 columns, was ${line}`);
    if (!isPlayable(bar)) throw new RangeError(`expected low <= open, close <= high and enough lots, was ${line}`);
    return bar;
  } catch (error) {
    throw new Error(`bars line ${lineNumber}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Open, high, low and close each need a trade of at least one lot where they differ. */
function isPlayable({ open, high, low, close, volume }: TickBar): boolean {
  const ordered = low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close);
  return ordered && (volume === 0 || volume >= tradesNeeded(open, high, low, close));
}

function tradesNeeded(open: number, high: number, low: number, close: number): number {
  const ends = open === close && high === low ? 1 : 2;
  return ends + [high, low].filter((price) => price !== open && price !== close).length;
}
