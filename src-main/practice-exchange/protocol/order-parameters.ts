import { randomBytes } from 'node:crypto';
import type { Decimal } from '../../engine/domain/decimal.ts';
import type { ListRequest, OrderRequest } from '../matching/order-request.ts';
import { ICEBERG_UNSUPPORTED, TRAILING_UNSUPPORTED } from '../matching/refusal.ts';
import {
  hasTrigger,
  ORDER_TYPES,
  type OrderType,
  type Side,
  SIDES,
  type TimeInForce,
  TIMES_IN_FORCE,
} from '../matching/venue-order.ts';
import { ApiError, fromRefusal, missing, notRequired } from './api-error.ts';
import type { Parameters } from './parameters.ts';

const BAD_SIDE = new ApiError(-1117, 'Invalid side.');
const BAD_TYPE = new ApiError(-1116, 'Invalid orderType.');
const BAD_TIME = new ApiError(-1115, 'Invalid timeInForce.');
const BAD_SYMBOL = new ApiError(-1121, 'Invalid symbol.');

/** An id the venue makes when the client sent none: 22 letters and digits. */
export const randomId = (): string => randomBytes(24).toString('base64').replaceAll(/[+/=]/g, 'x').slice(0, 22);

export function readSymbol(parameters: Parameters, known: ReadonlyMap<string, unknown>): string {
  const symbol = parameters.text('symbol');
  if (!known.has(symbol)) throw BAD_SYMBOL;
  return symbol;
}

/** Reads a plain order. Throws the venue's parameter errors. */
export function readOrder(parameters: Parameters, known: ReadonlyMap<string, unknown>): OrderRequest {
  const symbol = readSymbol(parameters, known);
  const side = parameters.word('side', SIDES, BAD_SIDE);
  return readLeg(parameters, { symbol, side, prefix: '', sizeName: 'quantity' });
}

export function readOco(parameters: Parameters, known: ReadonlyMap<string, unknown>): ListRequest {
  const symbol = readSymbol(parameters, known);
  const side = parameters.word('side', SIDES, BAD_SIDE);
  const legs = ['above', 'below'].map((prefix) => readLeg(parameters, { symbol, side, prefix, sizeName: 'quantity' }));
  checkPair(side, legs);
  return { ...listOf(parameters, symbol), contingency: 'OCO', working: null, legs, sizedByWorking: false };
}

/** OTO and OTOCO, and with `sizedByWorking` OPO and OPOCO, whose legs have no quantity of their own. */
export function readTriggering(
  parameters: Parameters,
  known: ReadonlyMap<string, unknown>,
  form: { readonly isPair: boolean; readonly sizedByWorking: boolean },
): ListRequest {
  const symbol = readSymbol(parameters, known);
  const workingSide = parameters.word('workingSide', SIDES, BAD_SIDE);
  const side = parameters.word('pendingSide', SIDES, BAD_SIDE);
  const working = readLeg(parameters, { symbol, side: workingSide, prefix: 'working', sizeName: 'workingQuantity' });
  if (working.type !== 'LIMIT' && working.type !== 'LIMIT_MAKER') throw BAD_TYPE;
  if (form.sizedByWorking) checkPays(workingSide, side);
  const sizeName = form.sizedByWorking ? null : 'pendingQuantity';
  const prefixes = form.isPair ? ['pendingAbove', 'pendingBelow'] : ['pending'];
  const legs = prefixes.map((prefix) => readLeg(parameters, { symbol, side, prefix, sizeName }));
  if (form.isPair) checkPair(side, legs);
  return { ...listOf(parameters, symbol), contingency: 'OTO', working, legs, sizedByWorking: form.sizedByWorking };
}

function checkPays(workingSide: Side, pendingSide: Side): void {
  if (workingSide !== 'BUY') throw new ApiError(-1222, 'Working order in an OPO list must be a bid.');
  if (pendingSide !== 'SELL') throw new ApiError(-1223, 'Pending orders in an OPO list must be asks.');
}

const listOf = (parameters: Parameters, symbol: string) => ({
  symbol,
  listClientOrderId: parameters.clientId('listClientOrderId') ?? randomId(),
});

type LegForm = {
  readonly symbol: string;
  readonly side: Side;
  /** `working`, `pendingAbove` ...; empty for a plain order. */
  readonly prefix: string;
  /** Null when the leg's size is not sent. */
  readonly sizeName: string | null;
};

function readLeg(parameters: Parameters, { symbol, side, prefix, sizeName }: LegForm): OrderRequest {
  const name = (plain: string): string =>
    prefix === '' ? plain : `${prefix}${plain.charAt(0).toUpperCase()}${plain.slice(1)}`;
  const type = parameters.word(name('type'), ORDER_TYPES, BAD_TYPE);
  refuseUnsupported(parameters, name);
  const quoteOrderQty = prefix === '' && type === 'MARKET' ? parameters.decimal('quoteOrderQty') : null;
  const id = parameters.clientId(prefix === '' ? 'newClientOrderId' : name('clientOrderId'));
  return {
    symbol,
    side,
    type,
    timeInForce: readTimeInForce(parameters, type, name('timeInForce')),
    quantity: quoteOrderQty === null && sizeName !== null ? positive(parameters, sizeName, 'quantity') : null,
    quoteOrderQty,
    price: readPrice(parameters, type, name('price')),
    stopPrice: readStopPrice(parameters, type, name('stopPrice')),
    clientOrderId: id ?? randomId(),
    strategyId: parameters.integer(name('strategyId')) ?? null,
    strategyType: parameters.integer(name('strategyType')) ?? null,
  };
}

function refuseUnsupported(parameters: Parameters, name: (plain: string) => string): void {
  if (parameters.integer(name('trailingDelta')) !== undefined) throw fromRefusal(TRAILING_UNSUPPORTED);
  const iceberg = parameters.decimal(name('icebergQty'));
  if (iceberg !== null && iceberg.units > 0n) throw fromRefusal(ICEBERG_UNSUPPORTED);
}

function readTimeInForce(parameters: Parameters, type: OrderType, name: string): TimeInForce {
  const needs = type === 'LIMIT' || type.endsWith('_LIMIT');
  if (needs) return parameters.word(name, TIMES_IN_FORCE, BAD_TIME);
  if (parameters.optional(name) !== undefined && type !== 'LIMIT_MAKER') throw notRequired(name);
  return 'GTC';
}

function readPrice(parameters: Parameters, type: OrderType, name: string): Decimal | null {
  const needs = type.startsWith('LIMIT') || type.endsWith('_LIMIT');
  if (needs) return positive(parameters, name, 'price');
  if (parameters.optional(name) !== undefined) throw notRequired(name);
  return null;
}

function readStopPrice(parameters: Parameters, type: OrderType, name: string): Decimal | null {
  if (hasTrigger(type)) return positive(parameters, name, 'stopPrice');
  if (parameters.optional(name) !== undefined) throw notRequired(name);
  return null;
}

function positive(parameters: Parameters, name: string, what: string): Decimal {
  const value = parameters.decimal(name);
  if (value === null) throw missing(name);
  if (value.units === 0n) throw new ApiError(-1013, `Invalid ${what}.`);
  return value;
}

/** One leg waits above the market and one below; which types may stand where depends on the side. */
function checkPair(side: Side, [above, below]: readonly OrderRequest[]): void {
  if (above === undefined || below === undefined) return;
  for (const leg of [above, below]) {
    if (leg.type === 'LIMIT' || leg.type === 'MARKET') {
      throw new ApiError(-1158, 'Order type not supported in OCO.');
    }
  }
  if (!hasTrigger(above.type) && !hasTrigger(below.type)) {
    throw new ApiError(-1168, 'At least one OCO order must be contingent.');
  }
  const [stop, target] = side === 'SELL' ? [below, above] : [above, below];
  if (target.type.startsWith('STOP_LOSS')) {
    throw side === 'SELL'
      ? new ApiError(-1197, 'A stop loss order in a sell OCO must be below.')
      : new ApiError(-1196, 'A stop loss order in a buy OCO must be above.');
  }
  checkStopLeg(side, stop.type);
}

function checkStopLeg(side: Side, type: OrderType): void {
  if (type === 'LIMIT_MAKER') {
    throw side === 'SELL'
      ? new ApiError(-1166, 'A limit order in a sell OCO must be above.')
      : new ApiError(-1165, 'A limit order in a buy OCO must be below.');
  }
  if (type.startsWith('TAKE_PROFIT')) {
    throw side === 'SELL'
      ? new ApiError(-1199, 'A take profit order in a sell OCO must be above.')
      : new ApiError(-1198, 'A take profit order in a buy OCO must be below.');
  }
}
