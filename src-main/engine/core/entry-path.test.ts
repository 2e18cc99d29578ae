import { describe, expect, it } from 'vitest';
import type { Config, StrategyConfig } from '../domain/config.ts';
import type { Decision } from '../domain/events.ts';
import { strategyId } from '../domain/identifiers.ts';
import type { Bar } from '../domain/market.ts';
import { ACCOUNT, bracket, BTC, CONFIG, CoreSession, PRICES } from '../testing/core-session.ts';

const EMA: StrategyConfig = {
  strategyId: strategyId('ema'),
  kind: 'emaCross',
  enabled: true,
  account: 0,
  instruments: [],
  interval: '1m',
  fastPeriod: 2,
  slowPeriod: 4,
  atrPeriod: 3,
  stopAtr: '2',
  targetAtr: '3',
  slippageAtr: '0.5',
  notionalRatio: '0.02',
  entry: 'fok',
};

/** Falls, then rises: the fast average crosses above the slow one on the way up. */
const CLOSES = [104, 103, 102, 101, 100, 99, 98, 99, 100, 101, 102];
const bars: readonly Bar[] = CLOSES.map((close, minute) => ({
  instrumentId: BTC,
  interval: '1m',
  openTimeUs: minute * 60_000_000,
  open: close.toFixed(2),
  high: (close + 0.5).toFixed(2),
  low: (close - 0.5).toFixed(2),
  close: close.toFixed(2),
  volume: '1',
}));

function started(strategy: Partial<StrategyConfig> = {}): CoreSession {
  const config: Config = { ...CONFIG, strategies: [{ ...EMA, ...strategy }] };
  const session = new CoreSession();
  session.start(config);
  return session;
}

function play(session: CoreSession, warmUp: boolean): readonly Decision[] {
  return bars.flatMap((bar) => {
    const decisions = session.dispatch({ kind: 'bar.closed', bar, reference: PRICES, warmUp });
    session.pump();
    return decisions;
  });
}

const kinds = (decisions: readonly Decision[]) => decisions.map(({ kind }) => kind);

describe('a signal', () => {
  it('becomes a judged bracket with its verdict, in one turn', () => {
    const session = started();
    const decisions = play(session, false);
    expect(kinds(decisions)).toEqual(['signal.raised', 'order.judged', 'order.submit']);
    const judged = decisions.find((decision) => decision.kind === 'order.judged');
    expect(judged).toMatchObject({ verdict: { allowed: true }, reason: { by: 'strategy', strategyId: 'ema' } });
    expect(judged?.verdict.checks.length).toBeGreaterThan(10);
    expect(session.exposure()).toMatchObject({ isFlat: false, plan: { strategyId: 'ema', entry: 'fok' } });
    expect(session.core.view.positions()[0]?.accountId).toBe(ACCOUNT);
  });

  it('is dropped on warm-up bars and of a disabled strategy', () => {
    expect(play(started(), true)).toEqual([]);
    expect(play(started({ enabled: false }), false)).toEqual([]);
    const session = started();
    session.command({ kind: 'setStrategyEnabled', strategyId: EMA.strategyId, enabled: false });
    expect(play(session, false)).toEqual([]);
    expect(session.core.view.strategy('ema')?.enabled).toBe(false);
  });

  it('does not add to a position of the same account and instrument', () => {
    const session = started();
    play(session, false);
    const later = bars.map((bar) => ({ ...bar, openTimeUs: bar.openTimeUs + bars.length * 60_000_000 }));
    const decisions = later.flatMap((bar) =>
      session.dispatch({ kind: 'bar.closed', bar, reference: PRICES, warmUp: false }),
    );
    expect(kinds(decisions)).toEqual(['signal.raised']);
  });

  it('is denied with its reason when it cannot be planned or is not allowed', () => {
    const tiny = play(started({ notionalRatio: '0.0000001' }), false);
    expect(tiny.at(-1)).toMatchObject({
      kind: 'order.judged',
      clientOrderIds: [],
      verdict: { denials: [{ code: 'QUANTITY_BELOW_MINIMUM' }] },
    });
    const session = started();
    session.command({ kind: 'halt', reason: 'test' });
    expect(play(session, false).find((decision) => decision.kind === 'order.judged')).toMatchObject({
      clientOrderIds: [],
      verdict: { allowed: false, denials: [{ code: 'TRADING_STATE' }] },
    });
  });

  it('enters once a bar and side, also when the entry is gone before the bar comes again', () => {
    const session = started();
    session.venue.options.fok = 'expire';
    play(session, false);
    session.start({ ...CONFIG, strategies: [{ ...EMA, strategyId: strategyId('ema-again') }] }, 2);
    session.pump();
    session.command({ kind: 'rearm', to: 'active', reason: 'test' });
    session.pump();
    const again = play(session, false);
    const judged = again.find((decision) => decision.kind === 'order.judged');
    expect(judged?.verdict.denials.map(({ code }) => code)).toEqual(['SIGNAL_DUPLICATE']);
    expect(kinds(session.decisions).filter((kind) => kind === 'order.submit')).toHaveLength(1);
  });

  it('is denied when the account sent its entries of the minute already', () => {
    const session = new CoreSession();
    session.start({ ...CONFIG, risk: { ...CONFIG.risk, maxEntriesPerMinute: 2 } });
    session.venue.options.fok = 'expire';
    const enter = (): string | null => {
      const [answered] = session
        .command({ kind: 'enterBracket', request: bracket() })
        .flatMap((decision) => (decision.kind === 'command.answered' ? [decision.denial?.code ?? null] : []));
      session.pump();
      return answered ?? null;
    };
    expect([enter(), enter(), enter()]).toEqual([null, null, 'ORDER_RATE_LIMIT']);
    session.advance(60_000);
    session.pump();
    session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId: BTC, reference: PRICES }] });
    expect(enter()).toBeNull();
  });
});
