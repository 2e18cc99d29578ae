import type { DepthSteps } from '../../../engine/market-data/depth-synchronizer.ts';
import { powerOfTen, type StepSize } from '../../../engine/market-data/steps.ts';

export type SymbolSteps = { readonly tick: StepSize; readonly lot: StepSize };

const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const STREAM = bytes('{"stream":"');
const EVENT = bytes(',"data":{"e":"depthUpdate","E":');
const SYMBOL = bytes(',"s":"');
const FIRST_ID = bytes('","U":');
const LAST_ID = bytes(',"u":');
const BIDS = bytes(',"b":');
const ASKS = bytes(',"a":');
const END = bytes('}}');

/** The message is not laid out as expected, or holds a value only the slow path can judge. */
const REFUSED = -1;

/**
 * Reads depth messages of combined streams straight from their bytes into steps: no text, no objects, nothing left for
 * the garbage collector. It accepts the venue's exact layout only. Whatever else comes, including every error, it
 * refuses without a trace, and the general decoder reads the same bytes again and says what is wrong.
 */
export class DepthScanner {
  symbol = '';
  eventTimeMs = 0;
  /** Valid until the next scan. */
  readonly update: DepthSteps = {
    ...{ firstUpdateId: 0, lastUpdateId: 0, previousUpdateId: null, bidCount: 0, askCount: 0 },
    ...{ ticks: new Float64Array(256), lots: new Float64Array(256) },
  };
  private data: Uint8Array = new Uint8Array(0);
  private position = 0;
  private levels = 0;

  /** True when `symbol`, `eventTimeMs` and `update` hold the message. */
  scan(data: Buffer, stepsOf: (symbol: string) => SymbolSteps | undefined): boolean {
    this.data = data;
    this.position = 0;
    if (!this.skip(STREAM) || !this.skipText() || !this.skip(EVENT)) return false;
    this.eventTimeMs = this.number();
    if (this.eventTimeMs < 0 || !this.skip(SYMBOL)) return false;
    const start = this.position;
    const end = data.indexOf(QUOTE, start);
    if (end < 0) return false;
    this.symbol = data.toString('latin1', start, end);
    this.position = end;
    const steps = stepsOf(this.symbol);
    return steps !== undefined && this.scanIds() && this.scanLevels(steps);
  }

  private scanIds(): boolean {
    if (!this.skip(FIRST_ID)) return false;
    this.update.firstUpdateId = this.number();
    if (!this.skip(LAST_ID)) return false;
    this.update.lastUpdateId = this.number();
    return this.update.firstUpdateId >= 0 && this.update.lastUpdateId >= 0;
  }

  private scanLevels({ tick, lot }: SymbolSteps): boolean {
    this.levels = 0;
    if (!this.skip(BIDS) || !this.side(tick, lot)) return false;
    this.update.bidCount = this.levels;
    if (!this.skip(ASKS) || !this.side(tick, lot)) return false;
    this.update.askCount = this.levels - this.update.bidCount;
    return this.skip(END) && this.position === this.data.length;
  }

  /** `[["price","quantity"],...]` */
  private side(tick: StepSize, lot: StepSize): boolean {
    if (!this.skipByte(OPEN)) return false;
    if (this.skipByte(CLOSE)) return true;
    do {
      if (!this.skipByte(OPEN)) return false;
      const ticks = this.steps(tick);
      if (!this.skipByte(COMMA)) return false;
      const lots = this.steps(lot);
      if (ticks <= 0 || lots < 0 || !this.skipByte(CLOSE)) return false;
      this.add(ticks, lots);
    } while (this.skipByte(COMMA));
    return this.skipByte(CLOSE);
  }

  private add(ticks: number, lots: number): void {
    const { update } = this;
    if (this.levels === update.ticks.length) {
      update.ticks = grown(update.ticks);
      update.lots = grown(update.lots);
    }
    update.ticks[this.levels] = ticks;
    update.lots[this.levels] = lots;
    this.levels++;
  }

  /** A quoted decimal in steps, or REFUSED. */
  private steps({ units, scale }: StepSize): number {
    if (!this.skipByte(QUOTE)) return REFUSED;
    const value = this.decimal(scale);
    if (value < 0 || value > Number.MAX_SAFE_INTEGER || !this.skipByte(QUOTE)) return REFUSED;
    if (units === 1) return value;
    return value % units === 0 ? value / units : REFUSED;
  }

  /** Units of 10^-scale, or REFUSED when there is no plain decimal or it has more digits than that. */
  private decimal(scale: number): number {
    let value = this.integer();
    let fraction = 0;
    if (value < 0 || !this.skipByte(POINT)) return value < 0 ? REFUSED : value * powerOfTen(scale);
    const start = this.position;
    for (
      let byte = this.data[start] as number;
      byte >= ZERO && byte <= NINE;
      byte = this.data[this.position] as number
    ) {
      if (fraction < scale) {
        value = value * 10 + (byte - ZERO);
        fraction++;
      } else if (byte !== ZERO) return REFUSED;
      this.position++;
    }
    return this.position > start ? value * powerOfTen(scale - fraction) : REFUSED;
  }

  /** A JSON integer, which has no leading zeros. */
  private number(): number {
    const start = this.position;
    const value = this.integer();
    return this.data[start] === ZERO && this.position > start + 1 ? REFUSED : value;
  }

  private integer(): number {
    const { data } = this;
    const start = this.position;
    let value = 0;
    for (let byte = data[start] as number; byte >= ZERO && byte <= NINE; byte = data[this.position] as number) {
      value = value * 10 + (byte - ZERO);
      this.position++;
    }
    return this.position > start && value <= Number.MAX_SAFE_INTEGER ? value : REFUSED;
  }

  private skip(expected: Uint8Array): boolean {
    const { data, position } = this;
    for (let index = 0; index < expected.length; index++) {
      if (data[position + index] !== expected[index]) return false;
    }
    this.position += expected.length;
    return true;
  }

  private skipByte(expected: number): boolean {
    if (this.data[this.position] !== expected) return false;
    this.position++;
    return true;
  }

  /** To behind the closing quote of a text without escapes. */
  private skipText(): boolean {
    const end = this.data.indexOf(QUOTE, this.position);
    const escape = this.data.indexOf(BACKSLASH, this.position);
    this.position = end + 1;
    return end >= 0 && !(escape >= 0 && escape < end);
  }
}

function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}
