import { randomUUID } from 'node:crypto';
import { type Decimal, parseDecimal } from '../../engine/domain/decimal.ts';
import type { OrderRequest } from '../matching/order-request.ts';
import type { OrderType, Side } from '../matching/venue-order.ts';
import type { Fields } from './fields.ts';
import { invalidArgument } from './kraken-error.ts';
import type { Pair } from './pairs.ts';
import {
  type CloseOrder,
  type KrakenOrder,
  type KrakenOrderType,
  type KrakenTerms,
  leveragesOf,
  ORDER_TYPES,
  type Trail,
} from './terms.ts';

const MATCHING_TYPES: Readonly<Record<KrakenOrderType, OrderType>> = {
  limit: 'LIMIT',
  market: 'MARKET',
  'stop-loss': 'STOP_LOSS',
  'stop-loss-limit': 'STOP_LOSS_LIMIT',
  'take-profit': 'TAKE_PROFIT',
  'take-profit-limit': 'TAKE_PROFIT_LIMIT',
  'trailing-stop': 'STOP_LOSS',
};
/** cl_ord_id: a UUID with or without its dashes, or up to 18 characters of free text. */
const CLIENT_ID = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\x20-\x7e]{1,18})$/i;
const FLAGS = ['post', 'fcib', 'fciq', 'nompp', 'viqc'] as const;
type Flag = (typeof FLAGS)[number];

/** An order as AddOrder sends it. Throws `EGeneral:Invalid arguments` naming the field. */
export function readOrder(fields: Fields, pair: Pair, nowMs: number): OrderRequest {
  const type = word(fields, 'ordertype', ORDER_TYPES);
  const side = word(fields, 'type', ['buy', 'sell'] as const) === 'buy' ? 'BUY' : 'SELL';
  const flags = readFlags(fields);
  if (flags.has('post') && type !== 'limit') throw invalidArgument('oflags');
  const terms = readTerms(fields, pair, type, flags, nowMs);
  const volume = positive(fields, 'volume');
  const inQuote = flags.has('viqc');
  if (inQuote && type !== 'market') throw invalidArgument('oflags');
  return {
    ...pricesOf(
      pair,
      { side, type, trail: terms.trail },
      fields.optional('price') ?? null,
      fields.optional('price2') ?? null,
    ),
    symbol: pair.market.rules.symbol,
    side,
    type: flags.has('post') ? 'LIMIT_MAKER' : MATCHING_TYPES[type],
    timeInForce: terms.timeInForce === 'GTD' ? 'GTC' : terms.timeInForce,
    quantity: inQuote ? null : volume,
    quoteOrderQty: inQuote ? volume : null,
    clientOrderId: terms.clientOrderId ?? randomUUID(),
    strategyId: null,
    strategyType: null,
    terms,
    reduceOnly: fields.flag('reduce_only'),
  };
}

/** `2` or `2:1`; null for a spot order. Throws when the pair does not offer it. */
function readLeverage(fields: Fields, { market }: Pair): number | null {
  const text = fields.optional('leverage') ?? 'none';
  if (text === 'none') return null;
  const leverage = leveragesOf(market).find((offered) => text === `${offered}` || text === `${offered}:1`);
  if (leverage === undefined) throw invalidArgument('leverage');
  return leverage;
}

/** The order as it shall be: what AmendOrder does not name stays. */
export function readAmendment(fields: Fields, { market }: Pair, order: KrakenOrder): OrderRequest {
  const changed = (name: string, ticks: number): Decimal | null => {
    const text = fields.optional(name);
    if (text === undefined) return ticks === 0 ? null : market.priceOf(ticks);
    if (ticks === 0) throw invalidArgument(name);
    return readPrice(text, name);
  };
  return {
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    quantity:
      fields.optional('order_qty') === undefined ? market.quantityOf(order.lots) : positive(fields, 'order_qty'),
    quoteOrderQty: null,
    price: changed('limit_price', order.priceTicks),
    stopPrice: changed('trigger_price', order.stopTicks),
    clientOrderId: order.clientOrderId,
    strategyId: null,
    strategyType: null,
    terms: order.terms,
    reduceOnly: order.reduceOnly,
  };
}

/** The order that a conditional close makes of `quantity` that its primary order traded. */
export function closeRequest(
  pair: Pair,
  primary: { readonly side: Side; readonly txid: string; readonly terms: KrakenTerms },
  close: CloseOrder,
  quantity: Decimal,
): OrderRequest {
  const side = primary.side === 'BUY' ? 'SELL' : 'BUY';
  const trail = close.type === 'trailing-stop' ? readTrail(close.price, pair) : null;
  const terms: KrakenTerms = {
    ...primary.terms,
    type: close.type,
    clientOrderId: null,
    timeInForce: 'GTC',
    expiresMs: null,
    close: null,
    trail,
    primary: primary.txid,
  };
  return {
    ...pricesOf(pair, { side, type: close.type, trail }, close.price, close.price2),
    symbol: pair.market.rules.symbol,
    side,
    type: MATCHING_TYPES[close.type],
    timeInForce: 'GTC',
    quantity,
    quoteOrderQty: null,
    clientOrderId: randomUUID(),
    strategyId: null,
    strategyType: null,
    terms,
  };
}

function readTerms(
  fields: Fields,
  pair: Pair,
  type: KrakenOrderType,
  flags: ReadonlySet<Flag>,
  nowMs: number,
): KrakenTerms {
  if (flags.has('fcib') && flags.has('fciq')) throw invalidArgument('oflags');
  const leverage = readLeverage(fields, pair);
  // Positions are paid for in quote whatever is preferred.
  const isMargin = leverage !== null || fields.flag('reduce_only');
  const timeInForce = (fields.optional('timeinforce') ?? 'GTC').toUpperCase();
  if (!isTimeInForce(timeInForce)) throw invalidArgument('timeinforce');
  return {
    protocol: 'KRAKEN',
    type,
    clientOrderId: readClientId(fields),
    userref: fields.integer('userref') ?? null,
    feeIn: flags.has('fcib') && !isMargin ? 'base' : 'quote',
    leverage,
    timeInForce,
    expiresMs: timeInForce === 'GTD' ? expiry(fields, nowMs) : null,
    close: readClose(fields),
    trail: type === 'trailing-stop' ? readTrail(fields.text('price'), pair) : null,
    primary: null,
  };
}

function readClientId(fields: Fields): string | null {
  const id = fields.optional('cl_ord_id') ?? null;
  if (id !== null && !CLIENT_ID.test(id)) throw invalidArgument('cl_ord_id');
  return id;
}

const isTimeInForce = (text: string): text is KrakenTerms['timeInForce'] =>
  text === 'GTC' || text === 'IOC' || text === 'FOK' || text === 'GTD';

/** Seconds since the epoch, or `+seconds` from now. */
function expiry(fields: Fields, nowMs: number): number {
  const text = fields.text('expiretm');
  if (!/^\+?\d{1,12}$/.test(text)) throw invalidArgument('expiretm');
  const ms = text.startsWith('+') ? nowMs + Number(text.slice(1)) * 1000 : Number(text) * 1000;
  if (ms <= nowMs) throw invalidArgument('expiretm');
  return ms;
}

function readClose(fields: Fields): CloseOrder | null {
  if (fields.optional('close[ordertype]') === undefined) return null;
  const type = word(fields, 'close[ordertype]', ORDER_TYPES);
  if (type === 'market') throw invalidArgument('close[ordertype]');
  const price2 = type.endsWith('-limit') ? fields.text('close[price2]') : null;
  return { type, price: fields.text('close[price]'), price2 };
}

/** `+5` or `+1.5%`: how far the trigger follows the best price. */
function readTrail(text: string, pair: Pair): Trail {
  const match = /^\+(\d{1,12}(?:\.\d{1,8})?)(%?)$/.exec(text);
  const distance = Number(match?.[1] ?? 0);
  if (match === null || distance <= 0) throw invalidArgument('price');
  if (match[2] === '%') return { unit: 'millionths', distance: Math.round(distance * 10_000) };
  return { unit: 'ticks', distance: ticksOf(pair, match[1] ?? '', 'price') };
}

type Prices = Pick<OrderRequest, 'price' | 'stopPrice'>;

type Priced = { readonly side: Side; readonly type: KrakenOrderType; readonly trail: Trail | null };

/** `first` is the limit or the trigger price, `second` the limit of a triggered limit order. */
function pricesOf(pair: Pair, { side, type, trail }: Priced, first: string | null, second: string | null): Prices {
  if (type === 'market') return { price: null, stopPrice: null };
  if (trail !== null) return { price: null, stopPrice: pair.market.priceOf(trailTicks(pair, side, trail)) };
  const price = readPrice(first, 'price');
  if (type === 'limit') return { price, stopPrice: null };
  return { price: type.endsWith('-limit') ? readPrice(second, 'price2') : null, stopPrice: price };
}

/** Where a trailing trigger stands for the last price. */
export function trailTicks(pair: Pair, side: Side, trail: Trail, last = pair.market.lastTicks ?? 0): number {
  const distance = trail.unit === 'ticks' ? trail.distance : Math.round((last * trail.distance) / 1_000_000);
  return side === 'SELL' ? Math.max(1, last - Math.max(1, distance)) : last + Math.max(1, distance);
}

/** Relative prices (`+`, `-`, `#`, `%`) are refused but for trailing stops. */
function readPrice(text: string | null, name: string): Decimal {
  const parsed = text === null ? null : parseDecimal(text);
  if (parsed === null || !parsed.ok || parsed.value.units <= 0n) throw invalidArgument(name);
  return parsed.value;
}

function ticksOf(pair: Pair, text: string, name: string): number {
  const ticks = pair.market.rules.prices.stepsOf(readPrice(text, name));
  if (ticks === undefined) throw invalidArgument(name);
  return ticks;
}

function positive(fields: Fields, name: string): Decimal {
  const parsed = parseDecimal(fields.text(name));
  if (!parsed.ok || parsed.value.units <= 0n) throw invalidArgument(name);
  return parsed.value;
}

function readFlags(fields: Fields): ReadonlySet<Flag> {
  const words = fields.optional('oflags')?.split(',') ?? [];
  return new Set(
    words.map((text) => {
      const flag = FLAGS.find((one) => one === text.trim());
      if (flag === undefined) throw invalidArgument('oflags');
      return flag;
    }),
  );
}

function word<T extends string>(fields: Fields, name: string, allowed: readonly T[]): T {
  const text = fields.text(name);
  const found = allowed.find((one) => one === text);
  if (found === undefined) throw invalidArgument(name);
  return found;
}
