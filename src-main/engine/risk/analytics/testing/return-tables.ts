import fc from 'fast-check';
import { attempt } from '../numeric/refusal.ts';
import { normalDraws } from '../numeric/normal-draws.ts';

/** Code of the refusal, or undefined when there was a figure. */
export function refusalCode(compute: () => unknown): string | undefined {
  const result = attempt(compute);
  return result.ok ? undefined : result.error.code;
}

/** Correlated returns from a seed: a common part and one of each asset, with its own size. */
export function correlatedReturns(seed: number, assets: number, periods: number): readonly Float64Array[] {
  const normal = normalDraws(seed);
  const common = Float64Array.from({ length: periods }, () => 0.01 * normal());
  return Array.from({ length: assets }, (_, i) => common.map((each) => each + 0.0005 + 0.005 * (i + 1) * normal()));
}

/** Fractions of a thousand steps: most doubles of a range are next to zero and would show little. */
export const fractions = (lowest: number, highest: number): fc.Arbitrary<number> =>
  fc.integer({ min: lowest * 1000, max: highest * 1000 }).map((each) => each / 1000);

/** Tables of 2 to 7 assets. */
export const returnTables = fc
  .record({ seed: fc.integer({ min: 0, max: 1e9 }), assets: fc.integer({ min: 2, max: 7 }) })
  .map(({ seed, assets }) => correlatedReturns(seed, assets, 60));
