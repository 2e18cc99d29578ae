import { addDecimals, type Decimal, decimal, divideDecimals, multiplyDecimals } from '../domain/decimal.ts';
import type { AccountId } from '../domain/identifiers.ts';
import type { Instrument } from '../domain/instrument.ts';
import { instrumentOf } from '../domain/listed-instrument.ts';
import { isTerminal } from '../domain/order.ts';
import type { Quantity } from '../domain/quantities.ts';
import { Money } from '../domain/quantities.ts';
import { priceOf, quantityOf } from '../execution/amounts.ts';
import { leavesOf, openRecords, worstLeavesOf } from '../execution/coverage.ts';
import type { Exposure, OrderRecord, Turn } from '../execution/execution-state.ts';
import { heldBy } from '../execution/held-entries.ts';
import { startedConfig, type Parts } from './core-state.ts';
import { equityOf, freeBalance, rateOf } from './valuation.ts';

type FundsTurn = Pick<Turn, 'state' | 'timeUs'>;

/** What pays for an entry: on spot the free quote asset, with leverage the free margin. */
export type Funds = {
  /** In the quote asset; null when it cannot be told. */
  readonly free: Money | null;
  /** Position over the funds behind it; null where the whole price is paid. */
  readonly leverage: number | null;
};

const ZERO: Decimal = { units: 0n, scale: 0 };
const SHARE_SCALE = 12;

export function fundsFor(
  parts: Parts,
  turn: FundsTurn,
  accountId: AccountId,
  instrument: Instrument,
  replaced: OrderRecord | undefined,
): Funds {
  const { futuresLeverage, marginLeverage } = startedConfig(parts).execution;
  if (instrument.product === 'SPOT')
    return { free: freeQuote(parts, turn, accountId, instrument, replaced), leverage: null };
  const leverage = instrument.product === 'USDM' ? futuresLeverage : marginLeverage;
  return { free: freeMargin(parts, turn, accountId, { leverage, quote: instrument.quote, replaced }), leverage };
}

/** The venue's free balance less what entries on their way will lock: the balance does not know of them yet. */
function freeQuote(
  parts: Parts,
  turn: FundsTurn,
  accountId: AccountId,
  instrument: Instrument,
  replaced: OrderRecord | undefined,
): Money {
  let free = freeBalance(parts, accountId, instrument.quote);
  for (const exposure of turn.state.exposures.values()) {
    if (exposure.accountId !== accountId) continue;
    for (const { spec, pending } of openRecords(turn.state, exposure)) {
      if (pending?.command !== 'create' || spec.side !== 'buy' || spec.price === null) continue;
      free = addDecimals(free, negated(multiplyDecimals(priceOf(spec.price), quantityOf(spec.quantity))));
    }
  }
  if (replaced?.spec.side === 'buy' && replaced.spec.price !== null) {
    free = addDecimals(free, multiplyDecimals(priceOf(replaced.spec.price), leavesOf(replaced)));
  }
  return Money.of(free, instrument.quote);
}

type MarginTerms = {
  readonly leverage: number;
  readonly quote: string;
  readonly replaced: OrderRecord | undefined;
};

/**
 * Equity less the initial margin of all positions at their marks, and of every entry that may still fill as if it did: no
 * answer lost, no order of unknown outcome frees any. Null without an equity or a mark.
 */
function freeMargin(
  parts: Parts,
  turn: FundsTurn,
  accountId: AccountId,
  { leverage, quote, replaced }: MarginTerms,
): Money | null {
  const equity = equityOf(parts, accountId);
  if (equity?.asset !== quote) return null;
  let exposed = ZERO;
  for (const exposure of turn.state.exposures.values()) {
    if (exposure.accountId !== accountId) continue;
    const notional = worstNotional(parts, turn, exposure, replaced);
    if (notional === null) return null;
    exposed = addDecimals(exposed, notional);
  }
  const times = { units: BigInt(leverage), scale: 0 };
  return Money.of(addDecimals(equity, negated(divideDecimals(exposed, times, SHARE_SCALE, 'up'))), quote);
}

/** Position and entries of one instrument in the reporting asset; null without a price where there is something to value. */
function worstNotional(
  parts: Parts,
  turn: FundsTurn,
  exposure: Exposure,
  replaced: OrderRecord | undefined,
): Decimal | null {
  const size = worstSize(turn, exposure, replaced);
  if (size.isZero) return ZERO;
  const price = turn.state.prices.get(exposure.instrumentId);
  const listed = turn.state.instruments.get(exposure.instrumentId);
  if (price === undefined || listed === undefined) return null;
  const { quote } = instrumentOf(listed);
  const rate = quote === startedConfig(parts).reportingAsset ? { units: 1n, scale: 0 } : rateOf(parts, quote);
  return rate === null ? null : multiplyDecimals(multiplyDecimals(decimal(price), size), rate);
}

/** Magnitudes, whatever the sides: an entry opens, it never nets. */
function worstSize(turn: FundsTurn, exposure: Exposure, replaced: OrderRecord | undefined): Quantity {
  let size = quantityOf(exposure.quantity).abs();
  for (const record of openRecords(turn.state, exposure)) {
    if (record.spec.role !== 'entry' || record === replaced || isTerminal(record.status)) continue;
    size = size.plus(worstLeavesOf(record));
  }
  for (const { entry } of heldBy(turn, exposure)) size = size.plus(quantityOf(entry.quantity));
  return size;
}

const negated = ({ units, scale }: Decimal): Decimal => ({ units: -units, scale });
