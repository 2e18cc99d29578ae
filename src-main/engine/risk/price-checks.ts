import { type Decimal, decimal, divideDecimals, formatDecimal, multiplyDecimals } from '../domain/decimal.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { Price } from '../domain/quantities.ts';
import { type BracketPrices, PRICE_FIELDS, shown } from './bracket-figures.ts';
import { denial, fact, type Judgment, larger, measured, smaller, subtract, unmeasured } from './judgment.ts';
import { bookMid, isFresh, MIN_FRESH_REFERENCES } from './reference-price.ts';
import type { Subject } from './subject.ts';

/** Digits of a ratio shown to the trader; the comparison itself is exact. */
const RATIO_SCALE = 8;

/** Four valid prices on their tick, in bracket order, near a median of fresh references and inside the venue's band. */
export function judgePrices(subject: Subject): readonly Judgment[] {
  const { figures, reference, context } = subject;
  return [
    judgeValid(subject),
    figures.prices === null ? unmeasured('priceTick', '') : judgeTick(figures.prices, context.instrument.tickSize),
    figures.prices === null ? unmeasured('bracket', '') : judgeGeometry(subject, figures.prices),
    judgeReference(subject),
    figures.prices === null || reference.median === null
      ? unmeasured('priceCollar', 'ratio')
      : judgeCollar(subject, figures.prices.limitPrice, reference.median),
    judgeCrossVenue(subject),
    figures.prices === null || reference.median === null
      ? unmeasured('priceBand', context.instrument.quote)
      : judgeBand(context.instrument, figures.prices, reference.median),
  ];
}

function judgeValid({ request, figures }: Subject): Judgment {
  const [field] = figures.invalidPrices;
  if (field === undefined) return fact('prices', null);
  return fact('prices', denial('PRICE_INVALID', { field, price: shown(request[field]) }));
}

function judgeTick(prices: BracketPrices, tickSize: Price): Judgment {
  const field = PRICE_FIELDS.find((name) => !prices[name].isOnTick(tickSize));
  if (field === undefined) return fact('priceTick', null);
  const params = { field, price: prices[field].toString(), tickSize: tickSize.toString() };
  return fact('priceTick', denial('PRICE_OFF_TICK', params));
}

/**
 * Buy: stopLimit <= stopTrigger < limitPrice < target; a sell is the mirror. Spot has nothing to sell short, and where an
 * account has one position an instrument, an entry against it would be an exit without a plan.
 */
function judgeGeometry({ request, context }: Subject, prices: BracketPrices): Judgment {
  const { side } = request;
  const { product } = context.instrument;
  if (product === 'SPOT' && side === 'sell') return fact('bracket', denial('BRACKET_INVALID', { side, product }));
  const held = context.positionQuantity;
  if (side === 'buy' ? held.isNegative : held.isPositive) {
    return fact('bracket', denial('BRACKET_INVALID', { side, position: held.toString() }));
  }
  const { limitPrice, stopTrigger, stopLimit, target } = prices;
  const up = side === 'buy' ? 1 : -1;
  const ordered =
    stopLimit.compare(stopTrigger) * up <= 0 &&
    stopTrigger.compare(limitPrice) * up < 0 &&
    limitPrice.compare(target) * up < 0;
  if (ordered) return fact('bracket', null);
  const params = {
    side,
    stopLimit: stopLimit.toString(),
    stopTrigger: stopTrigger.toString(),
    limitPrice: limitPrice.toString(),
    target: target.toString(),
  };
  return fact('bracket', denial('BRACKET_INVALID', params));
}

function judgeReference({ reference, context }: Subject): Judgment {
  if (reference.median !== null) return fact('priceReference', null);
  const params = {
    fresh: reference.fresh.length,
    required: MIN_FRESH_REFERENCES,
    stale: reference.stale.join(' '),
    missing: reference.missing.join(' '),
    maxAgeMs: context.config.maxReferenceAgeMs,
  };
  return fact('priceReference', denial('PRICE_REFERENCE_STALE', params));
}

/** Compared as a distance in quote units, so no rounding decides; the ratio is what the trader reads. */
function judgeCollar({ context }: Subject, limitPrice: Price, median: Decimal): Judgment {
  const distance = magnitude(subtract(limitPrice, median));
  const limit = decimal(context.config.priceCollarRatio);
  const exceeded = subtract(multiplyDecimals(median, limit), distance).units < 0n;
  // Rounded up, a ratio over its limit never reads as equal to it.
  const after = divideDecimals(distance, median, Math.max(RATIO_SCALE, limit.scale), exceeded ? 'up' : 'down');
  const measure = { name: 'priceCollar', unit: 'ratio', bound: 'atMost', limit, used: null, after } as const;
  const params = { limitPrice: limitPrice.toString(), median: formatDecimal(median) };
  return measured(measure, 'PRICE_COLLAR', params);
}

/** Where the underlying has a fresh book on another venue, our own mid has to agree with it. */
function judgeCrossVenue({ context }: Subject): Judgment {
  const { otherVenue } = context.reference;
  const own = bookMid(context.reference);
  const other = otherVenue === undefined ? null : bookMid(otherVenue);
  if (otherVenue === undefined || own === null || other === null) return fact('crossVenue', null);
  if (!isFresh(otherVenue.ageUs, context.config.maxReferenceAgeMs)) return fact('crossVenue', null);
  const distance = magnitude(subtract(own, other));
  const limit = decimal(context.maxCrossVenueRatio);
  const exceeded = subtract(multiplyDecimals(other, limit), distance).units < 0n;
  const after = divideDecimals(distance, other, Math.max(RATIO_SCALE, limit.scale), exceeded ? 'up' : 'down');
  const measure = { name: 'crossVenue', unit: 'ratio', bound: 'atMost', limit, used: null, after } as const;
  const params = { own: formatDecimal(own), other: formatDecimal(other), instrumentId: otherVenue.instrumentId };
  return measured(measure, 'PRICE_CROSS_VENUE', params);
}

/** The venue refuses any leg outside its band around the average price; the median stands for that average. */
function judgeBand(instrument: Instrument, prices: BracketPrices, median: Decimal): Judgment {
  const { priceBand, quote } = instrument;
  if (priceBand === null) return fact('priceBand', null);
  const highest = PRICE_FIELDS.map((field) => prices[field] as Decimal).reduce(larger);
  const lowest = PRICE_FIELDS.map((field) => prices[field] as Decimal).reduce(smaller);
  const ceiling = multiplyDecimals(median, priceBand.up);
  const floor = multiplyDecimals(median, priceBand.down);
  const base = { name: 'priceBand', unit: quote, used: null } as const;
  const above = measured({ ...base, bound: 'atMost', limit: ceiling, after: highest }, 'PRICE_BAND', { bound: 'up' });
  if (!above.check.passed) return above;
  return measured({ ...base, bound: 'atLeast', limit: floor, after: lowest }, 'PRICE_BAND', { bound: 'down' });
}

const magnitude = (value: Decimal): Decimal => (value.units < 0n ? { units: -value.units, scale: value.scale } : value);
