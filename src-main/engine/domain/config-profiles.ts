import type { StrategyConfig } from './config.ts';
import { DEFAULT_STRATEGY } from './config-defaults.ts';
import { type InstrumentId, instrumentId, strategyId } from './identifiers.ts';

/** Named sets of values above the file and below the command line, in the form of a file. */
export const PROFILE_NAMES = ['demo'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

const usdt = (...bases: readonly string[]): readonly InstrumentId[] =>
  bases.map((base) => instrumentId({ base, quote: 'USDT', venue: 'BINANCE', product: 'SPOT' }));

/** Many signals on one-minute bars and a bracket that is decided within a few of them: shows every path, earns nothing. */
const DEMO_STRATEGY: Omit<StrategyConfig, 'strategyId' | 'instruments' | 'entry'> = {
  ...DEFAULT_STRATEGY,
  enabled: true,
  interval: '1m',
  // On the 40 minutes a two-minute demo plays, these signal 57 times on the 14 pairs; 3 and 8 bars signal 28 times. The
  // market falls there: with the target nearer than the stop, a quarter of the exits are targets all the same.
  fastPeriod: 2,
  slowPeriod: 5,
  atrPeriod: 14,
  stopAtr: '1.2',
  targetAtr: '0.7',
  slippageAtr: '0.5',
  notionalRatio: '0.02',
};

const DEMO_STRATEGIES: readonly StrategyConfig[] = [
  {
    ...DEMO_STRATEGY,
    strategyId: strategyId('ema-fok'),
    instruments: usdt('BTC', 'ETH', 'SOL', 'XRP', 'DOGE', 'LINK', 'TRX', 'SHIB'),
    entry: 'fok',
  },
  {
    ...DEMO_STRATEGY,
    strategyId: strategyId('ema-resting'),
    // The practice exchange opens two accounts; the second strategy trades the second one.
    account: 1,
    instruments: usdt('ARB', 'ATOM', 'LTC', 'MATIC', 'OP', 'UNI'),
    entry: 'resting',
  },
];

export const PROFILES: Readonly<Record<ProfileName, unknown>> = {
  // Nothing of `risk`: a profile lies over the file, and the limits written there are the trader's.
  demo: {
    schemaVersion: 1,
    // Market time runs faster than the wall clock in a demo, so a stop that does not fill is given up sooner.
    execution: { stopEscalationMs: 2_000 },
    // Market time runs faster here too: a venue that spoke for five seconds has told minutes of its market.
    failover: { returnAfterMs: 5_000 },
    strategies: DEMO_STRATEGIES,
  },
};
