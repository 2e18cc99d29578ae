import { ensure } from '../../../engine/domain/result.ts';
import type { MarginAccount } from '../../margin/loans.ts';
import type { Funding } from '../../matching/funding.ts';
import { formatAmount } from '../../matching/grid.ts';
import type { PracticeVenue } from '../../practice-venue.ts';
import { ACCOUNT_ROUTES } from '../account-routes.ts';
import { readOco } from '../order-parameters.ts';
import { Parameters } from '../parameters.ts';
import { type Route, type RouteContext, type Routes, signedRoute } from '../route.ts';
import { createList, TRADING_ROUTES } from '../trading-routes.ts';
import { marginOf, readFunding } from './context.ts';

const LIST_EFFECTS = ['NO_SIDE_EFFECT', 'MARGIN_BUY'] as const;

/** Margin's own paths over spot's handlers: the account is another one, the orders, books and answers are the same. */
export const MARGIN_TRADING_ROUTES: Routes = {
  'POST /sapi/v1/margin/order': create('POST /api/v3/order', (parameters) => readFunding(parameters)),
  'POST /sapi/v1/margin/order/oto': create('POST /api/v3/orderList/oto', listFunding),
  'POST /sapi/v1/margin/order/otoco': create('POST /api/v3/orderList/otoco', listFunding),
  'POST /sapi/v1/margin/order/oco': signedRoute(6, createOco),
  'DELETE /sapi/v1/margin/order': over(TRADING_ROUTES, 'DELETE /api/v3/order', 10),
  'DELETE /sapi/v1/margin/orderList': over(TRADING_ROUTES, 'DELETE /api/v3/orderList', 1),
  'DELETE /sapi/v1/margin/openOrders': over(TRADING_ROUTES, 'DELETE /api/v3/openOrders', 1),
  'GET /sapi/v1/margin/order': over(ACCOUNT_ROUTES, 'GET /api/v3/order', 10),
  'GET /sapi/v1/margin/openOrders': over(ACCOUNT_ROUTES, 'GET /api/v3/openOrders', 10),
  'GET /sapi/v1/margin/allOrders': over(ACCOUNT_ROUTES, 'GET /api/v3/allOrders', 200),
  'GET /sapi/v1/margin/myTrades': over(ACCOUNT_ROUTES, 'GET /api/v3/myTrades', 10),
  'GET /sapi/v1/margin/orderList': over(ACCOUNT_ROUTES, 'GET /api/v3/orderList', 10),
  'GET /sapi/v1/margin/allOrderList': over(ACCOUNT_ROUTES, 'GET /api/v3/allOrderList', 200),
  'GET /sapi/v1/margin/openOrderList': over(ACCOUNT_ROUTES, 'GET /api/v3/openOrderList', 10),
};

/** Debts made for one order are stated with it; lists take no effect that repays. */
function listFunding(parameters: Parameters): Funding {
  return readFunding(parameters, LIST_EFFECTS);
}

function handlerOf(routes: Routes, name: string): Route['handle'] {
  return ensure(routes[name], `a route ${name}`).handle;
}

function over(routes: Routes, name: string, weight: number): Route {
  const handle = handlerOf(routes, name);
  return signedRoute(weight, (context) => {
    const margin = marginOf(context);
    return marked(context.venue, margin, handle({ ...context, account: margin.account.name }));
  });
}

function create(name: string, funding: (parameters: Parameters) => Funding): Route {
  const handle = handlerOf(TRADING_ROUTES, name);
  return signedRoute(6, (context) => {
    const margin = marginOf(context);
    const funded = { ...context, account: margin.account.name, funding: funding(context.parameters) };
    return marked(context.venue, margin, handle(funded));
  });
}

/** Margin still names the legs of an OCO as spot did before it spoke of above and below. */
function createOco(context: RouteContext): unknown {
  const { parameters, venue } = context;
  const margin = marginOf(context);
  const funding = readFunding(parameters);
  const request = readOco(Parameters.fromObject(today(parameters)), venue.engine.state.markets);
  return marked(venue, margin, createList({ ...context, account: margin.account.name, funding }, request));
}

function today(parameters: Parameters): Record<string, string> {
  const side = parameters.text('side');
  const [limit, stop] = side === 'BUY' ? ['below', 'above'] : ['above', 'below'];
  const stopLimitPrice = parameters.optional('stopLimitPrice');
  const named: Record<string, string | undefined> = {
    symbol: parameters.text('symbol'),
    side,
    quantity: parameters.text('quantity'),
    listClientOrderId: parameters.optional('listClientOrderId'),
    [`${limit}Type`]: 'LIMIT_MAKER',
    [`${limit}Price`]: parameters.text('price'),
    [`${limit}ClientOrderId`]: parameters.optional('limitClientOrderId'),
    [`${stop}Type`]: stopLimitPrice === undefined ? 'STOP_LOSS' : 'STOP_LOSS_LIMIT',
    [`${stop}StopPrice`]: parameters.text('stopPrice'),
    [`${stop}Price`]: stopLimitPrice,
    [`${stop}TimeInForce`]: parameters.optional('stopLimitTimeInForce'),
    [`${stop}ClientOrderId`]: parameters.optional('stopClientOrderId'),
  };
  return Object.fromEntries(Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Each order says whether it is isolated and what it borrowed. */
function marked(venue: PracticeVenue, margin: MarginAccount, answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map((row) => marked(venue, margin, row));
  const row = answer as { readonly orderId?: number; readonly orderReports?: unknown };
  const isIsolated = margin.symbol !== null;
  if (row.orderReports !== undefined) {
    return { ...row, isIsolated, orderReports: marked(venue, margin, row.orderReports) };
  }
  const loan = venue.margin.clearing.loans.get(row.orderId ?? -1);
  if (loan === undefined) return { ...row, isIsolated };
  return { ...row, isIsolated, marginBuyBorrowAmount: formatAmount(loan.amount), marginBuyBorrowAsset: loan.asset };
}
