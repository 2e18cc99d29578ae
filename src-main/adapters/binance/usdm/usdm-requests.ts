import { compareDecimals, decimal, formatDecimal, multiplyDecimals } from '../../../engine/domain/decimal.ts';
import type { OrderSpec, OrderType, Submission } from '../../../engine/domain/order.ts';
import { err, ok, type Result } from '../../../engine/domain/result.ts';
import type { CallParams } from '../../ccxt/ccxt-binance.ts';

/** A create in one of the two order spaces. */
export type UsdmRequest = { readonly space: 'ordinary' | 'algo'; readonly params: CallParams };

const ORDINARY: Readonly<Partial<Record<OrderType, string>>> = {
  limit: 'LIMIT',
  limitMaker: 'LIMIT',
  market: 'MARKET',
};
const CONDITIONAL: Readonly<Partial<Record<OrderType, string>>> = {
  stopLimit: 'STOP',
  stopMarket: 'STOP_MARKET',
  takeProfitLimit: 'TAKE_PROFIT',
  takeProfitMarket: 'TAKE_PROFIT_MARKET',
  trailingStop: 'TRAILING_STOP_MARKET',
};
const TIME_IN_FORCE = { gtc: 'GTC', ioc: 'IOC', fok: 'FOK', gtd: 'GTD' } as const;
/** The venue takes tenths of a percent between these. */
const CALLBACK = { least: decimal('0.1'), most: decimal('10') };

export const isConditional = (type: OrderType): boolean => CONDITIONAL[type] !== undefined;

/** Writes a single order in the venue's words. Denies lists and what the venue has no form for. */
export function usdmRequest(submission: Submission, symbol: string): Result<UsdmRequest, string> {
  if (submission.kind !== 'single') return err(`expected a single order, was ${submission.kind}: USD-M has no lists`);
  const { order } = submission;
  if (order.displayQuantity !== undefined) return err('expected a whole order, was an iceberg: USD-M has none');
  const common = {
    symbol,
    side: order.side.toUpperCase(),
    quantity: order.quantity,
    ...(order.reduceOnly === true ? { reduceOnly: 'true' } : {}),
    ...given('price', order.price),
  };
  return isConditional(order.type) ? algoRequest(order, common) : ordinaryRequest(order, common);
}

function ordinaryRequest(order: OrderSpec, common: CallParams): Result<UsdmRequest, string> {
  const params = {
    ...common,
    type: ORDINARY[order.type] ?? 'LIMIT',
    newClientOrderId: order.clientOrderId,
    newOrderRespType: 'RESULT',
  };
  if (order.type === 'market') return ok({ space: 'ordinary', params });
  if (order.type === 'limitMaker') return ok({ space: 'ordinary', params: { ...params, timeInForce: 'GTX' } });
  const timeInForce = TIME_IN_FORCE[order.timeInForce ?? 'gtc'];
  if (timeInForce !== 'GTD') return ok({ space: 'ordinary', params: { ...params, timeInForce } });
  if (order.expiresAtUs === undefined) return err('expected an end of the gtd order, was none');
  // Seconds only: the venue cuts what is finer.
  const goodTillDate = Math.ceil(order.expiresAtUs / 1_000_000) * 1_000;
  return ok({ space: 'ordinary', params: { ...params, timeInForce, goodTillDate } });
}

function algoRequest(order: OrderSpec, common: CallParams): Result<UsdmRequest, string> {
  const { timeInForce, type } = order;
  if (timeInForce === 'gtd') return err('expected gtc, ioc or fok of a conditional order, was gtd');
  const params = {
    ...common,
    algoType: 'CONDITIONAL',
    type: CONDITIONAL[type] ?? 'STOP',
    clientAlgoId: order.clientOrderId,
    workingType: 'CONTRACT_PRICE',
    ...(order.price === null ? {} : { timeInForce: TIME_IN_FORCE[timeInForce ?? 'gtc'] }),
  };
  if (type !== 'trailingStop')
    return ok({ space: 'algo', params: { ...params, ...given('triggerPrice', order.triggerPrice) } });
  const callback = multiplyDecimals(decimal(order.trailingRatio ?? '0'), decimal('100'));
  if (compareDecimals(callback, CALLBACK.least) < 0 || compareDecimals(callback, CALLBACK.most) > 0) {
    return err(`expected a trailing ratio between 0.001 and 0.1, was ${order.trailingRatio ?? 'none'}`);
  }
  const callbackRate = formatDecimal(callback)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
  return ok({ space: 'algo', params: { ...params, callbackRate, ...given('activatePrice', order.triggerPrice) } });
}

const given = (name: string, value: string | null): CallParams => (value === null ? {} : { [name]: value });
