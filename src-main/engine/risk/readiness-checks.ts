import { ALLOWED } from '../domain/trading-state.ts';
import { denial, fact, type Judgment } from './judgment.ts';
import type { Subject } from './subject.ts';

/** May anything be entered now: trading state, instrument, feed, venue, no outcome in doubt, a known equity. */
export function judgeReadiness(subject: Subject): readonly Judgment[] {
  const { request, context } = subject;
  const { instrumentId } = request;
  const known = instrumentId === context.instrument.id;
  return [
    judgeTradingState(subject),
    fact('instrument', known ? null : denial('INSTRUMENT_UNKNOWN', { instrumentId })),
    fact('feed', context.feedLive ? null : denial('FEED_NOT_LIVE', { instrumentId })),
    fact('venue', context.venueReady ? null : denial('VENUE_NOT_READY', { venue: context.instrument.venue })),
    fact('outcome', context.unknownOutcome ? denial('OUTCOME_UNKNOWN', { instrumentId }) : null),
    judgeEquity(subject),
  ];
}

function judgeTradingState({ context }: Subject): Judgment {
  const action = context.positionQuantity.isZero ? 'entry' : 'increase';
  const allowed = ALLOWED[context.tradingState][action];
  return fact('tradingState', allowed ? null : denial('TRADING_STATE', { tradingState: context.tradingState, action }));
}

/** Limits are fractions of equity, so they need it in the asset the order is paid in. */
function judgeEquity({ context }: Subject): Judgment {
  const asset = context.equity?.asset ?? null;
  const { quote } = context.instrument;
  return fact('equity', asset === quote ? null : denial('CONVERSION_RATE_MISSING', { from: quote, to: asset }));
}
