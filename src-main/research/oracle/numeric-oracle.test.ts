import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runOracleFile } from './runner.ts';

const TESTING = join(import.meta.dirname, 'testing');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leeward-figures-'));
  await mkdir(join(folder, 'data'));
  for (const name of (await readdir(TESTING)).filter((each) => each.endsWith('.csv.gz'))) {
    await writeFile(join(folder, 'data', name.slice(0, -3)), await unpack(name));
  }
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const unpack = async (name: string): Promise<string> =>
  gunzipSync(await readFile(join(TESTING, name))).toString('utf8');

async function run(document: unknown) {
  await writeFile(join(folder, 'r.json'), JSON.stringify(document));
  return runOracleFile(folder, 'r.json', join(folder, 'data'));
}

type Tree = { [key: string]: unknown };

/** Adds a hundredth to one number of a figure, wherever it stands. */
function perturbed(value: unknown): unknown {
  if (typeof value === 'number') return value + 0.01;
  if (typeof value === 'string') return `${value}x`;
  if (Array.isArray(value)) return value.map((each: unknown, i) => (i === value.length - 1 ? perturbed(each) : each));
  const entries = Object.entries(value as Tree);
  return Object.fromEntries(entries.map(([key, each], i) => [key, i === entries.length - 1 ? perturbed(each) : each]));
}

describe('metrics beside empyrical and quantstats', () => {
  const load = async () => JSON.parse(await unpack('metrics.json.gz')) as { cases: { expected: Tree }[] };

  it('passes every figure that the conventions choose', async () => {
    expect(await run(await load())).toEqual({
      line: { file: 'r.json', cases: 120, passed: 110, failed: 0, notChosen: 10, unsupported: 0 },
      failures: [],
    });
  });

  it('fails on each other answer, and says where', async () => {
    const document = await load();
    const libraries = document.cases[0]!.expected as Record<string, Tree>;
    for (const library of Object.keys(libraries)) libraries[library] = changed(libraries[library]!);
    const { line, failures } = await run(document);
    expect(line).toMatchObject({ passed: 55, failed: 55, notChosen: 10 });
    expect(failures).toContainEqual(
      expect.stringMatching(/^r\.json aapl_vs_goog\.empyrical\.beta: expected 0\.476\d*, was 0\.466/),
    );
  });

  it('wants no figure where the reference has none', async () => {
    const document = await load();
    (document.cases[0]!.expected['quantstats'] as Tree)['kelly'] = null;
    expect((await run(document)).failures).toEqual([
      expect.stringMatching(/aapl_vs_goog\.quantstats\.kelly: expected null, was 0\.07/),
    ]);
  });

  it('counts a figure nobody computes here, and names a column that is missing', async () => {
    const document = await load();
    document.cases[0]!.expected['another'] = { figure: 1 };
    expect((await run(document)).line).toMatchObject({ failed: 0, unsupported: 1 });
    const column = { file: 'data/stocks20_close_d1.csv', column: 'XYZ', rows: 'all' };
    const one = { tolerance: { abs: 1 }, kind: 'metrics', cases: [{ ...document.cases[0]!, series: column }] };
    await expect(run(one)).rejects.toThrow('expected a column XYZ in data/stocks20_close_d1.csv');
  });
});

const changed = (figures: Tree): Tree =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, perturbed(value)]));

describe('closed trades beside freqtrade', () => {
  const trades = [
    { pnl: 50, exitTime: '2024-01-03 00:00:00' },
    { pnl: -30, exitTime: '2024-01-02 00:00:00' },
    { pnl: -10, exitTime: '2024-01-04 00:00:00' },
    { pnl: 20, exitTime: '2024-01-05 00:00:00' },
    { pnl: -25, exitTime: '2024-01-06 00:00:00' },
  ];
  const document = {
    kind: 'metrics',
    tolerance: { abs: 1e-9 },
    cases: [
      {
        id: 't',
        tradesFrom: 'b.json case one',
        startingBalance: 1000,
        minDate: '2024-01-01 00:00:00',
        maxDate: '2024-01-11 00:00:00',
        expected: {
          // numpy 2.4.6, freqtrade's formulas over ten days.
          freqtrade: {
            max_drawdown_abs: 30,
            max_drawdown_high_date: '2024-01-02 00:00:00',
            max_drawdown_low_date: '2024-01-02 00:00:00',
            relative_account_drawdown_at_abs_max: 0.03,
            max_relative_drawdown: 0.03,
            expectancy: 1,
            expectancy_ratio: 0.046153846153846,
            sharpe: 0.31771097791345804,
            sortino: 1.1240380502730059,
            calmar: 31.841621957571363,
            cagr: 0.19966849582878576,
            csum_min: 970,
            csum_max: 1030,
            profit_total_abs: 5,
            profit_factor: 1.0769230769230769,
            win_rate: 0.4,
          },
        },
      },
    ],
  };

  it('orders the trades by their close', async () => {
    await writeFile(join(folder, 'b.json'), JSON.stringify({ cases: [{ id: 'one', expected: { trades } }] }));
    expect(await run(document)).toMatchObject({ line: { passed: 16, failed: 0 }, failures: [] });
  });

  it('names a case that is missing', async () => {
    await writeFile(join(folder, 'b.json'), JSON.stringify({ cases: [] }));
    await expect(run(document)).rejects.toThrow('expected a case "one" in b.json, was none');
  });
});

describe.each([
  ['risk.json.gz', { cases: 133, passed: 127, failed: 0, notChosen: 6, unsupported: 0 }],
  ['riskfolio_published.json.gz', { cases: 11, passed: 11, failed: 0, notChosen: 0, unsupported: 0 }],
])('%s', (file, counts) => {
  it('passes every figure that the conventions choose', async () => {
    const { line, failures } = await run(JSON.parse(await unpack(file)));
    expect(failures).toEqual([]);
    expect(line).toEqual({ file: 'r.json', ...counts });
  });
});

it('fails a portfolio figure that is another', async () => {
  const document = JSON.parse(await unpack('risk.json.gz')) as {
    cases: { id: string; expected: Record<string, Tree> }[];
  };
  document.cases = document.cases.slice(0, 1);
  const { expected, id } = document.cases[0]!;
  const wrong = ['correlation_spearman', 'covariance_sample_ddof1', 'max_sharpe_long_only', 'portfolio_var_es'];
  for (const section of wrong) expected[section] = { ...expected[section], ...perturbedFirst(expected[section]!) };
  const { failures } = await run(document);
  expect(failures.map((each) => each.split(':')[0])).toEqual([
    `r.json ${id}.portfolio_var_es.var_gauss_0.95`,
    `r.json ${id}.correlation_spearman.matrix`,
    `r.json ${id}.covariance_sample_ddof1.matrix`,
    `r.json ${id}.max_sharpe_long_only.weights`,
  ]);
});

function perturbedFirst(section: Tree): Tree {
  const [name, value] = Object.entries(section).find(([, each]) => typeof each !== 'string')!;
  return { [name]: perturbed(value) };
}

describe('realized volatility beside TTR', () => {
  const bars = [
    'time,open,high,low,close',
    '2024-01-01,1,1.2,0.9,1.1',
    '2024-01-02,1.1,1.3,1,1.2',
    '2024-01-03,1.2,1.4,1.1,1.3',
  ];
  // sqrt(365 / (3 * 4 ln 2) * (ln(1.2/0.9)^2 + ln(1.3)^2 + ln(1.4/1.1)^2))
  const last = Math.sqrt(
    (365 / (12 * Math.LN2)) * (Math.log(1.2 / 0.9) ** 2 + Math.log(1.3) ** 2 + Math.log(1.4 / 1.1) ** 2),
  );
  const document = (vol: readonly unknown[]) => ({
    kind: 'indicators',
    series: { file: 'data/bars.csv', rows: [0, 3] },
    cases: [
      {
        id: 'v',
        indicator: 'VOLATILITY',
        params: { estimator: 'parkinson', period: 3, annualization: 365 },
        tolerance: { abs: 1e-9 },
        outputs: { vol },
      },
      { id: 's', indicator: 'SMA' },
    ],
  });

  it('compares every bar, the undefined ones too', async () => {
    await writeFile(join(folder, 'data/bars.csv'), bars.join('\n'));
    expect((await run(document([null, null, last]))).line).toMatchObject({ passed: 1, failed: 0, unsupported: 1 });
    expect((await run(document([null, null, last * 1.001]))).line).toMatchObject({ passed: 0, failed: 1 });
    expect((await run(document([null, last, last]))).line).toMatchObject({ failed: 1 });
    expect((await run(document([null, null]))).line).toMatchObject({ failed: 1 });
  });
});
