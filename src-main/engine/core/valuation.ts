import { settlesGains } from '../domain/capabilities.ts';
import { addDecimals, type Decimal, decimal, type DecimalText, formatDecimal } from '../domain/decimal.ts';
import type { Balance } from '../domain/events.ts';
import { instrumentId, type AccountId, type InstrumentId } from '../domain/identifiers.ts';
import { instrumentOf } from '../domain/listed-instrument.ts';
import type { PriceReference } from '../domain/market.ts';
import type { Money } from '../domain/quantities.ts';
import { priceOf } from '../execution/amounts.ts';
import type { Exposure } from '../execution/execution-state.ts';
import { startedConfig, type Parts } from './core-state.ts';

/** Best price known of an instrument: mid of the book, or of the other venue's that stands in for it, else the last trade, else the close of the last bar. */
export function referencePrice(reference: PriceReference): DecimalText | null {
  const { otherVenue, lastTrade, barClose } = reference;
  const { bid, ask } = otherVenue?.standsIn === true ? otherVenue : reference;
  if (bid === null || ask === null) return lastTrade ?? barClose;
  const sum = addDecimals(decimal(bid), decimal(ask));
  // Half of a decimal is five tenths of it: exact.
  return formatDecimal({ units: sum.units * 5n, scale: sum.scale + 1 });
}

export function notePrice(parts: Parts, id: InstrumentId, reference: PriceReference): void {
  const price = referencePrice(reference);
  if (price === null) return;
  parts.state.execution.prices.set(id, price);
  parts.portfolio.setMark(id, priceOf(price));
}

/**
 * Equity of an account in the reporting asset: its balance there and its own positions at their marks. Other balances are
 * not ours to count on. Null before the first balance, and when a position has no mark.
 */
export function equityOf(parts: Parts, accountId: AccountId): Money | null {
  const balances = parts.state.balances.get(accountId);
  if (balances === undefined) return null;
  const { reportingAsset } = startedConfig(parts);
  const cash = balances.filter(({ asset }) => asset === reportingAsset);
  const owed = balances.flatMap((balance) => debtsOf(balance, reportingAsset));
  const { exposures } = parts.state.execution;
  const holdings: Balance[] = [];
  for (const exposure of exposures.values()) {
    if (exposure.accountId !== accountId || exposure.quantity === '0') continue;
    const held = holdingOf(parts, exposure);
    if (held === null) return null;
    holdings.push(held);
  }
  return parts.portfolio.equity([...cash, ...holdings, ...owed], reportingAsset, (asset) => rateOf(parts, asset));
}

/**
 * What is owed, negative. Coins that were sold short are in the position already: of those only the interest counts, which no
 * position holds.
 */
function debtsOf({ asset, borrowed = '0', interest = '0' }: Balance, reportingAsset: string): readonly Balance[] {
  const owed = asset === reportingAsset ? addDecimals(decimal(borrowed), decimal(interest)) : decimal(interest);
  return [{ asset, free: formatDecimal({ units: -owed.units, scale: owed.scale }), locked: '0' }];
}

/** Coins on spot and on a loan; a position that settles in its gain is worth that and not what it moves. Null without its mark. */
function holdingOf(parts: Parts, { accountId, instrumentId: id, quantity }: Exposure): Balance | null {
  const listed = parts.state.execution.instruments.get(id);
  if (listed === undefined) return { asset: id, free: quantity, locked: '0' };
  const { base } = instrumentOf(listed);
  if (!settlesGains(id)) return { asset: base, free: quantity, locked: '0' };
  const gain = parts.portfolio.position(accountId, id)?.unrealizedPnl ?? null;
  return gain === null ? null : { asset: gain.asset, free: formatDecimal(gain), locked: '0' };
}

/** Spot itself, margin which plays on spot's books, and the perpetual, which follows spot by its funding. */
const RATE_PRODUCTS = ['SPOT', 'MARGIN', 'USDM'] as const;

/** Price of an asset in the reporting asset on the first market of our venues that trades the two; null without one. */
export function rateOf(parts: Parts, base: string): Decimal | null {
  const { reportingAsset } = startedConfig(parts);
  for (const product of RATE_PRODUCTS) {
    for (const { venue } of parts.state.execution.accounts) {
      const price = parts.state.execution.prices.get(instrumentId({ base, quote: reportingAsset, venue, product }));
      if (price !== undefined) return decimal(price);
    }
  }
  return null;
}

export function freeBalance(parts: Parts, accountId: AccountId, asset: string): Decimal {
  const balance = parts.state.balances.get(accountId)?.find((candidate) => candidate.asset === asset);
  return decimal(balance?.free ?? '0');
}
