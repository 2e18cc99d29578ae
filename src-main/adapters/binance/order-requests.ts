import {
  type OrderSpec,
  ordersOf,
  type OrderType,
  type Submission,
  type TimeInForce,
} from '../../engine/domain/order.ts';
import { decimal, rescale } from '../../engine/domain/decimal.ts';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { BinanceCall, CallParams } from '../ccxt/ccxt-binance.ts';

/** One REST create with what it costs the venue's limits. */
export type OrderRequest = {
  readonly call: Extract<BinanceCall, `privatePost${string}` | `sapiPostMarginOrder${string}`>;
  readonly params: CallParams;
  readonly orders: number;
};

const TYPE_NAMES: Readonly<Record<OrderType, string>> = {
  limit: 'LIMIT',
  limitMaker: 'LIMIT_MAKER',
  market: 'MARKET',
  stopLimit: 'STOP_LOSS_LIMIT',
  stopMarket: 'STOP_LOSS',
  takeProfitLimit: 'TAKE_PROFIT_LIMIT',
  takeProfitMarket: 'TAKE_PROFIT',
  trailingStop: 'STOP_LOSS',
};
const TIME_IN_FORCE: Readonly<Record<Exclude<TimeInForce, 'gtd'>, string>> = { gtc: 'GTC', ioc: 'IOC', fok: 'FOK' };
/** Types whose limit price rests or matches under a time in force; LIMIT_MAKER and market types refuse the parameter. */
const TIMED: ReadonlySet<OrderType> = new Set(['limit', 'stopLimit', 'takeProfitLimit']);

/** Writes a submission in the venue's words, every text as it is in the spec. Denies what the venue has no form for. */
export function orderRequest(submission: Submission, venueSymbol: string): Result<OrderRequest, string> {
  const refusal = ordersOf(submission)
    .map(unsupported)
    .find((text) => text !== null);
  if (refusal !== undefined) return err(refusal);
  switch (submission.kind) {
    case 'single':
      return singleRequest(submission.order, venueSymbol);
    case 'oto':
      return otoRequest(submission, venueSymbol);
    case 'oco':
      return ocoRequest(submission, venueSymbol);
    case 'otoco':
      return otocoRequest(submission, venueSymbol);
  }
}

/** Denies what spot has no word for. */
function unsupported(order: OrderSpec): string | null {
  if (order.timeInForce === 'gtd') return 'expected gtc, ioc or fok, was gtd';
  return order.reduceOnly === true ? 'expected an order without reduceOnly, was one with it' : null;
}

function singleRequest(order: OrderSpec, symbol: string): Result<OrderRequest, string> {
  return ok({
    call: 'privatePostOrder',
    orders: 1,
    params: {
      symbol,
      side: order.side.toUpperCase(),
      type: TYPE_NAMES[order.type],
      quantity: order.quantity,
      newClientOrderId: order.clientOrderId,
      newOrderRespType: 'FULL',
      ...given('price', order.price),
      ...given('stopPrice', order.triggerPrice),
      ...given('timeInForce', timeInForceOf(order)),
      ...given('icebergQty', order.displayQuantity ?? null),
      ...given('trailingDelta', trailingDelta(order)),
    },
  });
}

/** The venue takes whole basis points. */
function trailingDelta({ trailingRatio }: OrderSpec): string | null {
  if (trailingRatio === undefined) return null;
  return String(rescale(decimal(trailingRatio), 4, 'up').units);
}

function ocoRequest(list: Extract<Submission, { kind: 'oco' }>, symbol: string): Result<OrderRequest, string> {
  const legs = exitLegs(list.target, list.stop, '');
  if (!legs.ok) return legs;
  return ok({
    call: 'privatePostOrderListOco',
    orders: 2,
    params: {
      symbol,
      listClientOrderId: list.listId,
      side: list.stop.side.toUpperCase(),
      quantity: list.stop.quantity,
      newOrderRespType: 'FULL',
      ...legs.value,
    },
  });
}

function otoRequest(list: Extract<Submission, { kind: 'oto' }>, symbol: string): Result<OrderRequest, string> {
  const { working, stop } = list;
  if (working.type !== 'limit' && working.type !== 'limitMaker') {
    return err(`expected a limit or limitMaker as working order, was ${working.type}`);
  }
  return ok({
    call: 'privatePostOrderListOto',
    orders: 2,
    params: {
      symbol,
      listClientOrderId: list.listId,
      newOrderRespType: 'FULL',
      ...workingParams(working),
      pendingSide: stop.side.toUpperCase(),
      pendingQuantity: stop.quantity,
      ...legParams(stop, 'pending'),
    },
  });
}

function workingParams(working: OrderSpec): CallParams {
  return {
    workingType: TYPE_NAMES[working.type],
    workingSide: working.side.toUpperCase(),
    workingClientOrderId: working.clientOrderId,
    workingQuantity: working.quantity,
    ...given('workingPrice', working.price),
    ...given('workingTimeInForce', timeInForceOf(working)),
  };
}

function otocoRequest(list: Extract<Submission, { kind: 'otoco' }>, symbol: string): Result<OrderRequest, string> {
  const { working } = list;
  if (working.type !== 'limit' && working.type !== 'limitMaker') {
    return err(`expected a limit or limitMaker as working order, was ${working.type}`);
  }
  const legs = exitLegs(list.target, list.stop, 'pending');
  if (!legs.ok) return legs;
  return ok({
    call: 'privatePostOrderListOtoco',
    orders: 3,
    params: {
      symbol,
      listClientOrderId: list.listId,
      newOrderRespType: 'FULL',
      ...workingParams(working),
      pendingSide: list.stop.side.toUpperCase(),
      pendingQuantity: list.stop.quantity,
      ...legs.value,
    },
  });
}

/** The venue names legs by where they lie: of an exit that sells, the target is above and the stop below. */
function exitLegs(target: OrderSpec, stop: OrderSpec, prefix: '' | 'pending'): Result<CallParams, string> {
  if (target.side !== stop.side) return err(`expected both legs to ${stop.side}, was ${target.side}`);
  if (target.quantity !== stop.quantity) {
    return err(`expected both legs for ${stop.quantity}, was ${target.quantity}: the venue takes one quantity`);
  }
  const [above, below] = stop.side === 'sell' ? [target, stop] : [stop, target];
  const name = (position: string): string => (prefix === '' ? position.toLowerCase() : prefix + position);
  return ok({ ...legParams(above, name('Above')), ...legParams(below, name('Below')) });
}

function legParams(leg: OrderSpec, prefix: string): CallParams {
  return {
    [`${prefix}Type`]: TYPE_NAMES[leg.type],
    [`${prefix}ClientOrderId`]: leg.clientOrderId,
    ...given(`${prefix}Price`, leg.price),
    ...given(`${prefix}StopPrice`, leg.triggerPrice),
    ...given(`${prefix}TimeInForce`, timeInForceOf(leg)),
  };
}

function timeInForceOf(order: OrderSpec): string | null {
  const { timeInForce } = order;
  if (!TIMED.has(order.type) || timeInForce === 'gtd') return null;
  return TIME_IN_FORCE[timeInForce ?? 'gtc'];
}

function given(name: string, value: string | null): CallParams {
  return value === null ? {} : { [name]: value };
}
