import type { Denial } from '../domain/denial.ts';
import { ALLOWED } from '../domain/trading-state.ts';
import { count, denial, fact, type Judgment, measured } from './judgment.ts';
import type { Subject } from './subject.ts';

/** May anything be entered now: trading state, instrument, feed, venue, no outcome in doubt, the account our own, a known equity. */
export function judgeReadiness(subject: Subject): readonly Judgment[] {
  const { request, context } = subject;
  const { instrumentId } = request;
  const known = instrumentId === context.instrument.id;
  return [
    judgeTradingState(subject),
    fact('instrument', known ? null : denial('INSTRUMENT_UNKNOWN', { instrumentId })),
    fact('feed', context.feedLive ? null : denial('FEED_NOT_LIVE', { instrumentId })),
    fact('venue', judgeVenue(subject)),
    fact('breaker', context.openBreaker === null ? null : denial('BREAKER_OPEN', context.openBreaker)),
    judgeClock(subject),
    judgeRate(subject),
    fact('outcome', context.unknownOutcome ? denial('OUTCOME_UNKNOWN', { instrumentId }) : null),
    judgeEquity(subject),
  ];
}

function judgeTradingState({ context }: Subject): Judgment {
  const action = context.positionQuantity.isZero ? 'entry' : 'increase';
  const allowed = ALLOWED[context.tradingState][action];
  return fact('tradingState', allowed ? null : denial('TRADING_STATE', { tradingState: context.tradingState, action }));
}

/** Connected and looked at, and the account is not traded by another Leeward as well. */
function judgeVenue({ request: { accountId }, context }: Subject): Denial | null {
  const { instrument, otherInstallation: installation, venueReady } = context;
  if (installation !== null) return denial('ACCOUNT_SHARED', { accountId, installation });
  if (context.venueAway) return denial('VENUE_SILENT', { venue: instrument.venue });
  return venueReady ? null : denial('VENUE_NOT_READY', { venue: instrument.venue });
}

/** Limits are fractions of equity, so they need it in the asset the order is paid in. */
function judgeEquity({ context }: Subject): Judgment {
  const asset = context.equity?.asset ?? null;
  const { quote } = context.instrument;
  return fact('equity', asset === quote ? null : denial('CONVERSION_RATE_MISSING', { from: quote, to: asset }));
}

/** Stamps of orders and the ages of prices mean nothing when the clocks are apart. */
function judgeClock({ context }: Subject): Judgment {
  const { clockDriftMs, config } = context;
  if (clockDriftMs === null) return fact('clock', null);
  const limit = count(config.maxClockDriftMs);
  const after = count(clockDriftMs);
  return measured({ name: 'clock', unit: 'ms', bound: 'atMost', limit, used: after, after }, 'CLOCK_UNTRUSTED');
}

function judgeRate({ context }: Subject): Judgment {
  const { entriesInMinute, config } = context;
  const [used, after] = [count(entriesInMinute), count(entriesInMinute + 1)];
  const limit = count(config.maxEntriesPerMinute);
  return measured({ name: 'orderRate', unit: 'orders', bound: 'atMost', limit, used, after }, 'ORDER_RATE_LIMIT');
}
