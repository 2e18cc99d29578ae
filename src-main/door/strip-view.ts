import { decimal, rescale } from '../engine/domain/decimal.ts';
import { isTerminal } from '../engine/domain/order.ts';
import { Money } from '../engine/domain/quantities.ts';
import type { LimitDto, StripDto } from '../../src-preload/contract/state.ts';
import type { EngineFacts } from './engine-facts.ts';

const MONEY_DIGITS = 2;
/** A guardian silent for longer than this leaves the stop without its second path. */
const GUARDIAN_LIMIT_MS = 1_000;

export function stripDto(facts: EngineFacts): StripDto {
  const { reason, sinceUs, state } = facts.tradingState();
  const { silentMs } = facts.guardian();
  const guarded = silentMs !== null && silentMs <= GUARDIAN_LIMIT_MS;
  return {
    tradingState: state,
    tradingStateSinceUs: sinceUs,
    tradingStateReason: reason,
    mode: facts.mode,
    venueLabel: facts.venueLabel,
    feed: feedFigures(facts),
    engineLag: facts.lag(),
    roundTrip: facts.roundTrip(),
    emergencyStop: { armed: guarded, reason: guarded ? null : 'GUARDIAN_SILENT', guardianMs: silentMs },
    workingOrders: { ...workingOrders(facts), foreign: facts.foreignOrders().length },
    protection: protectionFigures(facts),
    dayPnl: dayPnl(facts),
  };
}

/** The limits that hold for the account, each with what is used of it. */
export function limitDtos(facts: EngineFacts): readonly LimitDto[] {
  const { equity } = facts.account();
  const largest = largestPosition(facts);
  const day = dayPnl(facts);
  return [
    limit(
      'dayLoss',
      day.amount?.startsWith('-') === true ? day.amount.slice(1) : day.amount === null ? null : '0.00',
      day.limit,
      facts.reportingAsset,
    ),
    limit(
      'largestPosition',
      largest?.toString() ?? null,
      share(equity, facts.risk.maxPositionNotionalRatio),
      facts.reportingAsset,
    ),
    limit('orderNotional', null, share(equity, facts.risk.maxOrderNotionalRatio), facts.reportingAsset),
  ];
}

function limit(name: string, used: string | null, ceiling: string | null, unit: string): LimitDto {
  const headroom =
    used === null || ceiling === null ? null : Money.of(decimal(ceiling), unit).minus(Money.of(decimal(used), unit));
  return {
    name,
    used,
    limit: ceiling ?? '—',
    headroom: headroom?.rounded(MONEY_DIGITS, 'down').toString() ?? null,
    unit,
    usedRatio: used === null || ceiling === null ? null : Number(used) / Number(ceiling),
  };
}

const share = (equity: Money | null, ratio: string): string | null =>
  equity?.scaledBy(decimal(ratio), MONEY_DIGITS, 'down').toString() ?? null;

function largestPosition(facts: EngineFacts): Money | null {
  let largest = Money.of(rescale({ units: 0n, scale: 0 }, MONEY_DIGITS, 'down'), facts.reportingAsset);
  for (const { accountId, instrumentId } of facts.exposures()) {
    const position = facts.position(accountId, instrumentId);
    if (position === undefined || position.quantity.isZero) continue;
    if (position.mark === null) return null;
    const notional = position.mark.times(position.quantity.abs(), facts.reportingAsset).rounded(MONEY_DIGITS, 'up');
    if (notional.compare(largest) > 0) largest = notional;
  }
  return largest;
}

function feedFigures(facts: EngineFacts): StripDto['feed'] {
  const states = facts.instruments().map(({ id }) => facts.feed(id));
  const ages = states.map(({ ageMs }) => ageMs).filter((age) => age !== null);
  return {
    worstAgeMs: ages.length === 0 ? null : Math.max(...ages),
    limitMs: facts.risk.maxReferenceAgeMs,
    live: states.filter(({ state }) => state === 'live').length,
    total: states.length,
  };
}

function workingOrders(facts: EngineFacts): { own: number; unknown: number } {
  let own = 0;
  let unknown = 0;
  for (const exposure of facts.exposures()) {
    for (const id of exposure.openOrders) {
      const record = facts.order(id);
      if (record === undefined || isTerminal(record.status)) continue;
      own += 1;
      if (record.pending?.outcome === 'unknown') unknown += 1;
    }
  }
  return { own, unknown };
}

/** Share of the open positions' notional that resting stops cover; null when everything is flat. */
function protectionFigures(facts: EngineFacts): StripDto['protection'] {
  let held = 0;
  let bare = 0;
  let bareNow = 0;
  for (const { instrumentId, isBare, isFlat, protection, quantity, uncovered } of facts.exposures()) {
    if (protection.unprotectedSinceUs !== null) bareNow += 1;
    if (isFlat) continue;
    const price = facts.last(instrumentId)?.toNumberLossy() ?? 0;
    held += Math.abs(Number(quantity)) * price;
    if (isBare) bare += Number(uncovered) * price;
  }
  const protectedRatio = held === 0 ? null : Math.max(0, 1 - bare / held);
  return { protectedRatio, bareNow, unprotectedMs: facts.unprotectedMs() };
}

function dayPnl(facts: EngineFacts): StripDto['dayPnl'] {
  const { dayPnl: pnl, equity } = facts.account();
  const currency = facts.reportingAsset;
  if (equity === null || pnl === null) {
    return { amount: cents(pnl), ratio: null, limit: null, left: null, equity: cents(equity), currency };
  }
  const start = equity.minus(pnl);
  const ceiling = start.scaledBy(decimal(facts.risk.maxDayLossRatio), MONEY_DIGITS, 'down');
  return {
    amount: cents(pnl),
    ratio: start.isZero ? null : pnl.toNumberLossy() / start.toNumberLossy(),
    limit: ceiling.toString(),
    left: cents(ceiling.plus(pnl)),
    equity: cents(equity),
    currency,
  };
}

const cents = (money: Money | null): string | null => money?.rounded(MONEY_DIGITS, 'down').toString() ?? null;
