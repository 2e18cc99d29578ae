import type { Config } from '../../engine/domain/config.ts';
import type { KrakenLimits } from '../../practice-exchange/kraken/rates.ts';
import type { Product } from './life-venues.ts';

/** What is special about the venue or the limits of a case. */
export type CaseSetting = {
  /** Binance spot unless told otherwise. */
  readonly product?: Product;
  readonly discounted?: boolean;
  /** Of Kraken's counters; wide unless told otherwise. */
  readonly krakenLimits?: Partial<KrakenLimits>;
  /** Limits of ours that differ from those of the other cases. */
  readonly risk?: Partial<Config['risk']>;
  /** Of the USD-M account in USDT; 100000 unless told otherwise. */
  readonly wallet?: string;
  /** Coins the trader holds beside what the engine trades, by asset; beside the 100,000 USDT. */
  readonly balances?: Readonly<Record<string, string>>;
  /** Who decides about what a restart finds; `policy` unless told otherwise, for nobody is at hand. */
  readonly startup?: 'confirm' | 'policy';
  /** Market seconds per second; as fast as the engine's unless told otherwise. */
  readonly marketSpeed?: number;
  /** Of the venue, a minute of the machine; ten times the true one unless told otherwise, as ten engine minutes pass in it. */
  readonly weightPerMinute?: number;
};
