import { addDecimals, type Decimal, decimal, multiplyDecimals } from '../../domain/decimal.ts';
import type { Denial } from '../../domain/denial.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { Money, Price, type Quantity } from '../../domain/quantities.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { requireRange } from './numeric/refusal.ts';

type Market = Pick<Instrument, 'base' | 'quote' | 'lotSize' | 'minQuantity' | 'maxQuantity'>;

export type FixedRisk = {
  /** In the quote asset of the instrument. */
  readonly equity: Money;
  /** Fraction of the equity that the stop may cost. */
  readonly riskRatio: Decimal;
  readonly entry: Price;
  readonly stop: Price;
  /** Fees and slippage of one fill as a fraction of its price; both fills are counted. */
  readonly costRatio: Decimal;
  readonly market: Market;
};

/**
 * The largest size, in whole lots, whose stop costs at most the fraction of the equity, fees and slippage included; a stop
 * over the entry is that of a short. Denies when the equity is not above zero or of another asset, when the stop is at the entry, and when the size is under
 * the smallest order.
 */
export function fixedRiskQuantity({
  equity,
  riskRatio,
  entry,
  stop,
  costRatio,
  market,
}: FixedRisk): Result<Quantity, Denial> {
  const distance = addDecimals(entry, { units: -stop.units, scale: stop.scale });
  if (distance.units === 0n)
    return err({ code: 'BRACKET_INVALID', params: { entry: entry.toString(), stop: stop.toString() } });
  const apart = { units: distance.units < 0n ? -distance.units : distance.units, scale: distance.scale };
  const costs = multiplyDecimals(addDecimals(entry, stop), costRatio);
  return lots(equity, riskRatio, Price.of(addDecimals(apart, costs)), market);
}

/**
 * The size whose value is a fraction of the equity, in whole lots. The fraction is cut to eight digits first: never more
 * than was asked for. Denies as `fixedRiskQuantity`. Throws AnalyticsRefusal unless 0 <= ratio <= 1000.
 */
export function ratioQuantity(equity: Money, ratio: number, price: Price, market: Market): Result<Quantity, Denial> {
  requireRange(ratio, 0, 1000, 'ratio');
  return lots(equity, { units: BigInt(Math.floor(ratio * 1e8)), scale: 8 }, price, market);
}

/**
 * Value over equity at which the position has the target volatility, at most `mostLeverage` (Moreira and Muir 2017); both
 * volatilities of the same horizon. Throws AnalyticsRefusal on a volatility that is not above zero: none was measured.
 */
export function volatilityTargetRatio(target: number, volatility: number, mostLeverage: number): number {
  requireRange(target, 0, Number.MAX_VALUE, 'target volatility');
  requireRange(volatility, Number.MIN_VALUE, Number.MAX_VALUE, 'volatility');
  requireRange(mostLeverage, 0, Number.MAX_VALUE, 'leverage');
  return Math.min(target / volatility, mostLeverage);
}

const NOTHING = decimal('0');

function lots(equity: Money, ratio: Decimal, perUnit: Price, market: Market): Result<Quantity, Denial> {
  if (equity.asset !== market.quote) {
    return err({ code: 'CONVERSION_RATE_MISSING', params: { from: market.quote, to: equity.asset } });
  }
  const share = equity.isPositive && ratio.units > 0n ? multiplyDecimals(equity, ratio) : NOTHING;
  const wanted = Money.of(share, equity.asset).dividedByPrice(perUnit, market.lotSize.scale, 'down');
  const quantity = wanted.min(market.maxQuantity).floorToLot(market.lotSize);
  if (quantity.isPositive && quantity.compare(market.minQuantity) >= 0) return ok(quantity);
  const params = {
    after: quantity.toString(),
    limit: market.minQuantity.toString(),
    unit: market.base,
    equity: equity.toString(),
  };
  return err({ code: 'QUANTITY_BELOW_MINIMUM', params });
}
