import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimal,
  type DecimalText,
  divideDecimals,
  multiplyDecimals,
} from '../domain/decimal.ts';
import type { DenialCode } from '../domain/denial.ts';
import type { AccountId, InstrumentId } from '../domain/identifiers.ts';
import type { OrderSide } from '../domain/order.ts';
import { Quantity } from '../domain/quantities.ts';

export type RouteLevel = { readonly price: DecimalText; readonly quantity: DecimalText };

/** One market an order could go to: the side of its book that the order takes, best level first. */
export type RouteMarket = {
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  readonly levels: readonly RouteLevel[];
  readonly takerFee: DecimalText;
  readonly lotSize: DecimalText;
  readonly minQuantity: DecimalText;
  readonly minNotional: DecimalText;
  /** What the account can spend: quote asset of a buy, base asset of a sell. */
  readonly funds: DecimalText;
  /** Round trip of orders there; null while unknown. */
  readonly latencyMs: number | null;
  /** Why it may not be used now; null when it may. */
  readonly unfit: DenialCode | null;
};

export type RouteRequest = {
  readonly side: OrderSide;
  readonly quantity: DecimalText;
  /** Price expected to be lost while the order travels, as a fraction for each millisecond. */
  readonly costOfLatencyPerMs: DecimalText;
  readonly markets: readonly RouteMarket[];
};

/** What a plan takes of one market. */
export type Taken = {
  readonly market: RouteMarket;
  readonly quantity: Decimal;
  /** At the prices of its levels. */
  readonly value: Decimal;
  /** With fees: what a buy costs, what a sell brings. */
  readonly net: Decimal;
  /** With the expected cost of latency too: what plans are compared by. */
  readonly judged: Decimal;
  readonly worstPrice: DecimalText;
};

type Slice = {
  readonly market: RouteMarket;
  readonly price: DecimalText;
  readonly quantity: Quantity;
  readonly judged: Decimal;
};

const ZERO: Decimal = { units: 0n, scale: 0 };

/**
 * Takes levels of all markets by their net price until the quantity or the funds are used up, whole lots of each market.
 * What the lots of one market leave over goes to the next level that can take a lot of its own.
 */
export function fillFrom(request: RouteRequest, markets: readonly RouteMarket[]): readonly Taken[] {
  const { side } = request;
  const slices = markets.flatMap((market) => slicesOf(request, market));
  slices.sort((a, b) => compareDecimals(a.judged, b.judged) * (side === 'buy' ? 1 : -1));
  const quantities = new Map<RouteMarket, Quantity>();
  let left = Quantity.of(decimal(request.quantity));
  for (const { market, quantity } of slices) {
    const before = quantities.get(market) ?? Quantity.zero();
    const lot = Quantity.of(decimal(market.lotSize));
    const after = before.plus(quantity.min(left)).min(affordable(request, market)).floorToLot(lot);
    if (after.compare(before) <= 0) continue;
    left = left.minus(after.minus(before));
    quantities.set(market, after);
  }
  return [...quantities].map(([market, quantity]) => takenOf(request, market, quantity));
}

function slicesOf(request: RouteRequest, market: RouteMarket): readonly Slice[] {
  const factor = judgedFactor(request, market);
  return market.levels.map(({ price, quantity }) => ({
    market,
    price,
    quantity: Quantity.of(decimal(quantity)),
    judged: multiplyDecimals(decimal(price), factor),
  }));
}

/** The largest quantity the funds pay for, from the best level down: cash with the fee of a buy, holdings of a sell. */
function affordable({ side }: RouteRequest, market: RouteMarket): Quantity {
  const funds = decimal(market.funds);
  if (side === 'sell') return Quantity.of(funds);
  const { scale } = decimal(market.lotSize);
  let cash = funds;
  let quantity = Quantity.zero();
  for (const level of market.levels) {
    const unit = multiplyDecimals(decimal(level.price), unitFactor(side, decimal(market.takerFee)));
    const payable = Quantity.of(divideDecimals(cash, unit, scale, 'down')).min(Quantity.of(decimal(level.quantity)));
    quantity = quantity.plus(payable);
    const paid = multiplyDecimals(unit, payable);
    cash = addDecimals(cash, { units: -paid.units, scale: paid.scale });
    if (payable.compare(Quantity.of(decimal(level.quantity))) < 0) break;
  }
  return quantity;
}

function takenOf(request: RouteRequest, market: RouteMarket, quantity: Quantity): Taken {
  let left = quantity;
  let value = ZERO;
  let worstPrice = market.levels[0]?.price ?? '0';
  for (const level of market.levels) {
    if (!left.isPositive) break;
    const part = left.min(Quantity.of(decimal(level.quantity)));
    value = addDecimals(value, multiplyDecimals(decimal(level.price), part));
    worstPrice = level.price;
    left = left.minus(part);
  }
  const { side } = request;
  const net = multiplyDecimals(value, unitFactor(side, decimal(market.takerFee)));
  return { market, quantity, value, net, judged: multiplyDecimals(value, judgedFactor(request, market)), worstPrice };
}

const judgedFactor = ({ side, costOfLatencyPerMs }: RouteRequest, market: RouteMarket): Decimal =>
  unitFactor(side, decimal(market.takerFee), latencyCost(costOfLatencyPerMs, market));

/** One and the ratios a buy pays on top, or a sell gives up. */
function unitFactor(side: OrderSide, ...ratios: readonly Decimal[]): Decimal {
  const one: Decimal = { units: 1n, scale: 0 };
  const signed = ratios.map(({ units, scale }) => ({ units: side === 'buy' ? units : -units, scale }));
  return [one, ...signed].reduce(addDecimals);
}

const latencyCost = (perMs: DecimalText, { latencyMs }: RouteMarket): Decimal =>
  multiplyDecimals(decimal(perMs), { units: BigInt(Math.max(0, Math.round(latencyMs ?? 0))), scale: 0 });
