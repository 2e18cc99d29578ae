import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimal,
  type DecimalText,
  divideDecimals,
  formatDecimal,
} from '../domain/decimal.ts';
import type { OrderSide } from '../domain/order.ts';
import { Quantity } from '../domain/quantities.ts';
import type { Route, RouteFigures, RouteLeg } from '../domain/route.ts';
import { fillFrom, type RouteMarket, type RouteRequest, type Taken } from './take-levels.ts';

/** Digits of an average price. */
const PRICE_SCALE = 8;

/**
 * Splits a taking order over markets for the best price after fees and the expected cost of latency. Levels of all books
 * are taken in the order of their net price; parts under a market's minimums are given to the others. Never worse than
 * the best single market for the same quantity: the single markets are compared too.
 */
export function routeOrder(request: RouteRequest): Route {
  const fit = request.markets.filter(({ unfit }) => unfit === null);
  const plans = [split(request, fit), ...fit.map((market) => split(request, [market]))];
  const best = plans.reduce((one, other) => (isBetter(request.side, other, one) ? other : one));
  const routed = sum(best.map(({ quantity }) => quantity));
  return {
    legs: best.map((taken) => legOf(request.side, taken)),
    unrouted: formatDecimal(Quantity.of(decimal(request.quantity)).minus(Quantity.of(routed))),
    candidates: request.markets.map((market) => figuresOf(request, market, best)),
  };
}

/** Without parts that are too small for their market: those are left out and the rest is split anew. */
function split(request: RouteRequest, markets: readonly RouteMarket[]): readonly Taken[] {
  const taken = fillFrom(request, markets);
  const small = taken.find(isBelowMinimum);
  if (small === undefined) return taken;
  return split(
    request,
    markets.filter((market) => market !== small.market),
  );
}

function isBelowMinimum({ market, quantity, value }: Taken): boolean {
  return (
    compareDecimals(quantity, decimal(market.minQuantity)) < 0 ||
    compareDecimals(value, decimal(market.minNotional)) < 0
  );
}

/** More of the quantity first, then the better total after fees and latency. */
function isBetter(side: OrderSide, one: readonly Taken[], other: readonly Taken[]): boolean {
  const quantities = compareDecimals(
    sum(one.map(({ quantity }) => quantity)),
    sum(other.map(({ quantity }) => quantity)),
  );
  if (quantities !== 0) return quantities > 0;
  const totals = compareDecimals(sum(one.map(({ judged }) => judged)), sum(other.map(({ judged }) => judged)));
  return side === 'buy' ? totals < 0 : totals > 0;
}

function legOf(side: OrderSide, taken: Taken): RouteLeg {
  const { market, quantity, worstPrice } = taken;
  return {
    accountId: market.accountId,
    instrumentId: market.instrumentId,
    quantity: formatDecimal(quantity),
    worstPrice,
    netPrice: netPriceOf(side, taken),
  };
}

/** Rounded against us, so that no shown price is better than the real one. */
const netPriceOf = (side: OrderSide, { net, quantity }: Taken): DecimalText =>
  formatDecimal(divideDecimals(net, quantity, PRICE_SCALE, side === 'buy' ? 'up' : 'down'));

function figuresOf(request: RouteRequest, market: RouteMarket, best: readonly Taken[]): RouteFigures {
  const [alone] = fillFrom(request, [market]);
  const given = best.find((taken) => taken.market === market);
  return {
    accountId: market.accountId,
    instrumentId: market.instrumentId,
    unfit: market.unfit,
    fillable: alone === undefined ? '0' : formatDecimal(alone.quantity),
    netPrice: alone === undefined ? null : netPriceOf(request.side, alone),
    fee: market.takerFee,
    latencyMs: market.latencyMs,
    quantity: given === undefined ? '0' : formatDecimal(given.quantity),
  };
}

const sum = (values: readonly Decimal[]): Decimal => values.reduce(addDecimals, { units: 0n, scale: 0 });
