import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EMPTY_ATR, nextAtr } from './atr.ts';
import { EMPTY_EMA, nextEma } from './ema.ts';
import { EMPTY_RSI, nextRsi, rsiOf } from './rsi.ts';
import edges from './testing/talib-edge-cases.json' with { type: 'json' };

type Series = { readonly high: readonly number[]; readonly low: readonly number[]; readonly close: readonly number[] };
type Values = readonly (number | null)[];

function ema({ close }: Series, period: number): Values {
  let state = EMPTY_EMA;
  return close.map((value) => (state = nextEma(state, period, value)).value);
}

function rsi({ close }: Series, period: number): Values {
  let state = EMPTY_RSI;
  return close.map((value) => rsiOf((state = nextRsi(state, period, value))));
}

function atr({ high, low, close }: Series, period: number): Values {
  let state = EMPTY_ATR;
  return close.map((value, bar) => {
    state = nextAtr(state, period, { high: high[bar] ?? NaN, low: low[bar] ?? NaN, close: value });
    return state.range.value;
  });
}

function expectClose(actual: Values, expected: Values, tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const far = actual.filter((value, bar) => {
    const wanted = expected[bar] ?? null;
    if (value === null || wanted === null) return value !== wanted;
    return !(Math.abs(value - wanted) <= tolerance + tolerance * Math.abs(wanted));
  });
  expect(far).toEqual([]);
}

describe.each(edges.cases)('indicators on the $id series of TA-Lib', (series) => {
  it('agree bar by bar', () => {
    expectClose(ema(series, 5), series.ema5, edges.tolerance);
    expectClose(rsi(series, 14), series.rsi14, edges.tolerance);
    expectClose(atr(series, 14), series.atr14, edges.tolerance);
  });

  it('are told apart from a value that is off', () => {
    const off = series.ema5.map((value) => (value === null ? null : value * 1.0001));
    expect(() => expectClose(ema(series, 5), off, edges.tolerance)).toThrow();
  });
});

/** The larger reference files lie beside a checkout where there are any. */
const ORACLES = process.env['LEEWARD_ORACLES'] ?? resolve('..', 'shared', 'oracles');
const present = existsSync(ORACLES);

type OracleFile = {
  readonly series: { readonly file: string; readonly rows: readonly [number, number] };
  readonly cases: readonly {
    readonly indicator: string;
    readonly params: { readonly period?: number };
    readonly tolerance: { readonly abs: number };
    readonly outputs: Readonly<Record<string, Values>>;
  }[];
};

describe.skipIf(!present)(`indicators on recorded bars${present ? '' : ` (skipped: no folder ${ORACLES})`}`, () => {
  it.each(['indicators_goog_d1', 'indicators_btcperp_m15'])('agree with %s', (name) => {
    const file = JSON.parse(gunzipSync(readFileSync(resolve(ORACLES, `${name}.json.gz`))).toString()) as OracleFile;
    const series = readSeries(file);
    const known = { EMA: ema, RSI: rsi, ATR: atr } as const;
    let compared = 0;
    for (const { indicator, params, tolerance, outputs } of file.cases) {
      if (!(indicator in known) || params.period === undefined) continue;
      const expected = Object.values(outputs)[0] ?? [];
      expectClose(known[indicator as keyof typeof known](series, params.period), expected, tolerance.abs);
      compared++;
    }
    expect(compared).toBe(5);
  });
});

function readSeries({ series }: OracleFile): Series {
  const [header = '', ...lines] = readFileSync(resolve(ORACLES, series.file), 'utf8').trim().split('\n');
  const names = header.trim().toLowerCase().split(',');
  const rows = lines.slice(...series.rows).map((line) => line.trim().split(','));
  const column = (name: string): number[] => rows.map((row) => Number(row[names.indexOf(name)]));
  return { high: column('high'), low: column('low'), close: column('close') };
}
