import { compareDecimals, type Decimal, multiplyDecimals } from '../../engine/domain/decimal.ts';
import { Quantity } from '../../engine/domain/quantities.ts';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import { filterFailure, type Refusal } from './refusal.ts';
import type { OrderRequest } from './order-request.ts';
import type { SymbolRules } from './symbol-rules.ts';
import { isMarketLike } from './venue-order.ts';

/** Integer ticks and lots of an order whose prices and size passed the filters; 0 stands for "none". */
export type Counted = { readonly priceTicks: number; readonly stopTicks: number; readonly lots: number };

/** Denies with the venue's filter text. `average` is the price the percent and notional filters compare with. */
export function checkFilters(
  rules: SymbolRules,
  request: OrderRequest,
  average: Decimal | null,
): Result<Counted, Refusal> {
  const priceTicks = request.price === null ? 0 : checkPrice(rules, request.price);
  const stopTicks = request.stopPrice === null ? 0 : checkPrice(rules, request.stopPrice);
  if (priceTicks === undefined || stopTicks === undefined) return err(filterFailure('PRICE_FILTER'));
  const failed = percentFailure(rules, request, average);
  if (failed !== null) return err(filterFailure(failed));
  if (request.quantity === null) return ok({ priceTicks, stopTicks, lots: 0 });
  const lots = checkQuantity(rules, request.quantity);
  if (lots === undefined) return err(filterFailure('LOT_SIZE'));
  if (isMarketLike(request.type) && !passesMarketLot(rules, request.quantity)) {
    return err(filterFailure('MARKET_LOT_SIZE'));
  }
  // An order that only reduces may be as small as what is left of its position.
  const notional = request.reduceOnly === true ? null : notionalFailure(rules, request, request.quantity, average);
  return notional === null ? ok({ priceTicks, stopTicks, lots }) : err(filterFailure(notional));
}

function checkPrice(rules: SymbolRules, price: Decimal): number | undefined {
  const filter = rules.filters.price;
  if (filter !== null && !inRange(price, filter)) return undefined;
  return rules.prices.stepsOf(price);
}

function checkQuantity(rules: SymbolRules, quantity: Decimal): number | undefined {
  const filter = rules.filters.lot;
  if (filter !== null && !inRange(quantity, filter)) return undefined;
  return rules.sizes.stepsOf(quantity);
}

export function passesMarketLot(rules: SymbolRules, quantity: Decimal): boolean {
  const filter = rules.filters.marketLot;
  return filter === null || inRange(quantity, filter);
}

/** A zero minimum, maximum or step switches that part of the rule off. */
function inRange(
  value: Decimal,
  { min, max, step }: { readonly min: Decimal; readonly max: Decimal; readonly step: Decimal },
): boolean {
  if (compareDecimals(value, min) < 0) return false;
  if (max.units > 0n && compareDecimals(value, max) > 0) return false;
  return step.units === 0n || Quantity.of(value).isOnLot(Quantity.of(step));
}

function percentFailure(rules: SymbolRules, request: OrderRequest, average: Decimal | null): string | null {
  const filter = rules.filters.percent;
  if (filter === null || average === null || request.price === null) return null;
  const [up, down] = request.side === 'BUY' ? [filter.buyUp, filter.buyDown] : [filter.sellUp, filter.sellDown];
  const tooHigh = compareDecimals(request.price, multiplyDecimals(average, up)) > 0;
  const tooLow = compareDecimals(request.price, multiplyDecimals(average, down)) < 0;
  return tooHigh || tooLow ? filter.name : null;
}

function notionalFailure(
  rules: SymbolRules,
  request: OrderRequest,
  quantity: Decimal,
  average: Decimal | null,
): string | null {
  const filter = rules.filters.notional;
  const price = request.price ?? request.stopPrice ?? average;
  if (filter === null || price === null) return null;
  const atMarket = request.type === 'MARKET';
  const notional = multiplyDecimals(price, quantity);
  const name = rules.rawFilters.some((raw) => raw['filterType'] === 'NOTIONAL') ? 'NOTIONAL' : 'MIN_NOTIONAL';
  if ((!atMarket || filter.minToMarket) && compareDecimals(notional, filter.min) < 0) return name;
  const tooLarge = filter.max !== null && compareDecimals(notional, filter.max) > 0;
  return tooLarge && (!atMarket || filter.maxToMarket) ? name : null;
}
