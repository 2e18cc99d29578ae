import type { DecimalText } from '../domain/decimal.ts';

/** Rate of `asset` in the reporting asset with its source and age; undefined when there is none. */
export type ConversionRates = {
  rate(asset: string): { readonly rate: DecimalText; readonly source: string; readonly ageUs: number } | undefined;
};
