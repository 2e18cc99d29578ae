import type { InstrumentId } from '../../domain/identifiers.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { cell, cholesky, type Matrix, requireSymmetric, row } from './numeric/matrix.ts';
import { normalQuantile } from './numeric/normal-distribution.ts';
import { attempt, type Refusal, requireLength } from './numeric/refusal.ts';
import { at, dot } from './numeric/vector.ts';
import { tailOf } from './value-at-risk.ts';

/** A signed value in the reporting asset: positive is long. */
export type ExposureChange = { readonly instrument: InstrumentId; readonly change: number };

/** Covariance of the period returns of these instruments, in this order. */
export type CovarianceOf = { readonly instruments: readonly InstrumentId[]; readonly covariance: Matrix };

/** What is kept of the book between two changes: covariance * exposures, and exposures' * covariance * exposures. */
type Book = {
  readonly slopes: Float64Array;
  readonly variance: number;
  /** Held without a place in the covariance. */
  readonly unknown: InstrumentId | undefined;
};

/**
 * Value at risk of the open positions in the reporting asset, over one period of the covariance, with normal returns of mean zero
 * (RiskMetrics 1996). The slopes are kept, so asking what an order would add costs no pass over the positions. An instrument
 * outside the covariance has an unknown risk: while it is held, every answer is a refusal.
 */
export class PortfolioVar {
  readonly #deviations: number;
  readonly #exposures = new Map<InstrumentId, number>();
  #places: ReadonlyMap<InstrumentId, number> = new Map();
  #covariance: Matrix = [];
  #book: Book | null = null;

  /** Throws AnalyticsRefusal unless 0.5 <= level < 1. */
  constructor(level: number) {
    this.#deviations = -normalQuantile(tailOf(level));
  }

  /** Replaces the estimate. The old one stays when the new one is refused: not positive definite, or not of these instruments. */
  setCovariance({ instruments, covariance }: CovarianceOf): Result<null, Refusal> {
    const places = new Map(instruments.map((instrument, place) => [instrument, place]));
    const checked = attempt(() => {
      requireSymmetric(covariance, 'covariance');
      requireLength([...places], covariance.length, 'instruments');
      cholesky(covariance, 'covariance');
    });
    if (!checked.ok) return checked;
    this.#covariance = covariance;
    this.#places = places;
    this.#book = null;
    return ok(null);
  }

  /** What is held of an instrument now; zero forgets it. Refuses NaN and infinities and keeps the old value then. */
  setExposure(instrument: InstrumentId, exposure: number): Result<null, Refusal> {
    if (!Number.isFinite(exposure)) return err({ code: 'NOT_FINITE', what: instrument });
    if (exposure === 0) this.#exposures.delete(instrument);
    else this.#exposures.set(instrument, exposure);
    this.#book = null;
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
    const { slopes, variance, unknown } = this.#measured();
    if (unknown !== undefined) return err({ code: 'UNDEFINED', what: unknown });
    let after = variance;
    for (const [index, { instrument, change }] of changes.entries()) {
      const place = this.#places.get(instrument);
      if (place === undefined) return err({ code: 'UNDEFINED', what: instrument });
      if (!Number.isFinite(change)) return err({ code: 'NOT_FINITE', what: instrument });
      let slope = 2 * at(slopes, place) + change * cell(this.#covariance, place, place);
      for (const before of changes.slice(0, index)) {
        slope += 2 * before.change * cell(this.#covariance, place, this.#placeOf(before.instrument));
      }
      after += change * slope;
    }
    return ok(this.#deviations * Math.sqrt(Math.max(0, after)));
  }

  /** Part of the value at risk that each position brings; they sum to it. Refuses as `valueAtRisk`. */
  components(): Result<ReadonlyMap<InstrumentId, number>, Refusal> {
    const total = this.valueAtRisk();
    if (!total.ok) return total;
    const { slopes } = this.#measured();
    const scale = total.value === 0 ? 0 : this.#deviations ** 2 / total.value;
    const parts = [...this.#exposures].map(([instrument, exposure]): [InstrumentId, number] => [
      instrument,
      exposure * at(slopes, this.#placeOf(instrument)) * scale,
    ]);
    return ok(new Map(parts));
  }

  #placeOf(instrument: InstrumentId): number {
    return this.#places.get(instrument) ?? -1;
  }

  /**
   * In the order of the covariance: two books with the same positions have the same risk to the last digit, whatever fills
   * made them, so a restarted engine judges as the one before it.
   */
  #measured(): Book {
    if (this.#book !== null) return this.#book;
    const held = new Float64Array(this.#covariance.length);
    let unknown: InstrumentId | undefined;
    for (const [instrument, exposure] of this.#exposures) {
      const place = this.#places.get(instrument);
      if (place === undefined) unknown ??= instrument;
      else held[place] = exposure;
    }
    const slopes = new Float64Array(held.length);
    held.forEach((exposure, place) => {
      if (exposure !== 0) addTimes(slopes, row(this.#covariance, place), exposure);
    });
    this.#book = { slopes, variance: dot(held, slopes), unknown };
    return this.#book;
  }
}

function addTimes(target: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? NaN) + factor * (values[i] ?? NaN);
}
