import { describe, expect, it } from 'vitest';
import type { Config, FailoverConfig, StrategyConfig } from '../domain/config.ts';
import { DEFAULT_FAILOVER, DEFAULT_STRATEGY } from '../domain/config-defaults.ts';
import type { Decision, ListedInstrument } from '../domain/events.ts';
import { accountId, type InstrumentId, strategyId } from '../domain/identifiers.ts';
import type { Bar } from '../domain/market.ts';
import { ACCOUNT, bracket, BTC, CONFIG, CoreSession, LISTED, PRICES } from '../testing/core-session.ts';
import { referencePrice } from './valuation.ts';

const KRAKEN_BTC = 'XBT/USDT.KRAKEN.SPOT' as InstrumentId;
const KRAKEN_USD = 'XBT/USD.KRAKEN.SPOT' as InstrumentId;
const BACKUP = accountId('backup');
const ON_KRAKEN: ListedInstrument = { ...LISTED, id: KRAKEN_BTC, venueSymbol: 'XBT/USDT' };

const EMA: StrategyConfig = {
  ...DEFAULT_STRATEGY,
  strategyId: strategyId('ema'),
  enabled: true,
  instruments: [BTC],
  interval: '1m',
  fastPeriod: 2,
  slowPeriod: 4,
  atrPeriod: 3,
};

/** Falls, then rises: the fast average crosses above the slow one on the way up. */
const CLOSES = [104, 103, 102, 101, 100, 99, 98, 99, 100, 101, 102];

function barsOf(instrumentId: InstrumentId, from = 0): readonly Bar[] {
  return CLOSES.map((close, minute) => ({
    instrumentId,
    interval: '1m',
    openTimeUs: (from + minute) * 60_000_000,
    open: close.toFixed(2),
    high: (close + 0.5).toFixed(2),
    low: (close - 0.5).toFixed(2),
    close: close.toFixed(2),
    volume: '1',
  }));
}

function started(failover: Partial<FailoverConfig> = {}): CoreSession {
  const config: Config = { ...CONFIG, failover: { ...DEFAULT_FAILOVER, ...failover }, strategies: [EMA] };
  const session = new CoreSession(['paper-1', 'backup']);
  session.start(config);
  const accounts = [
    { accountId: ACCOUNT, venue: 'BINANCE', mode: 'paper' },
    { accountId: BACKUP, venue: 'KRAKEN', mode: 'paper' },
  ] as const;
  session.dispatch({ kind: 'engine.started', engineEpoch: 2, installation: '0a1b2c3d', seed: '1', config, accounts });
  const others = [ON_KRAKEN, { ...ON_KRAKEN, id: KRAKEN_USD, venueSymbol: 'XBT/USD' }];
  session.dispatch({ kind: 'instruments.listed', instruments: [LISTED, ...others] });
  for (const instrumentId of [BTC, KRAKEN_BTC]) {
    session.dispatch({ kind: 'feed.changed', instrumentId, state: 'live', ageUs: 0 });
  }
  for (const account of accounts) {
    session.dispatch({ kind: 'venue.changed', accountId: account.accountId, state: 'ready', detail: '' });
  }
  session.pump();
  session.command({ kind: 'rearm', to: 'active', reason: 'test' });
  session.pump();
  return session;
}

const silence = (session: CoreSession, silentUs: number | null): readonly Decision[] =>
  session.dispatch({ kind: 'venue.silence', venue: 'BINANCE', silentUs });

const codesOf = (decisions: readonly Decision[]): readonly string[] =>
  decisions.flatMap((decision) =>
    decision.kind === 'order.judged' ? decision.verdict.denials.map(({ code }) => code) : [],
  );

const enter = (session: CoreSession): readonly string[] =>
  codesOf(session.command({ kind: 'enterBracket', request: bracket() }));

function play(session: CoreSession, bars: readonly Bar[]): readonly Decision[] {
  return bars.flatMap((bar) => session.dispatch({ kind: 'bar.closed', bar, reference: PRICES, warmUp: false }));
}

const submitted = (decisions: readonly Decision[]): readonly string[] =>
  decisions.flatMap((decision) => (decision.kind === 'order.submit' ? [JSON.stringify(decision.submission)] : []));

describe('a silent venue', () => {
  it('gets no entries until it was heard for long enough', () => {
    const session = started({ returnAfterMs: 5_000 });
    silence(session, 2_000_000);
    expect(session.alerts()).toContain('VENUE_SILENT');
    expect(enter(session)).toEqual(['VENUE_SILENT']);
    silence(session, null);
    session.advance(4_000);
    expect(enter(session)).toEqual(['VENUE_SILENT']);
    silence(session, 2_000_000);
    silence(session, null);
    session.advance(4_000);
    expect(enter(session)).toEqual(['VENUE_SILENT']);
    session.advance(2_000);
    expect(session.alerts()).toContain('VENUE_RETURNED');
    session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId: BTC, reference: PRICES }] });
    expect(enter(session)).toEqual([]);
    expect(session.core.view.tradingState().state).toBe('active');
  });

  it('halts where the policy says so, and stays halted when the venue is back', () => {
    const session = started({ trading: 'halt', returnAfterMs: 0 });
    silence(session, 2_000_000);
    silence(session, null);
    session.advance(2_000);
    expect(session.core.view.tradingState()).toMatchObject({ state: 'halted', reason: 'VENUE_SILENT' });
  });

  it('is nothing to a policy when no account trades it', () => {
    const session = started({ trading: 'halt' });
    session.dispatch({ kind: 'venue.silence', venue: 'KRAKEN', silentUs: 2_000_000 });
    expect(session.core.view.tradingState().state).toBe('halted');
    const other = new CoreSession();
    other.start({ ...CONFIG, failover: { ...DEFAULT_FAILOVER, trading: 'halt' } });
    other.dispatch({ kind: 'venue.silence', venue: 'KRAKEN', silentUs: 2_000_000 });
    expect(other.core.view.tradingState().state).toBe('active');
  });

  it('still gets its stops and exits', () => {
    const session = started();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    silence(session, 2_000_000);
    session.command({ kind: 'closePosition', accountId: ACCOUNT, instrumentId: BTC });
    session.pump();
    expect(session.exposure()).toMatchObject({ isFlat: true, openOrders: [] });
  });
});

describe('continuing on a backup', () => {
  it('takes the strategy there by its bars, with the account of that venue', () => {
    const session = started({ trading: 'continueOnBackup' });
    const half = barsOf(BTC).slice(0, 7);
    expect(submitted(play(session, half))).toEqual([]);
    silence(session, 2_000_000);
    const orders = submitted(play(session, barsOf(KRAKEN_BTC).slice(7)));
    expect(orders).toHaveLength(1);
    expect(orders[0]).toContain(KRAKEN_BTC);
    expect(orders[0]).toContain('"accountId":"backup"');
  });

  it('does so under no other policy, and not on another quote asset', () => {
    for (const [policy, market] of [
      ['reduceOnly', KRAKEN_BTC],
      ['continueOnBackup', KRAKEN_USD],
    ] as const) {
      const session = started({ trading: policy });
      play(session, barsOf(BTC).slice(0, 7));
      silence(session, 2_000_000);
      expect(play(session, barsOf(market).slice(7)).filter(({ kind }) => kind === 'signal.raised')).toEqual([]);
    }
  });

  it('does not double what is open at the silent venue', () => {
    const session = started({ trading: 'continueOnBackup' });
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    play(session, barsOf(BTC).slice(0, 7));
    silence(session, 2_000_000);
    const decisions = play(session, barsOf(KRAKEN_BTC).slice(7));
    expect(decisions.map(({ kind }) => kind)).toEqual(['signal.raised']);
  });
});

describe('the price of an instrument', () => {
  const other = { instrumentId: KRAKEN_BTC, bid: '101.00', ask: '101.02', ageUs: 10 };

  it('is told by the book of another venue only while it stands in', () => {
    expect(referencePrice({ ...PRICES, otherVenue: { ...other, standsIn: false } })).toBe('100.000');
    expect(referencePrice({ ...PRICES, otherVenue: { ...other, standsIn: true } })).toBe('101.010');
    expect(referencePrice({ ...PRICES, bid: null, ask: null })).toBe('100.00');
  });
});
