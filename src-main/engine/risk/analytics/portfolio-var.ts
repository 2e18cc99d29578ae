import type { InstrumentId } from '../../domain/identifiers.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { cell, cholesky, type Matrix, requireSymmetric, row, times } from './numeric/matrix.ts';
import { normalQuantile } from './numeric/normal-distribution.ts';
import { attempt, type Refusal, requireLength } from './numeric/refusal.ts';
import { at, dot } from './numeric/vector.ts';
import { tailOf } from './value-at-risk.ts';

/** A signed value in the reporting asset: positive is long. */
export type ExposureChange = { readonly instrument: InstrumentId; readonly change: number };

/** Covariance of the period returns of these instruments, in this order. */
export type CovarianceOf = { readonly instruments: readonly InstrumentId[]; readonly covariance: Matrix };

/**
 * Value at risk of the open positions in the reporting asset, over one period of the covariance, with normal returns of mean zero
 * (RiskMetrics 1996). The slopes covariance * exposures are kept, so asking what an order would add costs no pass over the
 * positions. An instrument outside the covariance has an unknown risk: while it is held, every answer is a refusal.
 */
export class PortfolioVar {
  readonly #deviations: number;
  readonly #exposures = new Map<InstrumentId, number>();
  #places: ReadonlyMap<InstrumentId, number> = new Map();
  #covariance: Matrix = [];
  #slopes: Float64Array = new Float64Array();
  #variance = 0;
  /** Held without a place in the covariance. */
  readonly #unknown = new Set<InstrumentId>();

  /** Throws AnalyticsRefusal unless 0.5 <= level < 1. */
  constructor(level: number) {
    this.#deviations = -normalQuantile(tailOf(level));
  }

  /** Replaces the estimate; the old one stays when the new one is refused: not positive definite, or of another size. */
  setCovariance({ instruments, covariance }: CovarianceOf): Result<null, Refusal> {
    const checked = attempt(() => {
      requireSymmetric(covariance, 'covariance');
      requireLength(instruments, covariance.length, 'instruments');
      cholesky(covariance, 'covariance');
    });
    if (!checked.ok) return checked;
    this.#covariance = covariance;
    this.#places = new Map(instruments.map((instrument, place) => [instrument, place]));
    this.#refresh();
    return ok(null);
  }

  /** What is held of an instrument now; zero forgets it. Refuses NaN and infinities and keeps the old value then. */
  setExposure(instrument: InstrumentId, exposure: number): Result<null, Refusal> {
    if (!Number.isFinite(exposure)) return err({ code: 'NOT_FINITE', what: instrument });
    const change = exposure - (this.#exposures.get(instrument) ?? 0);
    if (exposure === 0) this.#exposures.delete(instrument);
    else this.#exposures.set(instrument, exposure);
    const place = this.#places.get(instrument);
    if (place === undefined) this.#markUnknown(instrument, exposure);
    else this.#move(place, change);
    return ok(null);
  }

  valueAtRisk(): Result<number, Refusal> {
    return this.valueAtRiskWith([]);
  }

  /**
   * As if the changes had been made. Refuses when an instrument held or changed has no place in the covariance, and on a
   * change that is not finite.
   */
  valueAtRiskWith(changes: readonly ExposureChange[]): Result<number, Refusal> {
    const [unknown] = this.#unknown;
    if (unknown !== undefined) return err({ code: 'UNDEFINED', what: unknown });
    let variance = this.#variance;
    for (const [index, { instrument, change }] of changes.entries()) {
      const place = this.#places.get(instrument);
      if (place === undefined) return err({ code: 'UNDEFINED', what: instrument });
      if (!Number.isFinite(change)) return err({ code: 'NOT_FINITE', what: instrument });
      let slope = 2 * at(this.#slopes, place) + change * cell(this.#covariance, place, place);
      for (const before of changes.slice(0, index)) {
        slope += 2 * before.change * cell(this.#covariance, place, this.#places.get(before.instrument) ?? -1);
      }
      variance += change * slope;
    }
    return ok(this.#deviations * Math.sqrt(Math.max(0, variance)));
  }

  /** Part of the value at risk that each position brings; they sum to it. Refuses as `valueAtRisk`. */
  components(): Result<ReadonlyMap<InstrumentId, number>, Refusal> {
    const total = this.valueAtRisk();
    if (!total.ok) return total;
    const scale = total.value === 0 ? 0 : this.#deviations ** 2 / total.value;
    return ok(
      new Map(
        [...this.#exposures].map(([instrument, exposure]) => [
          instrument,
          exposure * at(this.#slopes, this.#places.get(instrument) ?? -1) * scale,
        ]),
      ),
    );
  }

  #markUnknown(instrument: InstrumentId, exposure: number): void {
    if (exposure === 0) this.#unknown.delete(instrument);
    else this.#unknown.add(instrument);
  }

  #move(place: number, change: number): void {
    const covariances = row(this.#covariance, place);
    this.#variance += change * (2 * at(this.#slopes, place) + change * at(covariances, place));
    for (let i = 0; i < covariances.length; i++) {
      this.#slopes[i] = (this.#slopes[i] ?? NaN) + change * (covariances[i] ?? NaN);
    }
    // A book that was closed has no risk left, whatever rounding says.
    if (this.#exposures.size === 0) this.#refresh();
  }

  #refresh(): void {
    const held = new Float64Array(this.#covariance.length);
    this.#unknown.clear();
    for (const [instrument, exposure] of this.#exposures) {
      const place = this.#places.get(instrument);
      if (place === undefined) this.#unknown.add(instrument);
      else held[place] = exposure;
    }
    this.#slopes = times(this.#covariance, held);
    this.#variance = dot(held, this.#slopes);
  }
}
