import { type Decimal, formatDecimal } from '../../../engine/domain/decimal.ts';
import type { SymbolMarket } from '../../matching/exchange-state.ts';
import type { OrderRequest } from '../../matching/order-request.ts';
import { type OrderType, type Side, SIDES } from '../../matching/venue-order.ts';
import { ALGO_TYPES, type AlgoRequest, type AlgoType, WORKING_TYPES } from '../../usdm/algo-orders.ts';
import { PLAIN, type Terms } from '../../usdm/usdm-venue.ts';
import { ApiError, missing, notRequired } from '../api-error.ts';
import { randomId, readSymbol } from '../order-parameters.ts';
import type { Parameters } from '../parameters.ts';

const BAD_SIDE = new ApiError(-1117, 'Invalid side.');
const BAD_TYPE = new ApiError(-1116, 'Invalid orderType.');
const BAD_TIME = new ApiError(-1115, 'Invalid timeInForce.');
const TYPES = ['LIMIT', 'MARKET', ...ALGO_TYPES] as const;
const TIMES = ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'] as const;
const ALGO_TIMES = ['GTC', 'IOC', 'FOK', 'GTE_GTC'] as const;
const FLAGS = ['true', 'false', 'TRUE', 'FALSE'] as const;
/** A good-till date must lie this far ahead, and before the year 9999. */
const GTD_AHEAD_MS = 600_000;
const GTD_LATEST_MS = 253_402_300_799_000;
/** Percent. */
const CALLBACK_RANGE = { least: 0.1, most: 20 } as const;

export type ReadOrder = { readonly request: OrderRequest; readonly terms: Terms };
type Markets = ReadonlyMap<string, SymbolMarket>;

/** Reads a create of an ordinary order. Throws the venue's parameter errors; conditional types belong to another endpoint. */
export function readUsdmOrder(parameters: Parameters, known: Markets, wallMs: number): ReadOrder {
  const symbol = readSymbol(parameters, known);
  checkPositionSide(parameters);
  const side = parameters.word('side', SIDES, BAD_SIDE);
  const type = parameters.word('type', TYPES, BAD_TYPE);
  if (type !== 'LIMIT' && type !== 'MARKET') {
    const text = 'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.';
    throw new ApiError(-4120, text);
  }
  if (flag(parameters, 'closePosition'))
    throw new ApiError(-4136, 'Target strategy invalid for orderType MARKET, closePosition true.');
  for (const name of ['workingType', 'priceProtect', 'priceMatch']) parameters.optional(name);
  const timeInForce = type === 'LIMIT' ? parameters.word('timeInForce', TIMES, BAD_TIME) : 'GTC';
  if (type === 'MARKET' && parameters.optional('timeInForce') !== undefined) throw notRequired('timeInForce');
  return {
    request: {
      ...blank(symbol, side, parameters.clientId('newClientOrderId')),
      type: matchingType(type, timeInForce),
      timeInForce: timeInForce === 'IOC' || timeInForce === 'FOK' ? timeInForce : 'GTC',
      quantity: positive(parameters, 'quantity'),
      price: type === 'LIMIT' ? positive(parameters, 'price') : none(parameters, 'price'),
      reduceOnly: flag(parameters, 'reduceOnly'),
    },
    terms: { ...PLAIN, timeInForce, goodTillMs: goodTill(parameters, timeInForce, wallMs) },
  };
}

const matchingType = (type: 'LIMIT' | 'MARKET', timeInForce: Terms['timeInForce']): OrderType =>
  type === 'LIMIT' && timeInForce === 'GTX' ? 'LIMIT_MAKER' : type;

/** Reads what PUT wants an open order to become. */
export function readModification(
  parameters: Parameters,
  order: { readonly symbol: string; readonly side: Side; readonly type: OrderType; readonly reduceOnly: boolean },
): OrderRequest {
  if (parameters.word('side', SIDES, BAD_SIDE) !== order.side) throw BAD_SIDE;
  return {
    ...blank(order.symbol, order.side, undefined),
    type: order.type,
    timeInForce: 'GTC',
    quantity: positive(parameters, 'quantity'),
    price: positive(parameters, 'price'),
    reduceOnly: order.reduceOnly,
  };
}

/** Reads a conditional order. Throws the venue's parameter errors. */
export function readAlgo(parameters: Parameters, known: Markets): AlgoRequest {
  const symbol = readSymbol(parameters, known);
  checkPositionSide(parameters);
  parameters.word('algoType', ['CONDITIONAL'], new ApiError(-1130, "Data sent for parameter 'algoType' is not valid."));
  const side = parameters.word('side', SIDES, BAD_SIDE);
  const type = parameters.word('type', ALGO_TYPES, BAD_TYPE);
  const closePosition = flag(parameters, 'closePosition');
  const market = known.get(symbol);
  if (market === undefined) throw new ApiError(-1121, 'Invalid symbol.');
  for (const name of ['priceProtect', 'priceMatch']) parameters.optional(name);
  const times =
    parameters.optional('timeInForce') === undefined ? 'GTC' : parameters.word('timeInForce', ALGO_TIMES, BAD_TIME);
  return {
    symbol,
    side,
    type,
    clientAlgoId: parameters.clientId('clientAlgoId') ?? randomId(),
    timeInForce: times === 'GTE_GTC' ? 'GTC' : times,
    quantity: algoQuantity(parameters, market, closePosition),
    price: algoPrice(parameters, market, type),
    triggerTicks: type === 'TRAILING_STOP_MARKET' ? 0 : ticks(market, positive(parameters, 'triggerPrice')),
    workingType: readWorkingType(parameters),
    reduceOnly: flag(parameters, 'reduceOnly'),
    closePosition,
    ...readTrailing(parameters, market, type),
  };
}

function readTrailing(parameters: Parameters, market: SymbolMarket, type: AlgoType) {
  if (type !== 'TRAILING_STOP_MARKET') return { callbackBps: 0, activateTicks: null };
  const rate = Number(formatDecimal(positive(parameters, 'callbackRate')));
  if (rate < CALLBACK_RANGE.least || rate > CALLBACK_RANGE.most) {
    throw new ApiError(-2007, 'Invalid callBack rate.');
  }
  const activate = parameters.decimal('activatePrice') ?? parameters.decimal('activationPrice');
  return { callbackBps: Math.round(rate * 100), activateTicks: activate === null ? null : ticks(market, activate) };
}

function readWorkingType(parameters: Parameters): AlgoRequest['workingType'] {
  if (parameters.optional('workingType') === undefined) return 'CONTRACT_PRICE';
  return parameters.word(
    'workingType',
    WORKING_TYPES,
    new ApiError(-1130, "Data sent for parameter 'workingType' is not valid."),
  );
}

function algoQuantity(parameters: Parameters, market: SymbolMarket, closePosition: boolean): Decimal | null {
  if (closePosition) return none(parameters, 'quantity');
  const quantity = positive(parameters, 'quantity');
  if (market.rules.sizes.stepsOf(quantity) === undefined) {
    throw new ApiError(-1111, 'Precision is over the maximum defined for this asset.');
  }
  return quantity;
}

function algoPrice(parameters: Parameters, market: SymbolMarket, type: AlgoType): Decimal | null {
  if (type !== 'STOP' && type !== 'TAKE_PROFIT') return none(parameters, 'price');
  const price = positive(parameters, 'price');
  ticks(market, price);
  return price;
}

function ticks(market: SymbolMarket, price: Decimal): number {
  const steps = market.rules.prices.stepsOf(price);
  if (steps === undefined) throw new ApiError(-4014, 'Price not increased by tick size.');
  return steps;
}

function blank(symbol: string, side: Side, clientId: string | undefined) {
  return {
    symbol,
    side,
    quoteOrderQty: null,
    stopPrice: null,
    clientOrderId: clientId ?? randomId(),
    strategyId: null,
    strategyType: null,
  };
}

function goodTill(parameters: Parameters, timeInForce: Terms['timeInForce'], wallMs: number): number {
  const date = parameters.integer('goodTillDate');
  if (timeInForce !== 'GTD') return 0;
  if (date === undefined) throw missing('goodTillDate');
  if (date < wallMs + GTD_AHEAD_MS || date > GTD_LATEST_MS) {
    throw new ApiError(-5040, 'Invalid goodTillDate.');
  }
  return date;
}

/** Accounts here are in one-way mode: a side of a hedge is refused. */
function checkPositionSide(parameters: Parameters): void {
  const side = parameters.optional('positionSide') ?? 'BOTH';
  if (side !== 'BOTH') throw new ApiError(-4061, "Order's position side does not match user's setting.");
}

function flag(parameters: Parameters, name: string): boolean {
  if (parameters.optional(name) === undefined) return false;
  const word = parameters.word(name, FLAGS, new ApiError(-1130, `Data sent for parameter '${name}' is not valid.`));
  return word.toLowerCase() === 'true';
}

function none(parameters: Parameters, name: string): null {
  if (parameters.optional(name) !== undefined) throw notRequired(name);
  return null;
}

function positive(parameters: Parameters, name: string): Decimal {
  const value = parameters.decimal(name);
  if (value === null) throw missing(name);
  if (value.units === 0n) {
    throw name === 'quantity'
      ? new ApiError(-4003, 'Quantity less than or equal to zero.')
      : new ApiError(-4001, 'Price less than 0.');
  }
  return value;
}
