import type { DecimalText } from './decimal.ts';
import type { AccountId, InstrumentId, StrategyId } from './identifiers.ts';
import type { OrderSide } from './order.ts';
import type { OrderProtection } from './stop-rule.ts';

/** How a parent order is worked. Ratios are fractions, times milliseconds, prices and quantities decimal text. */
export type ExecutorParams =
  /** Equal slices over a time, each at the touch and at once; `jitterRatio` moves each within its interval. */
  | {
      readonly kind: 'twap';
      readonly durationMs: number;
      readonly slices: number;
      readonly jitterRatio: DecimalText;
      readonly limitPrice: DecimalText | null;
    }
  /** One small post-only order after the other at a price; `jitterRatio` varies their size. */
  | {
      readonly kind: 'iceberg';
      readonly price: DecimalText;
      readonly displayQuantity: DecimalText;
      readonly jitterRatio: DecimalText;
    }
  /** A fraction of what the market traded in each closed bar. */
  | { readonly kind: 'pov'; readonly participation: DecimalText; readonly limitPrice: DecimalText | null }
  /** Post-only at the best price, moved after it when it runs away. */
  | { readonly kind: 'chase'; readonly limitPrice: DecimalText | null; readonly maxRepegs: number }
  /** Resting orders spread evenly between two prices. */
  | { readonly kind: 'ladder'; readonly from: DecimalText; readonly to: DecimalText; readonly levels: number }
  /** Equal tranches, one each interval; with `dropRatio` also as soon as the price is that much better than the last. */
  | {
      readonly kind: 'dca';
      readonly tranches: number;
      readonly intervalMs: number;
      readonly dropRatio: DecimalText | null;
    }
  /** Bids on evenly spread levels; what a level bought is sold one level higher. */
  | { readonly kind: 'grid'; readonly lower: DecimalText; readonly upper: DecimalText; readonly levels: number }
  /** In or out in parts, each when the market reaches its price. */
  | { readonly kind: 'scale'; readonly parts: readonly ScalePart[] }
  /** Adds to a winner each `stepRatio` of gain; the stop moves first, so that the loss at it never exceeds `riskLimit`. */
  | {
      readonly kind: 'pyramid';
      readonly addQuantity: DecimalText;
      readonly stepRatio: DecimalText;
      readonly stopRatio: DecimalText;
      readonly maxAdds: number;
      /** In the quote asset. */
      readonly riskLimit: DecimalText;
    };
export type ScalePart = { readonly price: DecimalText; readonly quantity: DecimalText };
export type ExecutorKind = ExecutorParams['kind'];

export type ExecutorRequest = {
  readonly accountId: AccountId;
  readonly strategyId: StrategyId | null;
  readonly instrumentId: InstrumentId;
  readonly side: OrderSide;
  /** The most its children may have, open and filled together. */
  readonly quantity: DecimalText;
  readonly reduceOnly: boolean;
  /** Of every child that opens exposure; null for an executor that only closes. */
  readonly protection: OrderProtection | null;
  readonly params: ExecutorParams;
};

/** `done`: nothing left to do. `stopped`: by command or the emergency stop, for good. */
export type ExecutorStatus = 'working' | 'paused' | 'done' | 'stopped';
