import { type Decimal, decimal, formatDecimal, pow10, rescale } from '../../engine/domain/decimal.ts';
import { invariant } from '../../engine/domain/result.ts';

/** An asset amount in units of 10^-16: any tick times any lot of a spot market is exact in it. */
export type Amount = bigint;

export const AMOUNT_SCALE = 16;
/** Fraction digits of every price, size and balance on Binance's wire. */
export const WIRE_SCALE = 8;

/** Throws when `text` is not a plain decimal. */
export function parseAmount(text: string): Amount {
  return amountOf(decimal(text));
}

export function amountOf(value: Decimal): Amount {
  return rescale(value, AMOUNT_SCALE, 'down').units;
}

/** Eight fraction digits, as the venue prints balances; smaller parts stay in the account. */
export function formatAmount(amount: Amount): string {
  return formatDecimal(rescale({ units: amount, scale: AMOUNT_SCALE }, WIRE_SCALE, 'down'));
}

/** Integer steps of one decimal size: ticks of a price, lots of a quantity. */
export class Grid {
  /** One step. */
  readonly size: Decimal;
  private readonly multiple: number;
  private readonly divisor: number;
  private readonly zeros: string;

  /** Throws when the size is not above zero or has more than eight fraction digits. */
  constructor(sizeText: string) {
    this.size = withoutTrailingZeros(decimal(sizeText));
    invariant(this.size.units > 0n && this.size.scale <= WIRE_SCALE, `expected a step like 0.01, was ${sizeText}`);
    this.multiple = Number(this.size.units);
    this.divisor = Number(pow10(this.size.scale));
    this.zeros = '0'.repeat(WIRE_SCALE - this.size.scale);
  }

  /** The venue's text with eight fraction digits. This runs for each level of each diff: no bigint here. */
  format(steps: number): string {
    const units = steps * this.multiple;
    const whole = Math.floor(units / this.divisor);
    if (this.size.scale === 0) return `${whole}.${this.zeros}`;
    const fraction = String(units - whole * this.divisor).padStart(this.size.scale, '0');
    return `${whole}.${fraction}${this.zeros}`;
  }

  /** Undefined when the value is between two steps or beyond safe integers. */
  stepsOf(value: Decimal): number | undefined {
    const scale = Math.max(value.scale, this.size.scale);
    const unit = this.size.units * pow10(scale - this.size.scale);
    const units = value.units * pow10(scale - value.scale);
    const steps = Number(units / unit);
    return units % unit === 0n && Number.isSafeInteger(steps) ? steps : undefined;
  }

  /** Whole steps in an amount, rounded down. */
  stepsIn(amount: Amount): number {
    return Number(amount / this.amountOf(1));
  }

  amountOf(steps: number): Amount {
    return BigInt(steps) * this.size.units * pow10(AMOUNT_SCALE - this.size.scale);
  }
}

function withoutTrailingZeros(value: Decimal): Decimal {
  let { units, scale } = value;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return { units, scale };
}
