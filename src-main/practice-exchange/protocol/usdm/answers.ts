import type { Execution, Fill } from '../../matching/exchange-events.ts';
import type { SymbolMarket } from '../../matching/exchange-state.ts';
import { type Amount, formatAmount } from '../../matching/grid.ts';
import { isLive, type VenueOrder } from '../../matching/venue-order.ts';
import type { AlgoOrder } from '../../usdm/algo-orders.ts';
import type { Position } from '../../usdm/futures-account.ts';
import type { UsdmVenue } from '../../usdm/usdm-venue.ts';

const ONE = 10n ** 16n;
const ZERO = '0.00000000';

const average = (cost: Amount, size: Amount): string => (size === 0n ? ZERO : formatAmount((cost * ONE) / size));

/** The wire's type and time in force: a post-only order is a LIMIT that is good till crossing. */
function words(usdm: UsdmVenue, order: Readonly<VenueOrder>) {
  const { timeInForce, algo, isLiquidation, goodTillMs } = usdm.termsOf(order.id);
  const plain = order.type === 'MARKET' ? 'MARKET' : 'LIMIT';
  const type = isLiquidation ? 'LIQUIDATION' : plain;
  return { timeInForce, type, origType: algo?.type ?? type, algo, goodTillMs };
}

/** One order as every answer of this product shows it. */
export function orderAnswer(usdm: UsdmVenue, order: Readonly<VenueOrder>) {
  const { prices, sizes } = usdm.engine.state.market(order.symbol).rules;
  const { timeInForce, type, origType, algo, goodTillMs } = words(usdm, order);
  return {
    orderId: order.id,
    symbol: order.symbol,
    status: order.status,
    clientOrderId: order.clientOrderId,
    price: prices.format(order.priceTicks),
    avgPrice: average(order.filledQuote, sizes.amountOf(order.filledLots)),
    origQty: sizes.format(order.lots),
    executedQty: sizes.format(order.filledLots),
    cumQty: sizes.format(order.filledLots),
    cumQuote: formatAmount(order.filledQuote),
    timeInForce,
    type,
    reduceOnly: order.reduceOnly,
    closePosition: algo?.closePosition ?? false,
    side: order.side,
    positionSide: 'BOTH',
    stopPrice: ZERO,
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    origType,
    priceMatch: 'NONE',
    selfTradePreventionMode: 'NONE',
    goodTillDate: goodTillMs,
    time: order.createdMs,
    updateTime: order.updatedMs,
  };
}

/** The answer to a create that asked for an acknowledgement: as the order was before it matched. */
export const acknowledged = (usdm: UsdmVenue, order: Readonly<VenueOrder>) =>
  orderAnswer(usdm, { ...order, status: 'NEW', filledLots: 0, filledQuote: 0n });

export function tradeAnswer(usdm: UsdmVenue, order: Readonly<VenueOrder>, fill: Fill) {
  const { rules } = usdm.engine.state.market(order.symbol);
  return {
    symbol: order.symbol,
    id: fill.tradeId,
    orderId: order.id,
    side: order.side,
    price: rules.prices.format(fill.ticks),
    qty: rules.sizes.format(fill.lots),
    realizedPnl: formatAmount(realizedOf(usdm, order, fill)),
    quoteQty: formatAmount(fill.quote),
    commission: formatAmount(fill.commission),
    commissionAsset: fill.commissionAsset,
    time: fill.atMs,
    positionSide: 'BOTH',
    buyer: order.side === 'BUY',
    maker: fill.isMaker,
  };
}

function realizedOf(usdm: UsdmVenue, order: Readonly<VenueOrder>, fill: Fill): Amount {
  const { incomes } = usdm.clearing.of(order.account);
  const found = incomes.findLast(
    (income) =>
      income.tradeId === fill.tradeId && income.symbol === order.symbol && income.incomeType === 'REALIZED_PNL',
  );
  return found?.amount ?? 0n;
}

export function algoAnswer(usdm: UsdmVenue, algo: Readonly<AlgoOrder>) {
  const market = usdm.engine.state.market(algo.symbol);
  const { prices } = market.rules;
  const actual = algo.actualOrderId === null ? undefined : usdm.engine.state.orders.get(algo.actualOrderId);
  return {
    algoId: algo.id,
    clientAlgoId: algo.clientAlgoId,
    algoType: 'CONDITIONAL',
    orderType: algo.type,
    symbol: algo.symbol,
    side: algo.side,
    positionSide: 'BOTH',
    timeInForce: algo.closePosition ? 'GTE_GTC' : algo.timeInForce,
    quantity: quantityText(market, algo),
    algoStatus: algo.status,
    actualOrderId: actual === undefined ? '' : String(actual.id),
    actualPrice: actual === undefined ? ZERO : orderAnswer(usdm, actual).avgPrice,
    actualQty: actual === undefined ? ZERO : market.rules.sizes.format(actual.filledLots),
    triggerPrice: prices.format(algo.triggerTicks),
    price: algo.price === null ? ZERO : prices.format(prices.stepsOf(algo.price) ?? 0),
    icebergQuantity: null,
    selfTradePreventionMode: 'NONE',
    workingType: algo.workingType,
    priceMatch: 'NONE',
    closePosition: algo.closePosition,
    priceProtect: false,
    reduceOnly: algo.reduceOnly,
    activatePrice: algo.activateTicks === null ? '' : prices.format(algo.activateTicks),
    callbackRate: algo.callbackBps === 0 ? '' : String(algo.callbackBps / 100),
    createTime: algo.createdMs,
    updateTime: algo.updatedMs,
    triggerTime: algo.triggeredMs,
    goodTillDate: 0,
  };
}

function quantityText(market: SymbolMarket, { quantity }: Readonly<AlgoOrder>): string {
  return market.rules.sizes.format(quantity === null ? 0 : (market.rules.sizes.stepsOf(quantity) ?? 0));
}

/** The private event of an ordinary order. */
export function orderTradeUpdate(usdm: UsdmVenue, { type, order, fill, at }: Execution) {
  const { prices, sizes } = usdm.engine.state.market(order.symbol).rules;
  const { timeInForce, type: orderType, origType, algo, goodTillMs } = words(usdm, order);
  return {
    e: 'ORDER_TRADE_UPDATE',
    E: at.marketMs,
    T: at.marketMs,
    o: {
      s: order.symbol,
      c: order.clientOrderId,
      S: order.side,
      o: orderType,
      f: timeInForce,
      q: sizes.format(order.lots),
      p: prices.format(order.priceTicks),
      ap: average(order.filledQuote, sizes.amountOf(order.filledLots)),
      sp: ZERO,
      x: orderType === 'LIQUIDATION' && type === 'TRADE' ? 'CALCULATED' : type,
      X: order.status,
      i: order.id,
      z: sizes.format(order.filledLots),
      ...(fill === null ? NO_FILL : lastFill(usdm, order, fill)),
      T: at.marketMs,
      b: '0',
      a: '0',
      R: order.reduceOnly,
      wt: 'CONTRACT_PRICE',
      ot: origType,
      ps: 'BOTH',
      cp: algo?.closePosition ?? false,
      pP: false,
      si: 0,
      ss: 0,
      V: 'NONE',
      pm: 'NONE',
      gtd: goodTillMs,
      ...(order.expiryReason === null || isLive(order) ? {} : { er: order.expiryReason }),
    },
  };
}

const NO_FILL = { l: ZERO, L: ZERO, t: 0, m: false, rp: '0' };

function lastFill(usdm: UsdmVenue, order: Readonly<VenueOrder>, fill: Fill) {
  const { prices, sizes } = usdm.engine.state.market(order.symbol).rules;
  return {
    l: sizes.format(fill.lots),
    L: prices.format(fill.ticks),
    n: formatAmount(fill.commission),
    N: fill.commissionAsset,
    t: fill.tradeId,
    m: fill.isMaker,
    rp: formatAmount(realizedOf(usdm, order, fill)),
  };
}

/** The private event of a conditional order. */
export function algoUpdate(usdm: UsdmVenue, algo: Readonly<AlgoOrder>, marketMs: number) {
  const row = algoAnswer(usdm, algo);
  return {
    e: 'ALGO_UPDATE',
    T: marketMs,
    E: marketMs,
    o: {
      caid: row.clientAlgoId,
      aid: row.algoId,
      at: row.algoType,
      o: row.orderType,
      s: row.symbol,
      S: row.side,
      ps: row.positionSide,
      f: row.timeInForce,
      q: row.quantity,
      X: row.algoStatus,
      ai: row.actualOrderId,
      ap: row.actualPrice,
      aq: row.actualQty,
      act: algo.actualOrderId === null ? '0' : algo.price === null ? 'MARKET' : 'LIMIT',
      tp: row.triggerPrice,
      p: row.price,
      V: 'NONE',
      wt: row.workingType,
      pm: 'NONE',
      cp: row.closePosition,
      pP: false,
      R: row.reduceOnly,
      tt: row.triggerTime,
      gtd: 0,
      rm: algo.failure,
    },
  };
}

/** A position as ACCOUNT_UPDATE tells it. */
export const positionUpdate = (market: SymbolMarket, position: Position, unrealized: Amount) => ({
  s: position.symbol,
  pa: signedSize(market, position.lots),
  ep: entryPrice(market, position),
  bep: entryPrice(market, position),
  cr: formatAmount(position.realized),
  up: formatAmount(unrealized),
  mt: 'cross',
  iw: '0',
  ps: 'BOTH',
});

export const signedSize = (market: SymbolMarket, lots: number): string =>
  `${lots < 0 ? '-' : ''}${market.rules.sizes.format(Math.abs(lots))}`;

export const entryPrice = (market: SymbolMarket, position: Position): string =>
  average(position.cost, market.rules.sizes.amountOf(Math.abs(position.lots)));
