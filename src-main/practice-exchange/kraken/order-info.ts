import type { Fill } from '../matching/exchange-events.ts';
import { formatAmount } from '../matching/grid.ts';
import type { Refusal } from '../matching/refusal.ts';
import type { SymbolRules } from '../matching/symbol-rules.ts';
import { hasTrigger, isLive } from '../matching/venue-order.ts';
import { KrakenError } from './kraken-error.ts';
import { priceText, sizeText } from './digits.ts';
import type { Pair } from './pairs.ts';
import { type CloseOrder, type KrakenOrder, type KrakenTerms, tradeTxid, txidOf } from './terms.ts';

const SPOKEN: Readonly<Record<string, string>> = {
  'stop-loss': 'stop loss',
  'stop-loss-limit': 'stop loss',
  'take-profit': 'take profit',
  'take-profit-limit': 'take profit',
  'trailing-stop': 'trailing stop',
};

/** What the venue says about an order in one line, such as `buy 1.000 XBTUSDT @ limit 99.50`. */
export function describe({ key, market: { rules } }: Pair, order: KrakenOrder) {
  const { terms } = order;
  const price = order.stopTicks > 0 ? order.stopTicks : order.priceTicks;
  const first = price === 0 ? '0' : priceText(rules, price);
  const second = order.stopTicks > 0 && order.priceTicks > 0 ? priceText(rules, order.priceTicks) : '0';
  const spoken = SPOKEN[terms.type];
  const words =
    spoken === undefined
      ? `${terms.type}${first === '0' ? '' : ` ${first}`}`
      : `${spoken} ${first}${second === '0' ? '' : ` -> limit ${second}`}`;
  const side = order.side.toLowerCase();
  return {
    pair: key,
    aclass: 'forex',
    type: side,
    ordertype: terms.type,
    price: first,
    price2: second,
    leverage: terms.leverage === null ? 'none' : `${terms.leverage}:1`,
    order: `${side} ${sizeText(rules, order.lots)} ${key} @ ${words}${terms.leverage === null ? '' : ` with ${terms.leverage}:1 leverage`}`,
    close: terms.close === null ? '' : closeText(terms.close),
  };
}

export const closeText = ({ type, price, price2 }: CloseOrder): string =>
  `close position @ ${SPOKEN[type] ?? type} ${price}${price2 === null ? '' : ` -> limit ${price2}`}`;

/** `closed` is filled; what ended otherwise is canceled or expired. */
export function statusOf(order: KrakenOrder): 'open' | 'closed' | 'canceled' | 'expired' {
  if (isLive(order)) return 'open';
  if (order.status === 'FILLED') return 'closed';
  return order.status === 'EXPIRED' && order.expiryReason === null ? 'expired' : 'canceled';
}

export function endReason(order: KrakenOrder): string | null {
  if (isLive(order) || order.status === 'FILLED') return null;
  if (order.status === 'CANCELED') return 'User requested';
  const reasons: Readonly<Record<string, string>> = {
    REJECTED: order.reduceOnly ? 'Reduce only:No position exists' : 'Insufficient funds',
    REDUCE_ONLY: 'Reduce only:Position is closed',
    INSUFFICIENT_LIQUIDITY: 'Insufficient liquidity',
    UNFILLED_IOC_QUANTITY_EXPIRED: 'IOC order remainder',
    UNFILLED_FOK_ORDER_EXPIRED: 'FOK order not filled',
  };
  return reasons[order.expiryReason ?? ''] ?? 'Order expired';
}

/** An order as OpenOrders, ClosedOrders and QueryOrders list it. */
export function orderInfo(pair: Pair, order: KrakenOrder, fills: readonly Fill[], withTrades: boolean) {
  const { rules } = pair.market;
  const { terms } = order;
  const ended = !isLive(order);
  const reason = endReason(order);
  const triggered = hasTrigger(order.type);
  return {
    refid: terms.primary,
    userref: terms.userref,
    ...(terms.clientOrderId === null ? {} : { cl_ord_id: terms.clientOrderId }),
    status: statusOf(order),
    ...(ended ? { reason, closetm: order.updatedMs / 1000 } : {}),
    opentm: order.createdMs / 1000,
    starttm: 0,
    expiretm: (terms.expiresMs ?? 0) / 1000,
    descr: describe(pair, order),
    vol: sizeText(rules, order.lots),
    vol_exec: sizeText(rules, order.filledLots),
    cost: formatAmount(order.filledQuote),
    fee: formatAmount(feesInQuote(fills, rules)),
    price: averagePrice(pair, order),
    stopprice: triggered ? priceText(rules, order.stopTicks) : '0',
    limitprice: triggered && order.priceTicks > 0 ? priceText(rules, order.priceTicks) : '0',
    ...(triggered ? { trigger: 'last' } : {}),
    misc: triggered && order.isWorking ? 'stopped' : '',
    ...(order.reduceOnly ? { reduce_only: true } : {}),
    oflags: flagsText(terms, order.type === 'LIMIT_MAKER'),
    ...(withTrades ? { trades: fills.map((fill) => tradeTxid(pair.market.phase, fill.tradeId, order.id)) } : {}),
  };
}

const flagsText = ({ feeIn }: KrakenTerms, isPost: boolean): string =>
  `${feeIn === 'quote' ? 'fciq' : 'fcib'}${isPost ? ',post' : ''}`;

export function averagePrice({ market: { rules } }: Pair, { filledQuote, filledLots }: KrakenOrder): string {
  if (filledLots === 0) return '0';
  return formatAmount((filledQuote * 10n ** 16n) / rules.sizes.amountOf(filledLots));
}

/** The venue states fees in quote whatever they were taken in. */
export const feesInQuote = (fills: readonly Fill[], rules: SymbolRules): bigint =>
  fills.reduce((sum, fill) => sum + feeInQuote(fill, rules), 0n);

export function feeInQuote({ commission, commissionAsset, quote, lots }: Fill, rules: SymbolRules): bigint {
  return commissionAsset === rules.base ? (commission * quote) / rules.sizes.amountOf(lots) : commission;
}

/** A trade as TradesHistory lists it. */
export function tradeInfo(pair: Pair, order: KrakenOrder, fill: Fill) {
  const { rules } = pair.market;
  return {
    ordertxid: txidOf(order),
    postxid: 'TKH2SE-M7IF5-CFI7LT',
    pair: pair.key,
    aclass: 'forex',
    time: fill.atMs / 1000,
    type: order.side.toLowerCase(),
    ordertype: order.terms.type,
    price: priceText(rules, fill.ticks),
    cost: formatAmount(fill.quote),
    fee: formatAmount(feeInQuote(fill, rules)),
    vol: sizeText(rules, fill.lots),
    margin: formatAmount(order.terms.leverage === null ? 0n : fill.quote / BigInt(order.terms.leverage)),
    leverage: String(order.terms.leverage ?? 0),
    misc: '',
    trade_id: fill.tradeId,
    maker: fill.isMaker,
  };
}

/** The matching engine speaks Binance's codes; Kraken says the same in texts. */
export function krakenError(refusal: Refusal): KrakenError {
  const filter = /^Filter failure: (\w+)/.exec(refusal.msg)?.[1];
  if (filter !== undefined) return new KrakenError(FILTER_TEXTS[filter] ?? 'EGeneral:Invalid arguments:volume');
  if (refusal.msg.startsWith('EOrder:')) return new KrakenError(refusal.msg);
  if (refusal.reason === 'INSUFFICIENT_BALANCES') return new KrakenError('EOrder:Insufficient funds');
  if (refusal.reason === 'WOULD_MATCH_IMMEDIATELY') return new KrakenError('EOrder:Post only order');
  if (refusal.reason === 'STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY') return new KrakenError('EOrder:Invalid price');
  if (refusal.msg.startsWith('Market is closed')) return new KrakenError('EService:Market in cancel_only mode');
  if (refusal.msg.startsWith('Duplicate')) return new KrakenError('EGeneral:Invalid arguments:cl_ord_id');
  if (refusal.msg.startsWith('Unknown order')) return new KrakenError('EOrder:Unknown order');
  return new KrakenError('EGeneral:Invalid arguments');
}

const FILTER_TEXTS: Readonly<Record<string, string>> = {
  PRICE_FILTER: 'EOrder:Tick size check failed',
  PERCENT_PRICE: 'EOrder:Invalid price',
  PERCENT_PRICE_BY_SIDE: 'EOrder:Invalid price',
  LOT_SIZE: 'EOrder:Order minimum not met',
  NOTIONAL: 'EOrder:Cost minimum not met',
  MIN_NOTIONAL: 'EOrder:Cost minimum not met',
};
