import type { Decimal } from '../../engine/domain/decimal.ts';
import type { SymbolMarket } from '../matching/exchange-state.ts';
import { triggers } from '../matching/judgement.ts';
import type { Side, TimeInForce } from '../matching/venue-order.ts';
import { doubleMarkTicks } from './margin-figures.ts';

export const ALGO_TYPES = ['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'] as const;
export type AlgoType = (typeof ALGO_TYPES)[number];

export const WORKING_TYPES = ['CONTRACT_PRICE', 'MARK_PRICE'] as const;
export type WorkingType = (typeof WORKING_TYPES)[number];

export type AlgoStatus = 'NEW' | 'CANCELED' | 'TRIGGERING' | 'TRIGGERED' | 'FINISHED' | 'REJECTED' | 'EXPIRED';

export type AlgoRequest = {
  readonly symbol: string;
  readonly side: Side;
  readonly type: AlgoType;
  readonly clientAlgoId: string;
  readonly timeInForce: TimeInForce;
  /** Null for one that closes the whole position. */
  readonly quantity: Decimal | null;
  readonly price: Decimal | null;
  /** 0 for a trailing stop. */
  readonly triggerTicks: number;
  readonly workingType: WorkingType;
  readonly reduceOnly: boolean;
  readonly closePosition: boolean;
  /** Hundredths of a percent; 0 unless trailing. */
  readonly callbackBps: number;
  /** Null: active at once. */
  readonly activateTicks: number | null;
};

/** A conditional order: it lives in an id space of its own until its price comes, then an ordinary order is made of it. */
export type AlgoOrder = AlgoRequest & {
  readonly id: number;
  readonly account: string;
  readonly createdMs: number;
  updatedMs: number;
  triggeredMs: number;
  status: AlgoStatus;
  /** The ordinary order it became. */
  actualOrderId: number | null;
  /** Of a trailing stop: whether it follows the price yet, and the best price since. */
  isActive: boolean;
  extremeTicks: number;
  /** Why the matching engine refused the ordinary order. */
  failure: string;
};

export const isWaiting = (algo: AlgoOrder): boolean => algo.status === 'NEW';

/** Protects: stops and trailing stops do, take-profits do not. */
export const isStop = (type: AlgoType): boolean => type.startsWith('STOP') || type === 'TRAILING_STOP_MARKET';

/** True when the price it watches has come. Follows the price for trailing stops. */
export function isDue(algo: AlgoOrder, market: SymbolMarket): boolean {
  if (algo.workingType === 'CONTRACT_PRICE') return reached(algo, market.lastTicks);
  return reached(algo, doubleMarkTicks(market) / 2);
}

function reached(algo: AlgoOrder, ticks: number | null): boolean {
  if (ticks === null) return false;
  if (algo.type === 'TRAILING_STOP_MARKET') return trailed(algo, ticks);
  const type = algo.type.startsWith('STOP') ? 'STOP_LOSS' : 'TAKE_PROFIT';
  return triggers({ side: algo.side, type, stopTicks: algo.triggerTicks }, ticks);
}

/** A sell follows the highest price since it became active and fires a callback below it; a buy the other way round. */
function trailed(algo: AlgoOrder, ticks: number): boolean {
  const sells = algo.side === 'SELL';
  if (!algo.isActive) {
    const { activateTicks } = algo;
    if (activateTicks !== null && (sells ? ticks < activateTicks : ticks > activateTicks)) return false;
    algo.isActive = true;
    algo.extremeTicks = ticks;
  }
  algo.extremeTicks = sells ? Math.max(algo.extremeTicks, ticks) : Math.min(algo.extremeTicks, ticks);
  const distance = (algo.extremeTicks * algo.callbackBps) / 10_000;
  return sells ? ticks <= algo.extremeTicks - distance : ticks >= algo.extremeTicks + distance;
}
