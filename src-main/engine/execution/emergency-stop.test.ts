import { describe, expect, it } from 'vitest';
import { bracket, BTC, CoreSession, LISTED } from '../testing/core-session.ts';
import { sessionOn, USDM } from '../testing/venue-cases.ts';

function withPosition(accounts?: readonly string[]): CoreSession {
  const session = new CoreSession(accounts);
  session.start();
  for (const { accountId } of session.venues) {
    session.command({ kind: 'enterBracket', request: bracket({ accountId }) });
    session.pump();
  }
  return session;
}

const stop = { kind: 'emergencyStop' } as const;

describe('the emergency stop', () => {
  it('cancels, sells, proves and ends halted', () => {
    const session = withPosition();
    session.command(stop, { origin: 'key' });
    expect(session.core.view.tradingState().state).toBe('stopping');
    session.pump();
    session.advance(2_000);
    const report = session.core.view.stop();
    expect(report).toMatchObject({ verifiedFlat: true, sources: ['key'] });
    expect(report?.actions.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(['cancel done', 'exit done']);
    expect(session.core.view.tradingState().state).toBe('halted');
    expect(session.venue.openIds()).toEqual([]);
    expect(session.exposure().isFlat).toBe(true);
  });

  it.each([
    ['fills', 'fill' as const],
    ['does not', 'expire' as const],
  ])('keeps the stop that rests before an entry under way, which then %s', (_name, fok) => {
    const session = sessionOn(USDM);
    session.venue.options.fok = fok;
    session.command({ kind: 'enterBracket', request: bracket({ instrumentId: USDM }) });
    session.carryOut(session.effects.find(({ kind }) => kind === 'order.submit')!);
    while (session.deliver(session.venue.events.shift()));
    const entry = session.effects.findLast(({ kind }) => kind === 'order.submit')!;
    session.effects.length = 0;
    expect(session.ordersOfRole('entry')).toHaveLength(1);
    const sent = session.command(stop).filter(({ kind }) => kind === 'order.submit' || kind === 'order.cancel');
    expect(sent).toEqual([]);
    session.carryOut(entry);
    session.timeUs += 100_000;
    session.pump();
    session.advance(2_000);
    expect(session.core.view.stop()).toMatchObject({ verifiedFlat: true });
    expect(session.core.view.unprotectedMs()).toBe(0);
    expect(session.venue.openIds()).toEqual([]);
    expect(session.ordersOfRole('exit')).toHaveLength(fok === 'fill' ? 1 : 0);
  });

  it('keeps the stop until flat where orders lock no funds, and exits once', () => {
    const session = new CoreSession();
    session.start();
    const instrumentId = 'BTC/USDT.BINANCE.USDM' as typeof BTC;
    session.dispatch({ kind: 'instruments.listed', instruments: [{ ...LISTED, id: instrumentId }] });
    session.dispatch({ kind: 'feed.changed', instrumentId, state: 'live', ageUs: 0 });
    session.command({ kind: 'enterBracket', request: bracket({ instrumentId }) });
    session.pump();
    const sent = session.command(stop).filter(({ kind }) => kind === 'order.submit' || kind === 'order.cancel');
    expect(sent.map(({ kind }) => kind)).toEqual(['order.submit']);
    const exits = session.effects.splice(0).filter(({ kind }) => kind === 'order.submit');
    for (let second = 0; second < 3; second++) {
      session.timeUs += 1_000_000;
      session.dispatch({ kind: 'clock.ticked' });
    }
    expect(session.ordersOfRole('exit')).toHaveLength(1);
    for (const exit of exits) session.carryOut(exit);
    session.pump();
    session.advance(3_000);
    expect(session.core.view.stop()).toMatchObject({ verifiedFlat: true });
    const actions = session.core.view.stop()?.actions.map(({ action }) => action);
    expect(actions).toEqual(['exit', 'cancel', 'cancel']);
  });

  it('is one stop from many sources, never too late and never a replay', () => {
    const session = withPosition();
    session.command(stop, { origin: 'key' });
    session.command(stop, { origin: 'guardian', expiresAtUs: 0 });
    session.command(stop, { origin: 'key', commandId: 'c2' as never });
    session.pump();
    session.advance(2_000);
    expect(session.core.view.stop()?.sources).toEqual(['key', 'guardian']);
    expect(session.ordersOfRole('exit')).toHaveLength(1);
  });

  it('stops every account, instruments in parallel', () => {
    const session = withPosition(['paper-1', 'paper-2']);
    const decisions = session.command(stop);
    const cancels = decisions.filter((decision) => decision.kind === 'order.cancel');
    expect(cancels.map(({ accountId }) => accountId)).toEqual(['paper-1', 'paper-2']);
    session.pump();
    session.advance(3_000);
    expect(session.core.view.stop()?.verifiedFlat).toBe(true);
    expect(session.core.view.exposures().map(({ isFlat }) => isFlat)).toEqual([true, true]);
  });

  it('waits for the release of the stop before it sells', () => {
    const session = withPosition();
    session.command(stop);
    expect(session.effects.filter(({ kind }) => kind === 'order.submit')).toEqual([]);
    session.pump();
    expect(session.ordersOfRole('exit')).toHaveLength(1);
  });

  it('rests the stop again when the exit is refused, and tries again', () => {
    const session = withPosition();
    session.venue.options.market = 'refuse';
    session.command(stop);
    session.pump();
    expect(session.exposure().covered).toBe('0.999');
    session.venue.options.market = 'fill';
    session.advance(5_000);
    expect(session.core.view.stop()).toMatchObject({ verifiedFlat: true });
    const actions = session.core.view.stop()?.actions.map(({ action, outcome }) => `${action} ${outcome}`);
    expect(actions?.slice(0, 3)).toEqual(['cancel done', 'exit refused', 'restStop done']);
  });

  it('flattens an entry that fills while it works', () => {
    const session = new CoreSession();
    session.start();
    session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    session.pump();
    session.command(stop);
    session.venue.fill(session.ordersOfRole('entry')[0]!, '0.600');
    session.pump();
    session.advance(5_000);
    expect(session.exposure()).toMatchObject({ isFlat: true, openOrders: [] });
    expect(session.core.view.stop()?.verifiedFlat).toBe(true);
    expect(session.venue.openIds()).toEqual([]);
  });

  it('does not call flat what it could not look at', () => {
    const session = withPosition();
    session.isReachable = false;
    session.command(stop);
    session.pump();
    session.advance(20_000);
    expect(session.core.view.stop()?.verifiedFlat).toBe(false);
    expect(session.core.view.tradingState().state).toBe('stopping');
    session.isReachable = true;
    session.advance(30_000);
    expect(session.core.view.stop()?.verifiedFlat).toBe(true);
    expect(session.venue.openIds()).toEqual([]);
  });

  it('is proven by queries alone while the private stream is down', () => {
    const session = withPosition();
    const { accountId } = session.venue;
    session.dispatch({ kind: 'venue.changed', accountId, state: 'down', detail: '1006' });
    session.command(stop);
    for (let second = 0; second < 5; second++) {
      for (const effect of session.effects.splice(0)) session.carryOut(effect);
      session.venue.events.length = 0;
      session.timeUs += 1_000_000;
      session.dispatch({ kind: 'clock.ticked' });
    }
    expect(session.core.view.stop()?.verifiedFlat).toBe(true);
  });

  it('asks for its proof in the lane of exits', () => {
    const session = withPosition();
    const before = session.decisions.length;
    session.command(stop);
    session.pump();
    const looks = session.decisions.slice(before).filter(({ kind }) => kind === 'venue.reconcile');
    expect(looks).not.toEqual([]);
    expect(looks).toEqual(looks.map((look) => ({ ...look, lane: 'reduce' })));
  });

  it('proves its exit when every answer is lost', () => {
    const session = withPosition();
    session.answers = 'lose';
    session.command(stop);
    session.pump();
    session.advance(30_000);
    expect(session.core.view.stop()?.verifiedFlat).toBe(true);
    expect(session.ordersOfRole('exit')).toHaveLength(1);
  });

  it('works from halted, and leaves nothing to re-arm by itself', () => {
    const session = withPosition();
    session.command({ kind: 'halt', reason: 'lunch' });
    session.command(stop);
    session.pump();
    session.advance(2_000);
    expect(session.core.view.tradingState()).toMatchObject({ state: 'halted', reason: 'EMERGENCY_STOP' });
    session.advance(60_000);
    expect(session.core.view.tradingState().state).toBe('halted');
  });

  it('goes on after a restart', () => {
    const session = withPosition();
    session.command(stop);
    session.effects.length = 0;
    session.start(undefined, 2);
    session.advance(20_000);
    expect(session.core.view.stop()?.verifiedFlat).toBe(true);
    expect(session.core.view.tradingState().state).toBe('halted');
  });

  it('keeps new exposure out until then', () => {
    const session = withPosition();
    session.command(stop);
    const [answer] = session
      .command({ kind: 'enterBracket', request: bracket() })
      .filter((decision) => decision.kind === 'command.answered');
    expect(answer).toMatchObject({ denial: { code: 'TRADING_STATE' } });
    expect(session.command({ kind: 'rearm', to: 'active', reason: 'no' }).at(-1)).toMatchObject({
      denial: { code: 'STATE_CHANGE_ILLEGAL' },
    });
    expect(session.exposure().instrumentId).toBe(BTC);
  });
});
