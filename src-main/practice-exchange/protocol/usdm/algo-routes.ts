import { NO_SUCH_ORDER, UNKNOWN_ORDER } from '../../matching/refusal.ts';
import type { AlgoOrder } from '../../usdm/algo-orders.ts';
import { ApiError, fromRefusal } from '../api-error.ts';
import { readSymbol } from '../order-parameters.ts';
import type { Parameters } from '../parameters.ts';
import { type RouteContext, type Routes, signedRoute } from '../route.ts';
import { algoAnswer } from './answers.ts';
import { type UsdmContext, usdmOf } from './context.ts';
import { readAlgo } from './order-parameters.ts';

/** Conditional orders of USD-M: an id space of their own, seen and canceled through these routes only. */
export const USDM_ALGO_ROUTES: Routes = {
  'POST /fapi/v1/algoOrder': signedRoute(0, create),
  'GET /fapi/v1/algoOrder': signedRoute(1, query),
  'DELETE /fapi/v1/algoOrder': signedRoute(1, cancel),
  'DELETE /fapi/v1/algoOpenOrders': signedRoute(1, cancelAll),
  'GET /fapi/v1/openAlgoOrders': signedRoute(
    (parameters) => (parameters.optional('symbol') === undefined ? 40 : 1),
    open,
  ),
  'GET /fapi/v1/allAlgoOrders': signedRoute(5, all),
};

function create(context: RouteContext) {
  const trading = usdmOf(context);
  const { usdm, name } = trading;
  const request = readAlgo(context.parameters, usdm.engine.state.markets);
  context.parameters.checkAllRead();
  context.venue.witnessIntent([request.clientAlgoId]);
  usdm.limits.spendOrders(name, 1, usdm.clock.apiMs());
  usdm.engine.state.now = usdm.clock.now();
  const created = usdm.algos.create(name, request);
  if (!created.ok) throw fromRefusal(created.error);
  return algoAnswer(usdm, created.value);
}

function find({ usdm, name }: UsdmContext, parameters: Parameters): AlgoOrder | undefined {
  const id = parameters.integer('algoId');
  const clientId = parameters.optional('clientAlgoId');
  if (id === undefined && clientId === undefined) {
    throw new ApiError(-1102, "Param 'algoId' or 'clientAlgoId' must be sent, but both were empty/null!");
  }
  // ccxt names the symbol as well; the ids alone say which order is meant.
  parameters.optional('symbol');
  return usdm.algos
    .of(name)
    .findLast(
      (algo) => (id === undefined || algo.id === id) && (clientId === undefined || algo.clientAlgoId === clientId),
    );
}

function query(context: RouteContext) {
  const trading = usdmOf(context);
  const found = find(trading, context.parameters);
  if (found === undefined) throw fromRefusal(NO_SUCH_ORDER);
  return algoAnswer(trading.usdm, found);
}

function cancel(context: RouteContext) {
  const { usdm, ...rest } = usdmOf(context);
  const found = find({ usdm, ...rest }, context.parameters);
  context.parameters.checkAllRead();
  usdm.engine.state.now = usdm.clock.now();
  const canceled = usdm.algos.cancel(found);
  if (!canceled.ok) throw fromRefusal(UNKNOWN_ORDER);
  const { id, clientAlgoId } = canceled.value;
  return { algoId: id, clientAlgoId, code: '200', msg: 'success' };
}

function cancelAll(context: RouteContext) {
  const { usdm, name } = usdmOf(context);
  const symbol = readSymbol(context.parameters, usdm.engine.state.markets);
  context.parameters.checkAllRead();
  usdm.engine.state.now = usdm.clock.now();
  for (const algo of usdm.algos.waiting(name, symbol)) usdm.algos.cancel(algo);
  return { code: 200, msg: 'The operation of cancel all open order is done.' };
}

function open(context: RouteContext) {
  const { usdm, name } = usdmOf(context);
  const { parameters } = context;
  const symbol =
    parameters.optional('symbol') === undefined ? undefined : readSymbol(parameters, usdm.engine.state.markets);
  return usdm.algos.waiting(name, symbol).map((algo) => algoAnswer(usdm, algo));
}

function all(context: RouteContext) {
  const { usdm, name } = usdmOf(context);
  const symbol = readSymbol(context.parameters, usdm.engine.state.markets);
  const fromId = context.parameters.integer('algoId') ?? 0;
  const rows = usdm.algos.of(name).filter((algo) => algo.symbol === symbol && algo.id >= fromId);
  return rows.slice(-context.parameters.limit(500, 1000)).map((algo) => algoAnswer(usdm, algo));
}
