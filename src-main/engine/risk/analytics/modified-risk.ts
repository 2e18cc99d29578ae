import { type Moments, moments } from './numeric/moments.ts';
import { normalDensity, normalQuantile } from './numeric/normal-distribution.ts';
import { requireSeries } from './numeric/refusal.ts';
import type { Vector } from './numeric/vector.ts';
import { tailOf, type TailRisk } from './value-at-risk.ts';

export type ModifiedRisk = TailRisk & {
  /**
   * False when the expansion's quantile is not rising everywhere for this skewness and kurtosis (Maillard 2012): a higher
   * level may then show a lower value at risk, and the historical figure is the one to trust.
   */
  readonly monotone: boolean;
};

/**
 * Value at risk with the quantile of Cornish and Fisher 1937 (Zangari 1996), expected shortfall of the Edgeworth density
 * (Boudt, Peterson and Croux 2008), at least the value at risk; both of population moments.
 * Throws AnalyticsRefusal under two returns or when they do not vary.
 */
export function modifiedRisk(returns: Vector, level: number): ModifiedRisk {
  requireSeries(returns, 2, 'returns');
  const tail = tailOf(level);
  const shape = moments(returns);
  const quantile = cornishFisherQuantile(normalQuantile(tail), shape);
  const shortfall = Math.max(edgeworthTail(quantile, shape) / tail, -quantile);
  return {
    valueAtRisk: -shape.mean - quantile * shape.deviation,
    expectedShortfall: -shape.mean + shortfall * shape.deviation,
    monotone: isMonotone(shape),
  };
}

type Shape = Pick<Moments, 'skewness' | 'excessKurtosis'>;

/** Quantile of a standardized variable from the normal one. */
export function cornishFisherQuantile(z: number, { skewness: s, excessKurtosis: k }: Shape): number {
  return z + ((z ** 2 - 1) * s) / 6 + ((z ** 3 - 3 * z) * k) / 24 - ((2 * z ** 3 - 5 * z) * s ** 2) / 36;
}

function isMonotone({ skewness: s, excessKurtosis: k }: Shape): boolean {
  return s ** 2 / 9 - 4 * (k / 8 - s ** 2 / 6) * (1 - k / 8 + (5 * s ** 2) / 36) <= 0;
}

/** Minus the integral of x over the Edgeworth density up to h. */
function edgeworthTail(h: number, { skewness: s, excessKurtosis: k }: Shape): number {
  const [cubic, quartic, sixth] = [h ** 3, h ** 4 - 2 * h ** 2 - 1, h ** 6 - 9 * h ** 4 + 9 * h ** 2 + 3];
  return normalDensity(h) * (1 + (k * quartic) / 24 + (s * cubic) / 6 + (s ** 2 * sixth) / 72);
}
