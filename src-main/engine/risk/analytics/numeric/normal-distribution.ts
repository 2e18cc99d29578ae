import { requireRange } from './refusal.ts';

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);
/** Beyond this the series loses digits and the continued fraction has them. */
const SERIES_END = 3;
const FRACTION_TERMS = 120;

export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / ROOT_TWO_PI;

/** P(Z <= x). Series of Marsaglia 2004 (Journal of Statistical Software 11/4) near zero, Laplace's continued fraction in the tails. */
export function normalCdf(x: number): number {
  if (Math.abs(x) > SERIES_END) return x < 0 ? tail(-x) : 1 - tail(x);
  let [term, total] = [x, x];
  for (let odd = 3; Math.abs(term) > 1e-18; odd += 2) {
    term *= (x * x) / odd;
    total += term;
  }
  return 0.5 + total * normalDensity(x);
}

/** P(Z > x) for x > 0. */
function tail(x: number): number {
  if (x > 40) return 0;
  let fraction = x;
  for (let k = FRACTION_TERMS; k >= 1; k--) fraction = x + k / fraction;
  return normalDensity(x) / fraction;
}

/**
 * The x with normalCdf(x) = p. A rational start (Abramowitz and Stegun 26.2.23), then Halley's steps on the distribution
 * function. Throws AnalyticsRefusal unless 1e-300 <= p <= 1 - 1e-16.
 */
export function normalQuantile(p: number): number {
  requireRange(p, 1e-300, 1 - 1e-16, 'probability');
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 4; step++) {
    const newton = (normalCdf(x) - p) / normalDensity(x);
    x -= newton / (1 + (x * newton) / 2);
  }
  return x;
}
