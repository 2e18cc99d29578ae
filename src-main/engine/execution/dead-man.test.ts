import { describe, expect, it } from 'vitest';
import type { CommandOutcome, Decision, ListedInstrument } from '../domain/events.ts';
import type { InstrumentId } from '../domain/identifiers.ts';
import { ordersOf } from '../domain/order.ts';
import { ACCOUNT, bracket, CONFIG, CoreSession, LISTED, PRICES } from '../testing/core-session.ts';

const KRAKEN_BTC = 'XBT/USDT.KRAKEN.SPOT' as InstrumentId;
const ON_KRAKEN: ListedInstrument = { ...LISTED, id: KRAKEN_BTC, venueSymbol: 'XBT/USDT' };
const ACCEPTED: CommandOutcome = { kind: 'accepted', reports: [], fills: [] };

const timersOf = (decisions: readonly Decision[]): readonly number[] =>
  decisions.flatMap((decision) => (decision.kind === 'venue.armDeadMan' ? [decision.timeoutMs] : []));

/** A session whose account trades a venue with a timer; every timer set so far is in `timers()`. */
class TimedSession extends CoreSession {
  override start(config = CONFIG, epoch = 1): void {
    super.start(config, epoch);
    this.dispatch({ kind: 'instruments.listed', instruments: [ON_KRAKEN] });
    this.dispatch({ kind: 'feed.changed', instrumentId: KRAKEN_BTC, state: 'live', ageUs: 0 });
  }

  timers(): readonly number[] {
    return timersOf(this.decisions);
  }

  enter(): void {
    this.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId: KRAKEN_BTC, reference: PRICES }] });
    this.command({ kind: 'enterBracket', request: bracket({ instrumentId: KRAKEN_BTC, entry: 'resting' }) });
    this.pump();
  }

  answerTimer(timeoutMs: number, outcome: CommandOutcome = ACCEPTED): void {
    this.dispatch({ kind: 'deadMan.answered', accountId: ACCOUNT, timeoutMs, outcome });
  }

  fillEntry(): void {
    const submitted = this.decisions.flatMap((decision) =>
      decision.kind === 'order.submit' ? ordersOf(decision.submission) : [],
    );
    const entry = submitted.find(({ role }) => role === 'entry');
    if (entry === undefined) throw new Error('expected an entry, was none');
    this.venue.fill(entry.clientOrderId);
    this.pump();
  }
}

function armed(): TimedSession {
  const session = new TimedSession();
  session.start();
  session.enter();
  session.advance(1_000);
  return session;
}

describe('the timer of a venue', () => {
  it('is set for a working entry and set anew in a third of its time', () => {
    const session = armed();
    expect(session.timers()).toEqual([60_000]);
    session.answerTimer(60_000);
    session.advance(19_000);
    expect(session.timers()).toEqual([60_000]);
    session.advance(2_000);
    expect(session.timers()).toEqual([60_000, 60_000]);
  });

  it('is not set for an entry that may still be refused, but for one without an answer', () => {
    const session = new TimedSession();
    session.start();
    session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId: KRAKEN_BTC, reference: PRICES }] });
    session.command({ kind: 'enterBracket', request: bracket({ instrumentId: KRAKEN_BTC, entry: 'resting' }) });
    session.dispatch({ kind: 'clock.ticked' });
    expect(session.timers()).toEqual([]);
    session.timeUs += 1_000_000;
    session.dispatch({ kind: 'clock.ticked' });
    expect(session.timers()).toEqual([60_000]);
  });

  it('is taken back in the turn of the first fill, before it can cancel the stop', () => {
    const session = armed();
    session.answerTimer(60_000);
    session.fillEntry();
    expect(session.timers()).toEqual([60_000, 0]);
    session.answerTimer(0);
    session.advance(60_000);
    expect(session.timers()).toEqual([60_000, 0]);
  });

  it('is taken back until the venue says so', () => {
    const session = armed();
    session.fillEntry();
    // The setting is unanswered: the taking back must not overtake it.
    expect(session.timers()).toEqual([60_000]);
    session.answerTimer(60_000, { kind: 'unknown', reason: 'connection reset' });
    expect(session.timers()).toEqual([60_000, 0]);
    session.answerTimer(0, { kind: 'unknown', reason: 'connection reset' });
    session.advance(1_000);
    expect(session.timers().at(-1)).toBe(0);
    session.answerTimer(0);
    const taken = session.timers().length;
    session.advance(5_000);
    expect(session.timers()).toHaveLength(taken);
  });

  it('is taken back by the next life', () => {
    const session = armed();
    session.answerTimer(60_000);
    session.command({ kind: 'cancelAll', accountId: ACCOUNT, instrumentId: null });
    const before = session.timers().length;
    session.venue.openIds().forEach((id) => session.venue.cancel(id, null));
    session.start(CONFIG, 2);
    session.advance(2_000);
    session.answerTimer(60_000);
    session.advance(15_000);
    expect(session.timers().slice(before)).toContain(0);
  });

  it('is never set where the venue has none, nor when it is turned off', () => {
    const spot = new CoreSession();
    spot.start();
    spot.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    spot.pump();
    spot.advance(60_000);
    expect(timersOf(spot.decisions)).toEqual([]);
    const off = new TimedSession();
    off.start({ ...CONFIG, execution: { ...CONFIG.execution, deadManMs: 0 } });
    off.enter();
    off.advance(60_000);
    expect(off.timers()).toEqual([]);
  });
});
