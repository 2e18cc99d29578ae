import type { BracketRequest } from '../domain/command.ts';
import type { StrategyConfig } from '../domain/config.ts';
import { type Decimal, decimal, multiplyDecimals } from '../domain/decimal.ts';
import type { Denial } from '../domain/denial.ts';
import type { AccountId } from '../domain/identifiers.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { PriceReference } from '../domain/market.ts';
import { Money, Price, type Quantity } from '../domain/quantities.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { EmaCrossSignal } from './ema-cross.ts';

export type BracketPlanInput = {
  readonly signal: EmaCrossSignal;
  readonly config: StrategyConfig;
  readonly instrument: Instrument;
  readonly reference: PriceReference;
  /** In the reporting asset; null when a conversion rate is missing. */
  readonly equity: Money | null;
  readonly accountId: AccountId;
};

/**
 * Turns a signal into an entry with its protection: `fok` pays up to slippage over the best ask, `resting` joins the best
 * bid; stop and target by multiples of the ATR from there, rounded towards the entry, slippage away from it. Denies when the book, the equity or
 * the ATR is missing, or the size is under the smallest lot. Limits are the gate's business.
 */
export function planBracket(input: BracketPlanInput): Result<BracketRequest, Denial> {
  const { signal, config, instrument, reference, equity, accountId } = input;
  const bid = bookPrice(reference.bid);
  const ask = bookPrice(reference.ask);
  if (bid === null || ask === null) return err(staleBook(bid, ask));
  if (equity?.asset !== instrument.quote) return err(missingRate(instrument.quote, equity));
  const prices = bracketPrices(input, bid, ask);
  if (prices === null) return err({ code: 'BRACKET_INVALID', params: { atr: String(signal.atr) } });
  const quantity = plannedQuantity(equity, decimal(config.notionalRatio), prices.limitPrice, instrument);
  if (!quantity.isPositive) return err(tooSmall(quantity, instrument, equity));
  return ok({
    accountId,
    strategyId: config.strategyId,
    instrumentId: instrument.id,
    side: signal.signal.side,
    entry: config.entry,
    quantity: quantity.toString(),
    limitPrice: prices.limitPrice.toString(),
    stopTrigger: prices.stopTrigger.toString(),
    stopLimit: prices.stopLimit.toString(),
    target: prices.target.toString(),
  });
}

type Prices = Pick<Record<keyof BracketRequest, Price>, 'limitPrice' | 'stopTrigger' | 'stopLimit' | 'target'>;

/** Null when the ATR is no distance or a stop would reach below zero. */
function bracketPrices({ signal, config, instrument }: BracketPlanInput, bid: Price, ask: Price): Prices | null {
  const { tickSize } = instrument;
  const { atr } = signal;
  const slippage = ticksOf(atr, config.slippageAtr, tickSize, Math.ceil);
  const stop = ticksOf(atr, config.stopAtr, tickSize, Math.floor);
  const target = ticksOf(atr, config.targetAtr, tickSize, Math.floor);
  if (slippage === null || stop === null || target === null) return null;
  const base = config.entry === 'fok' ? ask : bid;
  const limitPrice = config.entry === 'fok' ? shifted(ask, slippage, tickSize) : bid;
  // A stop at or above the best bid would trigger at once and the venue refuses it.
  const stopTrigger = lower(shifted(base, -stop, tickSize), shifted(bid, -1n, tickSize));
  const stopLimit = shifted(stopTrigger, -slippage, tickSize);
  const floor = shifted(limitPrice, 1n, tickSize);
  const wanted = shifted(base, target, tickSize);
  if (!stopLimit.isPositive) return null;
  return { limitPrice, stopTrigger, stopLimit, target: wanted.compare(floor) >= 0 ? wanted : floor };
}

/** Whole ticks in a distance of ATRs, at least one; the only way a feature becomes a price. */
function ticksOf(atr: number, multiple: string, tickSize: Price, round: (value: number) => number): bigint | null {
  const ticks = round((atr * Number(multiple)) / tickSize.toNumberLossy());
  if (!Number.isSafeInteger(ticks) || !(atr > 0)) return null;
  return BigInt(Math.max(ticks, 1));
}

/** The price moved by whole ticks, on the tick even where the book was not. */
function shifted(price: Price, ticks: bigint, tickSize: Price): Price {
  const onTick = price.roundToTick(tickSize, 'down');
  return Price.of({ units: onTick.units + ticks * tickSize.units, scale: tickSize.scale });
}

const lower = (a: Price, b: Price): Price => (a.compare(b) <= 0 ? a : b);

function plannedQuantity(equity: Money, ratio: Decimal, price: Price, instrument: Instrument): Quantity {
  const notional = Money.of(multiplyDecimals(equity, ratio), equity.asset);
  const quantity = notional.dividedByPrice(price, instrument.lotSize.scale, 'down').floorToLot(instrument.lotSize);
  return quantity.min(instrument.maxQuantity.floorToLot(instrument.lotSize));
}

function bookPrice(text: string | null): Price | null {
  const parsed = text === null ? null : Price.parse(text);
  return parsed?.ok === true ? parsed.value : null;
}

function staleBook(bid: Price | null, ask: Price | null): Denial {
  return { code: 'PRICE_REFERENCE_STALE', params: { bid: bid?.toString() ?? null, ask: ask?.toString() ?? null } };
}

function missingRate(quote: string, equity: Money | null): Denial {
  return { code: 'CONVERSION_RATE_MISSING', params: { from: quote, to: equity?.asset ?? null } };
}

function tooSmall(quantity: Quantity, instrument: Instrument, equity: Money): Denial {
  const params = {
    after: quantity.toString(),
    limit: instrument.minQuantity.toString(),
    unit: instrument.base,
    equity: equity.toString(),
  };
  return { code: 'QUANTITY_BELOW_MINIMUM', params };
}
