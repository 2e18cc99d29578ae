import type { Account } from '../matching/account.ts';
import type { ListRequest, OrderRequest } from '../matching/order-request.ts';
import { CANCEL_RESTRICTED, UNKNOWN_ORDER } from '../matching/refusal.ts';
import { isLive, type VenueOrder } from '../matching/venue-order.ts';
import type { PracticeVenue } from '../practice-venue.ts';
import { ApiError, fromRefusal } from './api-error.ts';
import {
  canceledAnswer,
  canceledListAnswer,
  placedAnswer,
  placedListAnswer,
  type ResponseType,
} from './order-answers.ts';
import { randomId, readOco, readOrder, readSymbol, readTriggering } from './order-parameters.ts';
import type { Parameters } from './parameters.ts';
import { type RouteContext, type Routes, signedRoute } from './route.ts';

const RESPONSE_TYPES = ['ACK', 'RESULT', 'FULL'] as const;

/** Creates and cancels. */
export const TRADING_ROUTES: Routes = {
  'POST /api/v3/order': signedRoute(1, createOrder),
  'POST /api/v3/order/test': signedRoute(1, testOrder),
  'DELETE /api/v3/order': signedRoute(1, cancelOrder),
  'DELETE /api/v3/openOrders': signedRoute(1, cancelAll),
  'POST /api/v3/order/cancelReplace': signedRoute(1, cancelReplace),
  'POST /api/v3/orderList/oco': signedRoute(1, (context) =>
    createList(context, readOco(context.parameters, symbols(context))),
  ),
  'POST /api/v3/orderList/oto': signedRoute(1, (context) =>
    createTriggering(context, { isPair: false, sizedByWorking: false }),
  ),
  'POST /api/v3/orderList/otoco': signedRoute(1, (context) =>
    createTriggering(context, { isPair: true, sizedByWorking: false }),
  ),
  'POST /api/v3/orderList/opo': signedRoute(1, (context) =>
    createTriggering(context, { isPair: false, sizedByWorking: true }),
  ),
  'POST /api/v3/orderList/opoco': signedRoute(1, (context) =>
    createTriggering(context, { isPair: true, sizedByWorking: true }),
  ),
  'DELETE /api/v3/orderList': signedRoute(1, cancelList),
};

const symbols = ({ venue }: RouteContext) => venue.engine.state.markets;

export function responseType(parameters: Parameters, standard: ResponseType): ResponseType {
  if (parameters.optional('newOrderRespType') === undefined) return standard;
  return parameters.word(
    'newOrderRespType',
    RESPONSE_TYPES,
    new ApiError(-1130, "Data sent for parameter 'newOrderRespType' is not valid."),
  );
}

function createOrder(context: RouteContext) {
  const { venue, parameters, account } = context;
  const request = funded(context, readOrder(parameters, symbols(context)));
  parameters.checkAllRead();
  venue.witnessIntent([request.clientOrderId]);
  venue.limits.spendOrders(account, 1, venue.clock.apiMs());
  try {
    return place(context, request);
  } catch (error) {
    venue.limits.giveBackOrders(account, 1);
    throw error;
  }
}

function testOrder(context: RouteContext) {
  const { venue, parameters, account } = context;
  const request = readOrder(parameters, symbols(context));
  parameters.optional('computeCommissionRates');
  parameters.checkAllRead();
  const tested = venue.engine.test(venue.account(account), request, venue.clock.now());
  if (!tested.ok) throw fromRefusal(tested.error);
  return {};
}

/** Finds an order by the id and client id sent; both must agree when both are sent. */
export function findOrder(
  account: Account,
  venue: Pick<PracticeVenue, 'engine'>,
  parameters: Parameters,
  names = { id: 'orderId', clientId: 'origClientOrderId' },
): VenueOrder | undefined {
  const symbol = readSymbol(parameters, venue.engine.state.markets);
  const id = parameters.integer(names.id);
  const clientId = parameters.optional(names.clientId);
  if (id === undefined && clientId === undefined) {
    throw new ApiError(-1102, `Param '${names.clientId}' or '${names.id}' must be sent, but both were empty/null!`);
  }
  const order = id === undefined ? account.byClientOrderId.get(clientId ?? '') : venue.engine.state.orders.get(id);
  if (order?.account !== account.name || order.symbol !== symbol) return undefined;
  return clientId === undefined || order.clientOrderId === clientId ? order : undefined;
}

function cancelOrder({ venue, parameters, account: name }: RouteContext) {
  const order = findOrder(venue.account(name), venue, parameters);
  const cancelId = parameters.clientId('newClientOrderId') ?? randomId();
  checkRestrictions(parameters, order);
  parameters.checkAllRead();
  return cancelFound(venue, order, cancelId);
}

function checkRestrictions(parameters: Parameters, order: VenueOrder | undefined): void {
  const restriction = parameters.optional('cancelRestrictions');
  if (restriction === undefined || order === undefined || !isLive(order)) return;
  if (restriction !== 'ONLY_NEW' && restriction !== 'ONLY_PARTIALLY_FILLED') {
    throw new ApiError(-1145, 'Invalid cancelRestrictions');
  }
  const wanted = restriction === 'ONLY_NEW' ? 'NEW' : 'PARTIALLY_FILLED';
  if (order.status !== wanted) throw fromRefusal(CANCEL_RESTRICTED);
}

/** Cancels what is open on a symbol; lists are answered as lists. Denies when nothing is open. */
function cancelAll({ venue, parameters, account: name }: RouteContext) {
  const symbol = readSymbol(parameters, venue.engine.state.markets);
  const open = [...venue.account(name).openOn(symbol).orders];
  if (open.length === 0) throw fromRefusal(UNKNOWN_ORDER);
  const cancelId = randomId();
  const market = venue.engine.state.market(symbol);
  const plain = open.filter((order) => order.listId < 0);
  const lists = [...new Set(open.map((order) => order.listId))].filter((id) => id >= 0);
  return [
    ...plain.flatMap((order) => {
      const canceled = venue.engine.cancel(order, cancelId, venue.clock.now());
      return canceled.ok ? [canceledAnswer(market, canceled.value, cancelId)] : [];
    }),
    ...lists.flatMap((id) => {
      const canceled = venue.engine.cancelList(venue.engine.state.lists.get(id), cancelId, venue.clock.now());
      return canceled.ok ? [canceledListAnswer(venue.engine.state, canceled.value, cancelId)] : [];
    }),
  ];
}

function createTriggering(context: RouteContext, form: { readonly isPair: boolean; readonly sizedByWorking: boolean }) {
  return createList(context, readTriggering(context.parameters, symbols(context), form));
}

const funded = ({ funding }: RouteContext, request: OrderRequest): OrderRequest =>
  funding === undefined ? request : { ...request, funding };

/** What a list borrows is borrowed for the orders that rest at once. */
function fundedList(context: RouteContext, request: ListRequest): ListRequest {
  if (request.working !== null) return { ...request, working: funded(context, request.working) };
  return { ...request, legs: request.legs.map((leg) => funded(context, leg)) };
}

export function createList(context: RouteContext, unfunded: ListRequest) {
  const { venue, parameters, account } = context;
  const request = fundedList(context, unfunded);
  const type = responseType(parameters, 'RESULT');
  const orders = [...(request.working === null ? [] : [request.working]), ...request.legs];
  parameters.checkAllRead();
  venue.witnessIntent(orders.map((order) => order.clientOrderId));
  venue.limits.spendOrders(account, orders.length, venue.clock.apiMs());
  const placed = venue.engine.placeList(venue.account(account), request, venue.clock.now());
  if (placed.ok) return placedListAnswer(venue.engine.state, placed.value, type);
  venue.limits.giveBackOrders(account, orders.length);
  throw fromRefusal(placed.error);
}

function cancelList({ venue, parameters, account: name }: RouteContext) {
  readSymbol(parameters, venue.engine.state.markets);
  const account = venue.account(name);
  const clientId = parameters.optional('listClientOrderId');
  const id = parameters.integer('orderListId') ?? account.byListClientOrderId.get(clientId ?? '');
  if (id === undefined && clientId === undefined) {
    throw new ApiError(-1102, "Param 'orderListId' or 'listClientOrderId' must be sent, but both were empty/null!");
  }
  const list = id === undefined ? undefined : venue.engine.state.lists.get(id);
  const mine = list?.account === name && (clientId === undefined || list.clientId === clientId) ? list : undefined;
  const cancelId = parameters.clientId('newClientOrderId') ?? randomId();
  parameters.checkAllRead();
  const canceled = venue.engine.cancelList(mine, cancelId, venue.clock.now());
  if (!canceled.ok) throw fromRefusal(canceled.error);
  return canceledListAnswer(venue.engine.state, canceled.value, cancelId);
}

const MODES = ['STOP_ON_FAILURE', 'ALLOW_FAILURE'] as const;
const BAD_MODE = new ApiError(-1130, "Data sent for parameter 'cancelReplaceMode' is not valid.");

/** Cancels one order and sends another; says which half failed. */
function cancelReplace(context: RouteContext) {
  const { venue, parameters, account: name } = context;
  const mode = parameters.word('cancelReplaceMode', MODES, BAD_MODE);
  const request = readOrder(parameters, symbols(context));
  const names = { id: 'cancelOrderId', clientId: 'cancelOrigClientOrderId' };
  const order = findOrder(venue.account(name), venue, parameters, names);
  const cancelId = parameters.clientId('cancelNewClientOrderId') ?? randomId();
  parameters.optional('cancelRestrictions');
  parameters.checkAllRead();
  venue.witnessIntent([request.clientOrderId]);
  venue.limits.spendOrders(name, 1, venue.clock.apiMs());
  const canceled = attempt(() => {
    checkRestrictions(parameters, order);
    return cancelFound(venue, order, cancelId);
  });
  const attempted = canceled.ok || mode === 'ALLOW_FAILURE';
  return answerReplaced(canceled, attempted ? attempt(() => place(context, request)) : null);
}

function cancelFound(venue: PracticeVenue, order: VenueOrder | undefined, cancelId: string) {
  const done = venue.engine.cancel(order, cancelId, venue.clock.now());
  if (!done.ok) throw fromRefusal(done.error);
  return canceledAnswer(venue.engine.state.market(done.value.symbol), done.value, cancelId);
}

function place({ venue, parameters, account }: RouteContext, request: OrderRequest) {
  const type = responseType(parameters, request.type === 'LIMIT' || request.type === 'MARKET' ? 'FULL' : 'ACK');
  const placed = venue.engine.place(venue.account(account), request, venue.clock.now());
  if (!placed.ok) throw fromRefusal(placed.error);
  const { value: order } = placed;
  const fills = venue.engine.state.fills.get(order.id) ?? [];
  return placedAnswer(venue.engine.state.market(order.symbol), order, fills, type);
}

type Attempt = { readonly ok: boolean; readonly body: unknown };

function attempt(run: () => unknown): Attempt {
  try {
    return { ok: true, body: run() };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { ok: false, body: error.body() };
  }
}

function answerReplaced(canceled: Attempt, placed: Attempt | null) {
  const word = (part: Attempt | null): string => (part === null ? 'NOT_ATTEMPTED' : part.ok ? 'SUCCESS' : 'FAILURE');
  const data = {
    cancelResult: word(canceled),
    newOrderResult: word(placed),
    cancelResponse: canceled.body,
    newOrderResponse: placed?.body ?? null,
  };
  if (canceled.ok && placed?.ok === true) return data;
  if (!canceled.ok && placed?.ok !== true) throw new ApiError(-2022, 'Order cancel-replace failed.', { data });
  throw new ApiError(-2021, 'Order cancel-replace partially failed.', { status: 409, data });
}
