import type { Fill } from '../../matching/exchange-events.ts';
import type { SymbolMarket } from '../../matching/exchange-state.ts';
import { formatAmount } from '../../matching/grid.ts';
import { NO_SUCH_ORDER } from '../../matching/refusal.ts';
import { isLive, type VenueOrder } from '../../matching/venue-order.ts';
import { BRACKETS, capAtLeverage, HIGHEST_LEVERAGE, maintenanceOf } from '../../usdm/brackets.ts';
import { MARGIN_ASSET, type Position } from '../../usdm/futures-account.ts';
import { liquidationPrice } from '../../usdm/liquidation.ts';
import {
  doubleMarkTicks,
  initialMargin,
  magnitude,
  marginFigures,
  markNotional,
  unrealizedOf,
} from '../../usdm/margin-figures.ts';
import { ApiError, fromRefusal } from '../api-error.ts';
import { readSymbol } from '../order-parameters.ts';
import type { Parameters } from '../parameters.ts';
import { keyRoute, type RouteContext, type Routes, signedRoute } from '../route.ts';
import { entryPrice, orderAnswer, signedSize, tradeAnswer } from './answers.ts';
import { type UsdmContext, usdmOf } from './context.ts';
import { findUsdmOrder, openOf } from './trading-routes.ts';

const WEEK_MS = 7 * 86_400_000;

/** Queries, settings and listen keys of one USD-M account. */
export const USDM_ACCOUNT_ROUTES: Routes = {
  'GET /fapi/v1/order': signedRoute(1, order),
  'GET /fapi/v1/openOrder': signedRoute(1, openOrder),
  'GET /fapi/v1/openOrders': signedRoute(
    (parameters) => (parameters.optional('symbol') === undefined ? 40 : 1),
    (c) => {
      const trading = usdmOf(c);
      return openOf(trading, c.parameters).map((found) => orderAnswer(trading.usdm, found));
    },
  ),
  'GET /fapi/v1/allOrders': signedRoute(5, allOrders),
  'GET /fapi/v1/userTrades': signedRoute(5, userTrades),
  'GET /fapi/v1/income': signedRoute(30, income),
  'GET /fapi/v2/account': signedRoute(5, (context) => ({ ...account(context), canTrade: true, feeTier: 0 })),
  'GET /fapi/v3/account': signedRoute(5, account),
  'GET /fapi/v2/balance': signedRoute(5, balance),
  'GET /fapi/v3/balance': signedRoute(5, balance),
  'GET /fapi/v2/positionRisk': signedRoute(5, olderPositions),
  'GET /fapi/v3/positionRisk': signedRoute(5, positions),
  'GET /fapi/v1/accountConfig': signedRoute(5, accountConfig),
  'GET /fapi/v1/symbolConfig': signedRoute(5, symbolConfig),
  'GET /fapi/v1/commissionRate': signedRoute(20, commissionRate),
  'GET /fapi/v1/leverageBracket': signedRoute(1, leverageBracket),
  'POST /fapi/v1/leverage': signedRoute(1, setLeverage),
  'POST /fapi/v1/marginType': signedRoute(1, setMarginType),
  'GET /fapi/v1/positionSide/dual': signedRoute(30, (context) => ({ ...only(context), dualSidePosition: false })),
  'POST /fapi/v1/positionSide/dual': signedRoute(1, setPositionMode),
  'GET /fapi/v1/multiAssetsMargin': signedRoute(30, (context) => ({ ...only(context), multiAssetsMargin: false })),
  'POST /fapi/v1/listenKey': keyRoute(1, (context) => {
    const { usdm, name } = usdmOf(context);
    return { listenKey: usdm.listenKeys.issue(name) };
  }),
  'PUT /fapi/v1/listenKey': keyRoute(1, (context) => {
    const { usdm, name } = usdmOf(context);
    if (!usdm.listenKeys.extend(name)) throw new ApiError(-1125, 'This listenKey does not exist.');
    return { listenKey: usdm.listenKeys.issue(name) };
  }),
  'DELETE /fapi/v1/listenKey': keyRoute(1, (context) => {
    const { usdm, name } = usdmOf(context);
    usdm.listenKeys.end(name);
    return {};
  }),
};

function order(context: RouteContext) {
  const trading = usdmOf(context);
  const found = findUsdmOrder(trading, context.parameters);
  if (found === undefined) throw fromRefusal(NO_SUCH_ORDER);
  return orderAnswer(trading.usdm, found);
}

function openOrder(context: RouteContext) {
  const trading = usdmOf(context);
  const found = findUsdmOrder(trading, context.parameters);
  if (found === undefined || !isLive(found)) throw fromRefusal(NO_SUCH_ORDER);
  return orderAnswer(trading.usdm, found);
}

const ordersOf = ({ usdm, name }: UsdmContext, symbol: string): VenueOrder[] =>
  [...usdm.engine.state.orders.values()].filter((found) => found.account === name && found.symbol === symbol);

/** Times are market time, as on the orders; a window of at most a week, as at the venue. */
function timeFilter(parameters: Parameters): (atMs: number) => boolean {
  const startMs = parameters.integer('startTime') ?? 0;
  const endMs = parameters.integer('endTime') ?? Infinity;
  if (startMs > 0 && endMs !== Infinity && endMs - startMs > WEEK_MS) {
    throw new ApiError(-4165, 'Invalid time interval.');
  }
  return (atMs) => atMs >= startMs && atMs <= endMs;
}

function page<T>(rows: readonly T[], parameters: Parameters, isFromId: boolean): T[] {
  const limit = parameters.limit(500, 1000);
  return isFromId || parameters.optional('startTime') !== undefined ? rows.slice(0, limit) : rows.slice(-limit);
}

function allOrders(context: RouteContext) {
  const trading = usdmOf(context);
  const { parameters } = context;
  const fromId = parameters.integer('orderId');
  const isWanted = timeFilter(parameters);
  const found = ordersOf(trading, readSymbol(parameters, trading.usdm.engine.state.markets)).filter(
    (one) => (fromId === undefined || one.id >= fromId) && isWanted(one.createdMs),
  );
  return page(found, parameters, fromId !== undefined).map((one) => orderAnswer(trading.usdm, one));
}

function userTrades(context: RouteContext) {
  const trading = usdmOf(context);
  const { parameters } = context;
  const { state } = trading.usdm.engine;
  const orderId = parameters.integer('orderId');
  const fromId = parameters.integer('fromId');
  const isWanted = timeFilter(parameters);
  const trades = ordersOf(trading, readSymbol(parameters, state.markets))
    .filter((one) => orderId === undefined || one.id === orderId)
    .flatMap((one) => (state.fills.get(one.id) ?? []).map((fill): [VenueOrder, Fill] => [one, fill]))
    .filter(([, fill]) => (fromId === undefined || fill.tradeId >= fromId) && isWanted(fill.atMs))
    .sort(([, a], [, b]) => a.tradeId - b.tradeId);
  return page(trades, parameters, fromId !== undefined).map(([one, fill]) => tradeAnswer(trading.usdm, one, fill));
}

function income(context: RouteContext) {
  const { futures } = usdmOf(context);
  const { parameters } = context;
  const symbol = parameters.optional('symbol');
  const type = parameters.optional('incomeType');
  const isWanted = timeFilter(parameters);
  parameters.integer('page');
  const rows = futures.incomes.filter(
    (row) =>
      (symbol === undefined || row.symbol === symbol) &&
      (type === undefined || row.incomeType === type) &&
      isWanted(row.atMs),
  );
  return rows.slice(-parameters.limit(100, 1000)).map((row) => ({
    symbol: row.symbol,
    incomeType: row.incomeType,
    income: formatAmount(row.amount),
    asset: MARGIN_ASSET,
    info: row.tradeId === null ? row.incomeType : String(row.tradeId),
    time: row.atMs,
    tranId: row.tranId,
    tradeId: row.tradeId === null ? '' : String(row.tradeId),
  }));
}

function figuresOf({ usdm, futures }: UsdmContext) {
  const figures = marginFigures(usdm.engine.state, futures);
  return {
    initialMargin: formatAmount(figures.initial),
    maintMargin: formatAmount(figures.maintenance),
    walletBalance: formatAmount(figures.wallet),
    unrealizedProfit: formatAmount(figures.unrealized),
    marginBalance: formatAmount(figures.balance),
    positionInitialMargin: formatAmount(figures.positionInitial),
    openOrderInitialMargin: formatAmount(figures.initial - figures.positionInitial),
    crossWalletBalance: formatAmount(figures.wallet),
    crossUnPnl: formatAmount(figures.unrealized),
    availableBalance: formatAmount(figures.available),
    maxWithdrawAmount: formatAmount(figures.available),
  };
}

function account(context: RouteContext) {
  const trading = usdmOf(context);
  const figures = figuresOf(trading);
  return {
    totalInitialMargin: figures.initialMargin,
    totalMaintMargin: figures.maintMargin,
    totalWalletBalance: figures.walletBalance,
    totalUnrealizedProfit: figures.unrealizedProfit,
    totalMarginBalance: figures.marginBalance,
    totalPositionInitialMargin: figures.positionInitialMargin,
    totalOpenOrderInitialMargin: figures.openOrderInitialMargin,
    totalCrossWalletBalance: figures.crossWalletBalance,
    totalCrossUnPnl: figures.crossUnPnl,
    availableBalance: figures.availableBalance,
    maxWithdrawAmount: figures.maxWithdrawAmount,
    assets: [{ asset: MARGIN_ASSET, ...figures, updateTime: trading.usdm.clock.now().marketMs }],
    positions: heldOf(trading).map((market) => {
      const row = positionRow(trading, market);
      return {
        symbol: row.symbol,
        positionSide: row.positionSide,
        positionAmt: row.positionAmt,
        entryPrice: row.entryPrice,
        leverage: String(trading.futures.leverage(row.symbol)),
        isolated: false,
        unrealizedProfit: row.unRealizedProfit,
        isolatedMargin: '0',
        notional: row.notional,
        isolatedWallet: '0',
        initialMargin: row.initialMargin,
        maintMargin: row.maintMargin,
        updateTime: row.updateTime,
      };
    }),
  };
}

function balance(context: RouteContext) {
  const trading = usdmOf(context);
  const figures = figuresOf(trading);
  return [
    {
      accountAlias: 'practice',
      asset: MARGIN_ASSET,
      balance: figures.walletBalance,
      crossWalletBalance: figures.crossWalletBalance,
      crossUnPnl: figures.crossUnPnl,
      availableBalance: figures.availableBalance,
      maxWithdrawAmount: figures.maxWithdrawAmount,
      marginAvailable: true,
      updateTime: trading.usdm.clock.now().marketMs,
    },
  ];
}

/** Symbols on which the account has a position or open orders. */
const heldOf = ({ usdm, orders, futures }: UsdmContext): SymbolMarket[] =>
  [...usdm.engine.state.markets.values()].filter(
    ({ rules }) => futures.lotsOf(rules.symbol) !== 0 || orders.openOn(rules.symbol).orders.size > 0,
  );

function wanted(trading: UsdmContext, parameters: Parameters, isHeldOnly: boolean): SymbolMarket[] {
  const { markets } = trading.usdm.engine.state;
  const symbol = parameters.optional('symbol') === undefined ? undefined : readSymbol(parameters, markets);
  const all = isHeldOnly ? heldOf(trading) : [...markets.values()];
  return all.filter(({ rules }) => symbol === undefined || rules.symbol === symbol);
}

function positions(context: RouteContext) {
  const trading = usdmOf(context);
  return wanted(trading, context.parameters, true).map((market) => positionRow(trading, market));
}

function olderPositions(context: RouteContext) {
  const trading = usdmOf(context);
  return wanted(trading, context.parameters, false).map((market) => {
    const leverage = trading.futures.leverage(market.rules.symbol);
    return {
      ...positionRow(trading, market),
      leverage: String(leverage),
      maxNotionalValue: formatAmount(capAtLeverage(leverage)),
      marginType: 'cross',
      isAutoAddMargin: 'false',
    };
  });
}

function positionRow({ usdm, orders, futures }: UsdmContext, market: SymbolMarket) {
  const { state } = usdm.engine;
  const position: Position = futures.position(market.rules.symbol);
  const notional = markNotional(market, position.lots);
  const margin = initialMargin(market, orders, futures);
  const { prices } = market.rules;
  return {
    symbol: position.symbol,
    positionSide: 'BOTH',
    positionAmt: signedSize(market, position.lots),
    entryPrice: entryPrice(market, position),
    breakEvenPrice: entryPrice(market, position),
    markPrice: formatAmount(prices.amountOf(doubleMarkTicks(market)) / 2n),
    unRealizedProfit: formatAmount(unrealizedOf(market, position)),
    liquidationPrice: formatAmount(liquidationPrice(state, futures, market)),
    isolatedMargin: '0',
    notional: formatAmount(notional),
    marginAsset: MARGIN_ASSET,
    isolatedWallet: '0',
    initialMargin: formatAmount(margin.total),
    maintMargin: formatAmount(position.lots === 0 ? 0n : maintenanceOf(magnitude(notional))),
    positionInitialMargin: formatAmount(margin.position),
    openOrderInitialMargin: formatAmount(margin.total - margin.position),
    adl: 0,
    bidNotional: '0',
    askNotional: '0',
    updateTime: position.updatedMs,
  };
}

function accountConfig(context: RouteContext) {
  const { usdm } = usdmOf(context);
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: false,
    canWithdraw: false,
    dualSidePosition: false,
    updateTime: usdm.clock.now().marketMs,
    multiAssetsMargin: false,
    tradeGroupId: -1,
  };
}

function symbolConfig(context: RouteContext) {
  const trading = usdmOf(context);
  return wanted(trading, context.parameters, false).map(({ rules }) => {
    const leverage = trading.futures.leverage(rules.symbol);
    return {
      symbol: rules.symbol,
      marginType: 'CROSSED',
      isAutoAddMargin: 'false',
      leverage,
      maxNotionalValue: formatAmount(capAtLeverage(leverage)),
    };
  });
}

function commissionRate(context: RouteContext) {
  const { usdm, orders } = usdmOf(context);
  return {
    symbol: readSymbol(context.parameters, usdm.engine.state.markets),
    makerCommissionRate: formatAmount(orders.fees.maker),
    takerCommissionRate: formatAmount(orders.fees.taker),
  };
}

function leverageBracket(context: RouteContext) {
  const trading = usdmOf(context);
  return wanted(trading, context.parameters, false).map(({ rules }) => ({
    symbol: rules.symbol,
    brackets: BRACKETS.map((one) => ({
      bracket: one.bracket,
      initialLeverage: one.initialLeverage,
      notionalCap: Number(formatAmount(one.cap)),
      notionalFloor: Number(formatAmount(one.floor)),
      maintMarginRatio: Number(one.maintenanceBps) / 10_000,
      cum: Number(formatAmount(one.cum)),
    })),
  }));
}

function setLeverage(context: RouteContext) {
  const { usdm, name } = usdmOf(context);
  const symbol = readSymbol(context.parameters, usdm.engine.state.markets);
  const leverage = context.parameters.integer('leverage');
  context.parameters.checkAllRead();
  if (leverage === undefined || leverage < 1 || leverage > HIGHEST_LEVERAGE) {
    throw new ApiError(-4028, `Leverage ${leverage ?? ''} is not valid`);
  }
  usdm.setLeverage(name, symbol, leverage);
  return { leverage, maxNotionalValue: formatAmount(capAtLeverage(leverage)), symbol };
}

const MARGIN_TYPES = ['CROSSED', 'ISOLATED'] as const;

function setMarginType(context: RouteContext) {
  const { usdm } = usdmOf(context);
  readSymbol(context.parameters, usdm.engine.state.markets);
  const bad = new ApiError(-1130, "Data sent for parameter 'marginType' is not valid.");
  const type = context.parameters.word('marginType', MARGIN_TYPES, bad);
  context.parameters.checkAllRead();
  if (type === 'CROSSED') throw new ApiError(-4046, 'No need to change margin type.');
  throw new ApiError(-4051, 'Isolated margin is not offered by the practice exchange.');
}

function setPositionMode(context: RouteContext) {
  usdmOf(context);
  const mode = context.parameters.text('dualSidePosition').toLowerCase();
  context.parameters.checkAllRead();
  if (mode === 'false') throw new ApiError(-4059, 'No need to change position side.');
  throw new ApiError(-4068, 'Hedge mode is not offered by the practice exchange.');
}

/** Nothing but the check that the account has this product. */
function only(context: RouteContext): object {
  usdmOf(context);
  return {};
}
