import { z } from 'zod';
import {
  type Candle,
  realizedVolatility,
  type VolatilityEstimator,
} from '../../engine/risk/analytics/realized-volatility.ts';
import { attempt } from '../../engine/risk/analytics/numeric/refusal.ts';
import { compareFigures, type Figures, toleranceSchema } from './figures.ts';
import { candlesOf, type Sources } from './sources.ts';
import { type CaseResult, casesOf, type OracleDocument, withoutSuite } from './suite.ts';

const seriesSchema = z.object({ file: z.string(), rows: z.tuple([z.number(), z.number()]) });

const ESTIMATORS: Readonly<Record<string, VolatilityEstimator>> = {
  close: 'close',
  parkinson: 'parkinson',
  'garman.klass': 'garmanKlass',
  'rogers.satchell': 'rogersSatchell',
  'gk.yz': 'garmanKlassYangZhang',
  'yang.zhang': 'yangZhang',
};

const volatilitySchema = z.object({
  id: z.string(),
  indicator: z.literal('VOLATILITY'),
  params: z.object({
    estimator: z.enum(Object.keys(ESTIMATORS)).transform((name) => ESTIMATORS[name] ?? 'close'),
    period: z.number(),
    annualization: z.number(),
  }),
  tolerance: toleranceSchema,
  outputs: z.record(z.string(), z.unknown()),
});

/** Realized volatility beside R's TTR, at every bar; the other indicators are not compared yet. */
export function indicatorsSuite(document: OracleDocument, sources: Sources): readonly CaseResult[] {
  return casesOf(document).flatMap((given) => {
    const { data: volatility } = volatilitySchema.safeParse(given);
    if (volatility === undefined) return [withoutSuite(document.kind, given)];
    const { file, rows } = seriesSchema.parse(document['series']);
    const candles = candlesOf(sources.series(file)).slice(...rows);
    const { id, params, tolerance, outputs } = volatility;
    return compareFigures(document.kind, id, outputs, tolerance, volatilityFigures(candles, params));
  });
}

type Params = z.infer<typeof volatilitySchema>['params'];

function volatilityFigures(candles: readonly Candle[], { estimator, period, annualization }: Params): Figures {
  const until = (bar: number): readonly Candle[] => candles.slice(Math.max(0, bar - period), bar + 1);
  return {
    vol: () =>
      candles.map((_, bar) => {
        const found = attempt(() => realizedVolatility(until(bar), estimator, period, annualization));
        return found.ok ? found.value : null;
      }),
  };
}
