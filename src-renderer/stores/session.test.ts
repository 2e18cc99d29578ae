import { describe, expect, it } from 'vitest';
import type { Bridge, BridgeReceiver, BridgeReply } from '../../src-preload/contract/bridge.ts';
import type { StateUpdate } from '../../src-preload/contract/state.ts';
import { instrumentIdOf, sampleInstruments } from '../testing/sample-markets.ts';
import { sampleState } from '../testing/sample-state.ts';
import { BOOK_LEVELS, Session } from './session.ts';

const BTC = instrumentIdOf('BTC');
const ETH = instrumentIdOf('ETH');

/** A bridge played by hand, and a page whose frames come when the test says. */
function opened() {
  const calls: unknown[][] = [];
  const tasks: (() => void)[] = [];
  let receiver: BridgeReceiver | null = null;
  let answer: (reply: BridgeReply) => void = () => undefined;
  let refuse: (error: Error) => void = () => undefined;
  const bridge: Bridge = {
    transport: 'web',
    receive: (given) => (receiver = given),
    command: (command, origin) => {
      calls.push(['command', command.kind, origin]);
      return Promise.resolve({ ok: true, result: null });
    },
    query: (query) => {
      calls.push(['query', query.kind]);
      return new Promise((resolve, reject) => {
        answer = resolve;
        refuse = reject;
      });
    },
    watch: (...given) => calls.push(['watch', ...given]),
    unwatch: (view) => calls.push(['unwatch', view]),
    painted: (view) => calls.push(['painted', view]),
  };
  let nowMs = 1000;
  const session = new Session(bridge, { nowMs: () => nowMs, schedule: (task) => tasks.push(task) });
  const frame = (): void => tasks.splice(0).forEach((task) => task());
  const say: BridgeReceiver['onMessage'] = (message) => receiver!.onMessage(message);
  return {
    session,
    calls,
    say,
    frame,
    tasks,
    view: () => {
      frame();
      return session.store.getState();
    },
    receiver: () => receiver!,
    answer: (reply: BridgeReply) => answer(reply),
    refuse: (error: Error) => refuse(error),
    at: (ms: number) => (nowMs = ms),
    welcome: () =>
      say({ t: 'welcome', contractVersion: 1, mode: 'paper', hostLabel: '', instruments: sampleInstruments }),
    snapshot: (sequence: number) => say({ t: 'snapshot', sequence, state: sampleState() }),
    update: (sequence: number, update: StateUpdate) => say({ t: 'update', sequence, update }),
  };
}

const log = (sequence: number): StateUpdate => ({
  op: 'append',
  topic: 'log',
  value: { sequence, timeUs: 0, kind: 'note', instrumentId: null, summary: {} },
});

const bookFrame = (viewIndex: number): Float64Array => Float64Array.from([viewIndex, 0, 9, 12, 1, 1, 100, 5, 101, 6]);

describe('Session', () => {
  it('shows the first instrument on welcome and the other on select', () => {
    const t = opened();
    t.session.select(ETH);
    expect(t.calls).toEqual([]);
    t.welcome();
    expect(t.calls).toEqual([['watch', 'main', ETH, BOOK_LEVELS]]);
    t.session.select(BTC);
    t.session.select(BTC);
    expect(t.calls.slice(1)).toEqual([
      ['unwatch', 'main'],
      ['watch', 'main', BTC, BOOK_LEVELS],
    ]);
    expect(t.view().instrumentId).toBe(BTC);
  });

  it('shows first what the first account trades, in whatever order the venues answered', () => {
    const t = opened();
    const [first, second] = sampleInstruments.map((instrument, index) => ({
      ...instrument,
      accounts: index === 0 ? ['kraken-01'] : ['paper-01'],
    }));
    const greet = { t: 'welcome', contractVersion: 1, mode: 'paper', hostLabel: '' } as const;
    t.say({ ...greet, accounts: ['paper-01', 'kraken-01'], instruments: [first!, second!] });
    expect(t.view().instrumentId).toBe(second!.instrumentId);
  });

  it('falls back to the first listed instrument when the chosen one is gone', () => {
    const t = opened();
    t.session.select('GONE/USDT.BINANCE.SPOT');
    t.welcome();
    expect(t.view().instrumentId).toBe(BTC);
  });

  it('publishes once a frame however many messages came', () => {
    const t = opened();
    let published = 0;
    t.session.store.subscribe(() => (published += 1));
    t.welcome();
    t.snapshot(5);
    for (let sequence = 6; sequence < 106; sequence++) t.update(sequence, log(sequence));
    expect(t.tasks).toHaveLength(1);
    t.frame();
    expect(published).toBe(1);
    expect(t.view().state?.log.at(-1)?.sequence).toBe(105);
  });

  it('ignores a duplicate and asks once for a snapshot after a gap', async () => {
    const t = opened();
    t.welcome();
    t.snapshot(5);
    const before = t.view().state?.log.length ?? 0;
    t.update(5, log(5));
    expect(t.view().state?.log).toHaveLength(before);
    t.update(7, log(7));
    t.update(8, log(8));
    expect(t.calls.filter(([what]) => what === 'query')).toEqual([['query', 'snapshot']]);
    expect(t.view()).toMatchObject({ resyncing: true });
    expect(t.view().state?.log).toHaveLength(before);
    t.answer({ ok: true, result: { sequence: 8, state: sampleState() } });
    await Promise.resolve();
    t.update(9, log(9));
    expect(t.view()).toMatchObject({ resyncing: false });
    expect(t.view().state?.log.at(-1)?.sequence).toBe(9);
  });

  it('takes a snapshot that comes as a message, and asks again after a failed query', async () => {
    const t = opened();
    t.welcome();
    t.update(3, log(3));
    t.refuse(new Error('line lost'));
    await Promise.resolve();
    await Promise.resolve();
    t.update(4, log(4));
    expect(t.calls.filter(([what]) => what === 'query')).toHaveLength(2);
    t.snapshot(4);
    t.answer({ ok: true, result: null });
    await Promise.resolve();
    t.update(5, log(5));
    expect(t.view().state?.log.at(-1)?.sequence).toBe(5);
  });

  it('drops book frames of an earlier watch and of an earlier connection', () => {
    const t = opened();
    t.welcome();
    t.receiver().onBookFrame(bookFrame(0));
    expect(t.session.market.book()?.updateId).toBe(9);
    t.session.select(ETH);
    t.receiver().onBookFrame(bookFrame(0));
    expect(t.session.market.book()).toBeNull();
    t.receiver().onBookFrame(bookFrame(1));
    expect(t.session.market.book()).not.toBeNull();
    t.welcome();
    t.receiver().onBookFrame(bookFrame(1));
    expect(t.session.market.book()).toBeNull();
    t.receiver().onBookFrame(bookFrame(0));
    expect(t.session.market.book()).not.toBeNull();
  });

  it('keeps trades and bars of the shown instrument only', () => {
    const t = opened();
    const bars: string[] = [];
    t.session.market.listen({ onBar: (bar, interval) => bars.push(`${interval} ${bar.close}`) });
    t.welcome();
    t.say({ t: 'trades', view: 'main', instrumentId: ETH, trades: [[1, 1, 1, 1]] });
    t.say({ t: 'trades', view: 'main', instrumentId: BTC, trades: [[2, 1, 1, 1], [3, 1, -1, 2]] }); // prettier-ignore
    const bar = { openTimeUs: 0, open: '1', high: '1', low: '1', close: '2', volume: '0' };
    t.say({ t: 'bar', view: 'main', instrumentId: ETH, interval: '1m', closed: false, bar });
    t.say({ t: 'bar', view: 'main', instrumentId: BTC, interval: '5m', closed: true, bar });
    expect(t.session.market.trades().map(([ticks]) => ticks)).toEqual([3, 2]);
    expect(bars).toEqual(['5m 2']);
  });

  it('says what the line does', () => {
    const t = opened();
    t.at(4000);
    t.receiver().onStatus('closed', 'code 1006');
    expect(t.view().connection).toEqual({ status: 'closed', detail: 'code 1006', sinceMs: 4000 });
    t.say({ t: 'refused', error: { code: 'CONTRACT_VERSION', params: { expected: 2, actual: 1 } } });
    expect(t.view().refusal?.code).toBe('CONTRACT_VERSION');
    t.at(9000);
    t.welcome();
    expect(t.view()).toMatchObject({ refusal: null, heardAtMs: 9000 });
  });
});
