import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instrumentId } from '../../domain/identifiers.ts';
import { ensure } from '../../domain/result.ts';
import { covarianceMatrix } from './covariance.ts';
import { quadraticForm } from './numeric/matrix.ts';
import { normalQuantile } from './numeric/normal-distribution.ts';
import { PortfolioVar } from './portfolio-var.ts';
import { correlatedReturns } from './testing/return-tables.ts';

const spot = (base: string) => instrumentId({ base, quote: 'USDT', venue: 'BINANCE', product: 'SPOT' });
const IDS = ['BTC', 'ETH', 'SOL', 'ADA', 'DOT', 'LTC'].map(spot);
const OUTSIDER = spot('XRP');
const COVARIANCE = covarianceMatrix(correlatedReturns(5, IDS.length, 80));
const Z = -normalQuantile(0.01);
const id = (index: number) => ensure(IDS[index], 'an instrument');

function held(exposures: readonly number[] = []) {
  const risk = new PortfolioVar(0.99);
  expect(risk.setCovariance({ instruments: IDS, covariance: COVARIANCE })).toEqual({ ok: true, value: null });
  exposures.forEach((each, i) => expect(risk.setExposure(id(i), each).ok).toBe(true));
  return risk;
}

const direct = (exposures: readonly number[]): number => Z * Math.sqrt(quadraticForm(COVARIANCE, exposures));
const value = (result: ReturnType<PortfolioVar['valueAtRisk']>): number => {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
};

// Whole numbers: most doubles of a wide range are next to zero and would show nothing.
const amounts = fc.integer({ min: -1_000_000, max: 1_000_000 });

describe('portfolio value at risk', () => {
  it('is the quadratic form after any sequence of fills', () => {
    const fills = fc.array(fc.record({ at: fc.nat(IDS.length - 1), to: amounts }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fills, (steps) => {
        const risk = held();
        const exposures = IDS.map(() => 0);
        for (const { at, to } of steps) {
          risk.setExposure(id(at), to);
          exposures[at] = to;
        }
        expect(Math.abs(value(risk.valueAtRisk()) - direct(exposures))).toBeLessThan(1e-3);
      }),
    );
  });

  it('does not depend on the fills that made the book', () => {
    fc.assert(
      fc.property(
        fc.array(amounts, { minLength: 6, maxLength: 6 }),
        fc.array(amounts, { maxLength: 9 }),
        (open, detour) => {
          const [straight, round] = [held(open), held()];
          detour.forEach((each, i) => round.setExposure(id(i % IDS.length), each));
          round.valueAtRisk();
          for (let i = IDS.length - 1; i >= 0; i--) round.setExposure(id(i), open[i] ?? NaN);
          expect(round.valueAtRisk()).toEqual(straight.valueAtRisk());
        },
      ),
    );
  });

  it('tells what orders would make of it, without making it', () => {
    const one = fc.record({ at: fc.nat(IDS.length - 1), change: amounts });
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 4 }),
        fc.array(amounts, { minLength: 6, maxLength: 6 }),
        (orders, open) => {
          const risk = held(open);
          const before = value(risk.valueAtRisk());
          const after = [...open];
          for (const { at, change } of orders) after[at] = (after[at] ?? 0) + change;
          const asked = risk.valueAtRiskWith(orders.map(({ at, change }) => ({ instrument: id(at), change })));
          expect(Math.abs(value(asked) - direct(after))).toBeLessThan(1e-3);
          expect(value(risk.valueAtRisk())).toBe(before);
        },
      ),
    );
  });

  it('splits into parts that sum to it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 6 }), (open) => {
        const risk = held(open);
        const parts = risk.components();
        const total = parts.ok ? [...parts.value.values()].reduce((a, b) => a + b, 0) : NaN;
        expect(Math.abs(total - value(risk.valueAtRisk()))).toBeLessThan(1e-6);
      }),
    );
  });

  it('is exactly zero for a book that was closed', () => {
    const risk = held([0.1, 0.2, 0.3]);
    for (const each of IDS) risk.setExposure(each, 0);
    expect(risk.valueAtRisk()).toEqual({ ok: true, value: 0 });
    expect(risk.components()).toEqual({ ok: true, value: new Map() });
  });

  it('is unknown while an instrument without an estimate is held', () => {
    const risk = held([100]);
    const refusal = { ok: false, error: { code: 'UNDEFINED', what: OUTSIDER } };
    expect(risk.valueAtRiskWith([{ instrument: OUTSIDER, change: 1 }])).toEqual(refusal);
    risk.setExposure(OUTSIDER, 5);
    expect(risk.valueAtRisk()).toEqual(refusal);
    expect(risk.components()).toEqual(refusal);
    risk.setExposure(OUTSIDER, 0);
    expect(value(risk.valueAtRisk())).toBeCloseTo(direct([100, 0, 0, 0, 0, 0]), 9);
  });

  it('takes a new estimate for what is held, and one that lost an instrument makes it unknown', () => {
    const risk = held([100, -50]);
    const doubled = COVARIANCE.map((row) => row.map((each) => 4 * each));
    risk.setCovariance({ instruments: IDS, covariance: doubled });
    expect(value(risk.valueAtRisk())).toBeCloseTo(2 * direct([100, -50, 0, 0, 0, 0]), 9);
    risk.setCovariance({ instruments: [id(0)], covariance: [Float64Array.of(0.0001)] });
    expect(risk.valueAtRisk()).toEqual({ ok: false, error: { code: 'UNDEFINED', what: id(1) } });
    risk.setCovariance({ instruments: IDS, covariance: COVARIANCE });
    expect(value(risk.valueAtRisk())).toBeCloseTo(direct([100, -50, 0, 0, 0, 0]), 9);
  });

  it('keeps what it had when it is given nonsense', () => {
    const risk = held([100]);
    const before = risk.valueAtRisk();
    const impossible = [Float64Array.of(1, 2), Float64Array.of(2, 1)];
    const given = { instruments: IDS.slice(0, 2), covariance: impossible };
    expect(risk.setCovariance(given)).toMatchObject({ error: { code: 'NOT_POSITIVE_DEFINITE' } });
    expect(risk.setCovariance({ instruments: IDS.slice(1), covariance: COVARIANCE })).toMatchObject({
      error: { code: 'LENGTHS_DIFFER' },
    });
    expect(risk.setCovariance({ instruments: IDS.map(() => id(0)), covariance: COVARIANCE })).toMatchObject({
      error: { code: 'LENGTHS_DIFFER' },
    });
    expect(risk.setExposure(id(0), NaN)).toMatchObject({ error: { code: 'NOT_FINITE' } });
    expect(risk.valueAtRiskWith([{ instrument: id(0), change: Infinity }])).toMatchObject({
      error: { code: 'NOT_FINITE' },
    });
    expect(risk.valueAtRisk()).toEqual(before);
    expect(() => new PortfolioVar(2)).toThrow('OUT_OF_RANGE');
  });
});
