import type { LevelText } from '../../engine/market-data/depth-synchronizer.ts';
import {
  BookIntegrityError,
  MAX_STEP_SCALE,
  significantFraction,
  stepsOf,
  type StepSize,
} from '../../engine/market-data/steps.ts';

/** What a stream's own texts say about its digits. */
export type LearnedSteps = {
  readonly tick: StepSize;
  readonly lot: StepSize;
  readonly printed: { readonly price: number; readonly quantity: number };
};

const ONE: StepSize = { units: 1, scale: 0 };

/**
 * Learns the finest digits of prices and quantities from the texts of a recording, where no instrument data says.
 * Trailing zeros do not count as digits: eight printed decimals of a large quantity would not fit a safe integer.
 */
export class StepDiscovery {
  private learned: LearnedSteps = { tick: ONE, lot: ONE, printed: { price: 0, quantity: 0 } };

  get steps(): LearnedSteps {
    return this.learned;
  }

  /** True when the steps became finer. Throws BookIntegrityError on text that is not a plain decimal. */
  learn(...sides: readonly (readonly LevelText[])[]): boolean {
    let { scale: price } = this.learned.tick;
    let { scale: quantity } = this.learned.lot;
    let { price: printedPrice, quantity: printedQuantity } = this.learned.printed;
    for (const side of sides) {
      for (const [priceText, quantityText] of side) {
        price = Math.max(price, fractionOf(priceText));
        quantity = Math.max(quantity, fractionOf(quantityText));
        printedPrice = Math.max(printedPrice, fractionLength(priceText));
        printedQuantity = Math.max(printedQuantity, fractionLength(quantityText));
        stepsOf(priceText, { units: 1, scale: price });
        stepsOf(quantityText, { units: 1, scale: quantity });
      }
    }
    const printed = { price: printedPrice, quantity: printedQuantity };
    const before = this.learned;
    this.learned = { tick: { units: 1, scale: price }, lot: { units: 1, scale: quantity }, printed };
    return !sameDigits(before, this.learned);
  }
}

function sameDigits(a: LearnedSteps, b: LearnedSteps): boolean {
  return (
    a.tick.scale === b.tick.scale &&
    a.lot.scale === b.lot.scale &&
    a.printed.price === b.printed.price &&
    a.printed.quantity === b.printed.quantity
  );
}

function fractionOf(text: string): number {
  const digits = significantFraction(text);
  if (digits > MAX_STEP_SCALE) {
    throw new BookIntegrityError(`expected at most ${MAX_STEP_SCALE} fraction digits, was ${JSON.stringify(text)}`);
  }
  return digits;
}

function fractionLength(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}
