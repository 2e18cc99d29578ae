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
  const { exposures } = parts.state.execution;
  const holdings: Balance[] = [];
  for (const exposure of exposures.values()) {
    if (exposure.accountId !== accountId || exposure.quantity === '0') continue;
    const held = holdingOf(parts, exposure);
    if (held === null) return null;
    holdings.push(held);
  }
  return parts.portfolio.equity([...cash, ...holdings], reportingAsset, (asset) => rateOf(parts, asset));
}

/** Coins on spot; a futures position is worth what it gained and not what it moves. Null without its mark. */
function holdingOf(parts: Parts, { accountId, instrumentId: id, quantity }: Exposure): Balance | null {
  const listed = parts.state.execution.instruments.get(id);
  if (listed === undefined) return { asset: id, free: quantity, locked: '0' };
  const { base, product } = instrumentOf(listed);
  if (product !== 'USDM') return { asset: base, free: quantity, locked: '0' };
  const gain = parts.portfolio.position(accountId, id)?.unrealizedPnl ?? null;
  return gain === null ? null : { asset: gain.asset, free: formatDecimal(gain), locked: '0' };
}

/** Price of an asset in the reporting asset on a spot market of our venues that trades the two; null without one. */
export function rateOf(parts: Parts, base: string): Decimal | null {
  const { reportingAsset } = startedConfig(parts);
  for (const { venue } of parts.state.execution.accounts) {
    const price = parts.state.execution.prices.get(
      instrumentId({ base, quote: reportingAsset, venue, product: 'SPOT' }),
    );
    if (price !== undefined) return decimal(price);
  }
  return null;
}

export function freeBalance(parts: Parts, accountId: AccountId, asset: string): Decimal {
  const balance = parts.state.balances.get(accountId)?.find((candidate) => candidate.asset === asset);
  return decimal(balance?.free ?? '0');
}
