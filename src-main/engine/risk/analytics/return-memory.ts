import { ensure } from '../../domain/result.ts';
import { covarianceMatrix, ewmaCovariance, type ReturnTable } from './covariance.ts';
import type { Matrix } from './numeric/matrix.ts';
import { refuse, requireRange } from './numeric/refusal.ts';
import { at } from './numeric/vector.ts';
import { ledoitWolf } from './shrinkage.ts';

export type CovarianceMethod =
  { readonly kind: 'sample' } | { readonly kind: 'ledoitWolf' } | { readonly kind: 'ewma'; readonly decay: number };

export type CovarianceEstimate<Id> = {
  /** In the order of the matrix. */
  readonly instruments: readonly Id[];
  readonly covariance: Matrix;
  readonly periods: number;
  /** Asked for, but with too few returns. */
  readonly unknown: readonly Id[];
};

const INSTRUMENTS = 100;

type Series = { readonly returns: Float64Array; lastPeriod: number };

/**
 * The last returns of instruments that come and go, in bounded memory: `periods` numbers for each of at most `instruments`
 * (100). A new one beyond that takes the place of the one unheard of for longest, of several the one that came first. A period without a return is a hole, never a
 * zero. Holds no clock: the caller numbers nothing and calls `add` once per period.
 */
export class ReturnMemory<Id> {
  readonly #periods: number;
  readonly #instruments: number;
  readonly #series = new Map<Id, Series>();
  #period = 0;

  /** Throws AnalyticsRefusal unless both sizes are positive. */
  constructor(periods: number, instruments = INSTRUMENTS) {
    requireRange(periods, 2, 1_000_000, 'periods');
    requireRange(instruments, 1, 1_000_000, 'instruments');
    this.#periods = periods;
    this.#instruments = instruments;
  }

  /** One period's returns. Throws AnalyticsRefusal on a return that is not finite or on more instruments than fit; nothing is kept then. */
  add(returns: ReadonlyMap<Id, number>): void {
    requireRange(returns.size, 0, this.#instruments, 'instruments');
    for (const each of returns.values()) if (!Number.isFinite(each)) refuse({ code: 'NOT_FINITE', what: 'return' });
    this.#period++;
    const place = this.#period % this.#periods;
    for (const { returns: kept } of this.#series.values()) kept[place] = NaN;
    for (const [instrument, value] of returns) {
      const series = this.#series.get(instrument) ?? this.#begin(instrument, returns);
      series.returns[place] = value;
      series.lastPeriod = this.#period;
    }
  }

  get instruments(): readonly Id[] {
    return [...this.#series.keys()];
  }

  /**
   * From the periods in which all instruments have a return, which keeps the matrix positive semidefinite. One with fewer than
   * `atLeast` returns of its own is unknown and does not shorten the others. Throws AnalyticsRefusal when none is known or
   * fewer than `atLeast` periods are common.
   */
  estimate(instruments: readonly Id[], atLeast: number, method: CovarianceMethod): CovarianceEstimate<Id> {
    const known = instruments.filter((each) => this.#count(each) >= atLeast);
    const rows = known.map((each) => ensure(this.#series.get(each), 'a known instrument').returns);
    const common = this.#oldestFirst().filter((place) => rows.every((row) => !Number.isNaN(at(row, place))));
    if (known.length === 0 || common.length < Math.max(2, atLeast)) {
      refuse({ code: 'TOO_FEW_SAMPLES', what: 'common periods', samples: known.length && common.length, atLeast });
    }
    const table = rows.map((row) => Float64Array.from(common, (place) => at(row, place)));
    return {
      instruments: known,
      covariance: covarianceBy(method, table),
      periods: common.length,
      unknown: instruments.filter((each) => !known.includes(each)),
    };
  }

  #begin(instrument: Id, present: ReadonlyMap<Id, number>): Series {
    if (this.#series.size >= this.#instruments) this.#series.delete(this.#oldest(present));
    const series = { returns: new Float64Array(this.#periods).fill(NaN), lastPeriod: this.#period };
    this.#series.set(instrument, series);
    return series;
  }

  #oldest(present: ReadonlyMap<Id, number>): Id {
    const gone = [...this.#series].filter(([instrument]) => !present.has(instrument));
    return ensure(
      gone.reduce((a, b) => (b[1].lastPeriod < a[1].lastPeriod ? b : a)),
      'an instrument that is gone',
    )[0];
  }

  #count(instrument: Id): number {
    return this.#series.get(instrument)?.returns.filter((each) => !Number.isNaN(each)).length ?? 0;
  }

  #oldestFirst(): readonly number[] {
    return Array.from({ length: this.#periods }, (_, i) => (this.#period + 1 + i) % this.#periods);
  }
}

function covarianceBy(method: CovarianceMethod, table: ReturnTable): Matrix {
  switch (method.kind) {
    case 'sample':
      return covarianceMatrix(table);
    case 'ledoitWolf':
      return ledoitWolf(table).covariance;
    case 'ewma':
      return ewmaCovariance(table, method.decay);
  }
}
