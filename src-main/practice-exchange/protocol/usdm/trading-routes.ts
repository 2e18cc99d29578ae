import { isLive, type VenueOrder } from '../../matching/venue-order.ts';
import { NOTHING_TO_MODIFY } from '../../usdm/usdm-refusals.ts';
import { ApiError, fromRefusal } from '../api-error.ts';
import { Parameters } from '../parameters.ts';
import { parseJson } from '../parse-json.ts';
import { readSymbol } from '../order-parameters.ts';
import { type RouteContext, type Routes, signedRoute } from '../route.ts';
import { responseType, findOrder } from '../trading-routes.ts';
import { NO_SUCH_ORDER, UNKNOWN_ORDER } from '../../matching/refusal.ts';
import { acknowledged, orderAnswer } from './answers.ts';
import { type UsdmContext, usdmOf } from './context.ts';
import { readModification, readUsdmOrder, type ReadOrder } from './order-parameters.ts';

const MOST_IN_BATCH = 5;
const MOST_CANCELS = 10;

/** Ordinary orders of USD-M: create, change, cancel. */
export const USDM_TRADING_ROUTES: Routes = {
  'POST /fapi/v1/order': signedRoute(0, create),
  'POST /fapi/v1/order/test': signedRoute(0, test),
  'PUT /fapi/v1/order': signedRoute(1, modify),
  'DELETE /fapi/v1/order': signedRoute(1, cancel),
  'DELETE /fapi/v1/allOpenOrders': signedRoute(1, cancelAll),
  'POST /fapi/v1/batchOrders': signedRoute(5, createBatch),
  'DELETE /fapi/v1/batchOrders': signedRoute(1, cancelBatch),
  'POST /fapi/v1/countdownCancelAll': signedRoute(10, countdown),
};

const marketsOf = ({ usdm }: UsdmContext) => usdm.engine.state.markets;

function create(context: RouteContext) {
  const trading = usdmOf(context);
  const { parameters, venue } = context;
  const read = readUsdmOrder(parameters, marketsOf(trading), venue.clock.apiMs());
  const type = responseType(parameters, 'ACK');
  parameters.checkAllRead();
  venue.witnessIntent([read.request.clientOrderId]);
  return placed(trading, read, type === 'ACK');
}

function placed({ usdm, orders, name }: UsdmContext, { request, terms }: ReadOrder, isAck: boolean) {
  usdm.limits.spendOrders(name, 1, usdm.clock.apiMs());
  const done = usdm.place(orders, request, terms);
  if (!done.ok) throw fromRefusal(done.error);
  return isAck ? acknowledged(usdm, done.value) : orderAnswer(usdm, done.value);
}

function test(context: RouteContext) {
  const trading = usdmOf(context);
  const { request } = readUsdmOrder(context.parameters, marketsOf(trading), context.venue.clock.apiMs());
  responseType(context.parameters, 'ACK');
  context.parameters.checkAllRead();
  const tested = trading.usdm.test(trading.orders, request);
  if (!tested.ok) throw fromRefusal(tested.error);
  return {};
}

/** Finds an order of this product by the id and client id sent. */
export function findUsdmOrder({ usdm, orders }: UsdmContext, parameters: Parameters): VenueOrder | undefined {
  return findOrder(orders, usdm, parameters);
}

function modify(context: RouteContext) {
  const trading = usdmOf(context);
  const { parameters } = context;
  const order = findUsdmOrder(trading, parameters);
  if (order === undefined) throw fromRefusal(NO_SUCH_ORDER);
  if (order.type === 'MARKET') throw fromRefusal(NOTHING_TO_MODIFY);
  const request = readModification(parameters, order);
  parameters.optional('priceMatch');
  parameters.checkAllRead();
  trading.usdm.limits.spendOrders(trading.name, 1, trading.usdm.clock.apiMs());
  const modified = trading.usdm.modify(order, request);
  if (!modified.ok) throw fromRefusal(modified.error.code === UNKNOWN_ORDER.code ? NO_SUCH_ORDER : modified.error);
  return orderAnswer(trading.usdm, modified.value);
}

function cancel(context: RouteContext) {
  const trading = usdmOf(context);
  const order = findUsdmOrder(trading, context.parameters);
  context.parameters.checkAllRead();
  return canceled(trading, order);
}

function canceled({ usdm }: UsdmContext, order: VenueOrder | undefined) {
  const done = usdm.cancel(order);
  if (!done.ok) throw fromRefusal(done.error);
  return orderAnswer(usdm, done.value);
}

function cancelAll(context: RouteContext) {
  const trading = usdmOf(context);
  const symbol = readSymbol(context.parameters, marketsOf(trading));
  context.parameters.checkAllRead();
  trading.usdm.cancelAll(trading.name, symbol);
  return { code: 200, msg: 'The operation of cancel all open order is done.' };
}

/** Each order for itself: one that is refused does not stop the others. */
function createBatch(context: RouteContext) {
  const trading = usdmOf(context);
  const rows = objects(context.parameters.text('batchOrders'));
  if (rows.length > MOST_IN_BATCH) throw new ApiError(-4082, 'Invalid number of batch place orders.');
  context.parameters.checkAllRead();
  return rows.map((row) =>
    attempt(() => {
      const parameters = Parameters.fromObject(row);
      const read = readUsdmOrder(parameters, marketsOf(trading), context.venue.clock.apiMs());
      const type = responseType(parameters, 'ACK');
      parameters.checkAllRead();
      context.venue.witnessIntent([read.request.clientOrderId]);
      return placed(trading, read, type === 'ACK');
    }),
  );
}

function cancelBatch(context: RouteContext) {
  const trading = usdmOf(context);
  const { parameters } = context;
  const symbol = readSymbol(parameters, marketsOf(trading));
  const ids = list(parameters.optional('orderIdList') ?? parameters.optional('orderidlist'));
  const names = list(parameters.optional('origClientOrderIdList') ?? parameters.optional('origclientorderidlist'));
  parameters.checkAllRead();
  if (ids.length + names.length === 0 || ids.length + names.length > MOST_CANCELS) {
    throw new ApiError(-1102, "Param 'origClientOrderIdList' or 'orderIdList' must be sent, but both were empty/null!");
  }
  const { state } = trading.usdm.engine;
  const found = [
    ...ids.map((id) => state.orders.get(Number(id))),
    ...names.map((name) => trading.orders.byClientOrderId.get(String(name))),
  ];
  const isOurs = (order: VenueOrder | undefined): boolean => order?.account === trading.name && order.symbol === symbol;
  return found.map((order) => attempt(() => canceled(trading, isOurs(order) ? order : undefined)));
}

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.body();
  }
}

function list(text: string | undefined): unknown[] {
  const parsed = text === undefined ? [] : parseJson(text);
  if (!Array.isArray(parsed)) throw new ApiError(-1130, 'Data sent for a list of orders is not valid.');
  return parsed;
}

const objects = (text: string): Record<string, unknown>[] =>
  list(text).map((row) => (typeof row === 'object' && row !== null ? { ...row } : {}));

/** Counts down on wall time; cancels the ordinary open orders of the symbol, conditional ones stay. */
function countdown(context: RouteContext) {
  const trading = usdmOf(context);
  const { parameters } = context;
  const symbol = readSymbol(parameters, marketsOf(trading));
  const countdownTime = parameters.integer('countdownTime');
  if (countdownTime === undefined)
    throw new ApiError(-1102, "Mandatory parameter 'countdownTime' was not sent, was empty/null, or malformed.");
  parameters.checkAllRead();
  const { wallMs } = trading.usdm.clock.now();
  trading.usdm.countdowns.set(trading.name, symbol, countdownTime === 0 ? null : wallMs + countdownTime);
  return { symbol, countdownTime: String(countdownTime) };
}

export const openOf = ({ usdm, orders }: UsdmContext, parameters: Parameters): VenueOrder[] =>
  (parameters.optional('symbol') === undefined
    ? orders.openOrders()
    : [...orders.openOn(readSymbol(parameters, usdm.engine.state.markets)).orders]
  ).filter(isLive);
