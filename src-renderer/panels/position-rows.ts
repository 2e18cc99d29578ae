import type { InstrumentDto, PositionDto } from '../../src-preload/contract/state.ts';
import { signOf, stepFormatter, stepsOf } from '../ui/number-text.ts';

/** Whole lots, rounded down: never more than can be sold. The exact quantity stays in the row's title. */
export function lotText(quantity: string, instrument: InstrumentDto | null): string {
  const size = quantity.replace('-', '');
  return instrument ? stepFormatter(instrument.lotSize)(stepsOf(size, instrument.lotSize)) : size;
}

export const isOpen = (position: PositionDto): boolean => signOf(position.quantity) !== 0;
