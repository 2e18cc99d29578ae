import { describe, expect, it } from 'vitest';
import { createCore } from './core.ts';
import { decisionOf, inputOf } from './journal-rows.ts';
import { ACCOUNT, bracket, BTC } from './testing/core-session.ts';
import { EngineBench, gatewayOver } from './testing/engine-bench.ts';
import { MemoryStore } from './testing/memory-store.ts';

async function started(...kill: ConstructorParameters<typeof EngineBench>): Promise<EngineBench> {
  const bench = new EngineBench(...kill);
  await bench.engine.start();
  await bench.clock.advanceAsync(100);
  return bench;
}

const enter = { kind: 'enterBracket', request: bracket() } as const;

describe('the engine', () => {
  it('has every order on disk before it is sent', async () => {
    const bench = await started();
    const sent: boolean[] = [];
    bench.gateway.onSend = (_kind, id) => {
      sent.push(bench.store.rows.some(({ clientOrderIds }) => clientOrderIds.some((known) => known === id)));
    };
    expect(await bench.send(enter)).toBeNull();
    await bench.clock.advanceAsync(100);
    expect(sent).toEqual([true]);
    expect(bench.engine.view.exposures()).toMatchObject([{ quantity: '0.99900000', covered: '0.999' }]);
  });

  it('answers a command it denies with the numbers', async () => {
    const bench = await started();
    const denial = await bench.send({ kind: 'enterBracket', request: bracket({ quantity: '1000.000' }) });
    expect(denial?.code).toBe('ORDER_NOTIONAL_LIMIT');
  });

  it('starts halted in its second life, with its position, protection and ids of a new epoch', async () => {
    const bench = await started();
    await bench.send(enter);
    await bench.clock.advanceAsync(100);
    const before = bench.engine.view.exposures();
    await bench.restart(2);
    expect(bench.engine.view.tradingState()).toMatchObject({ state: 'halted', reason: 'RESTARTED' });
    expect(bench.engine.view.exposures()).toMatchObject([{ quantity: before[0]!.quantity, covered: '0.999' }]);
    expect(await bench.send(enter)).toMatchObject({ code: 'TRADING_STATE' });
    expect(await bench.send({ kind: 'rearm', to: 'active', reason: 'looked' })).toBeNull();
    expect(await bench.send(enter)).toBeNull();
    const ids = bench.engine.view.orders().map(({ spec }) => spec.clientOrderId);
    expect(new Set(ids).size).toBe(6);
  });

  it('finds after a crash what happened while its answer was on the way', async () => {
    const bench = await started({ name: 'submit.after', hit: 1 });
    void bench.send(enter);
    await bench.restart(2);
    await bench.clock.advanceAsync(3_000);
    expect(bench.venue.orders.size).toBe(3);
    expect(bench.engine.view.exposures()).toMatchObject([{ quantity: '0.99900000', covered: '0.999' }]);
    expect(bench.engine.view.orders().every(({ pending }) => pending === null)).toBe(true);
  });

  it('halts when the journal fails: sends nothing of it, and no entry ever after', async () => {
    const bench = await started();
    await bench.send(enter);
    await bench.clock.advanceAsync(100);
    const sent: string[] = [];
    bench.gateway.onSend = (kind) => sent.push(kind);
    bench.store.failure = { code: 'DISK_FULL', detail: 'no space' };
    expect(await bench.send(enter)).toMatchObject({ code: 'TRADING_STATE' });
    expect(sent).toEqual([]);
    expect(bench.engine.view.tradingState()).toMatchObject({ state: 'halted', reason: 'STORE_FAILED' });
    expect(await bench.send({ kind: 'rearm', to: 'active', reason: 'try' })).toMatchObject({ code: 'TRADING_STATE' });
    expect(await bench.send(enter)).toMatchObject({ code: 'TRADING_STATE' });
    expect(sent).toEqual([]);
    await bench.send({ kind: 'emergencyStop' });
    await bench.clock.advanceAsync(5_000);
    expect(bench.engine.view.stop()).toMatchObject({ verifiedFlat: true });
    expect(bench.venue.openIds()).toEqual([]);
  });

  it('carries out a stop that came before it was started', async () => {
    const bench = new EngineBench();
    const answer = bench.send({ kind: 'emergencyStop' });
    await bench.engine.start();
    expect(await answer).toBeNull();
    expect(bench.engine.view.stop()).not.toBeNull();
  });

  it('believes no look that was given up, however late it answers', async () => {
    const bench = await started();
    await bench.send({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    await bench.clock.advanceAsync(100);
    const [entry] = bench.venue.openIds();
    const snapshot = bench.gateway.snapshot.bind(bench.gateway);
    let answerLate: () => void = () => undefined;
    bench.gateway.snapshot = async (...args) => {
      bench.gateway.snapshot = snapshot;
      const old = await snapshot(...args);
      await new Promise<void>((resolve) => (answerLate = resolve));
      return old;
    };
    await bench.clock.advanceAsync(61_000, 500);
    await bench.send({ kind: 'cancelOrder', clientOrderId: entry! });
    await bench.clock.advanceAsync(25_000, 500);
    expect(bench.engine.view.order(entry!)?.status).toBe('canceled');
    answerLate();
    await bench.clock.advanceAsync(10, 10);
    expect(bench.engine.view.order(entry!)?.status).toBe('canceled');
  });

  it('takes commands after the wall clock stepped back', async () => {
    const bench = await started();
    bench.clock.stepWall(-3_600_000);
    await bench.clock.advanceAsync(2_000);
    expect(await bench.send({ kind: 'halt', reason: 'look at the clock' })).toBeNull();
    expect(bench.engine.view.tradingState().state).toBe('halted');
  });

  it('still refuses an expired command', async () => {
    const bench = await started();
    const expiresAtUs = bench.clock.nowUs() - 1_000_000;
    expect(await bench.send({ kind: 'halt', reason: 'late' }, { expiresAtUs })).toMatchObject({
      code: 'COMMAND_EXPIRED',
    });
  });

  it('says so when the venue is away in its first life', async () => {
    const bench = new EngineBench();
    bench.gateway.connect = async () => Promise.reject(new Error('connect ECONNREFUSED'));
    await expect(bench.engine.start()).rejects.toThrow('ECONNREFUSED');
  });

  it('looks after its position in a later life also when the venue is away at first', async () => {
    const bench = await started();
    await bench.send(enter);
    await bench.clock.advanceAsync(100);
    bench.store.flush();
    bench.kill();
    bench.store = new MemoryStore(bench.store.disk);
    bench.gateway = gatewayOver(bench.venue);
    const connect = bench.gateway.connect.bind(bench.gateway);
    let tries = 0;
    bench.gateway.connect = async () => (tries++ < 4 ? Promise.reject(new Error('ECONNREFUSED')) : connect());
    bench.engine = bench.create(2);
    await bench.engine.start();
    expect(bench.engine.view.venue(ACCOUNT)?.state).toBe('down');
    expect(await bench.send({ kind: 'emergencyStop' })).toBeNull();
    await bench.clock.advanceAsync(30_000, 50);
    expect(bench.engine.view.stop()).toMatchObject({ verifiedFlat: true });
    expect(bench.venue.openIds()).toEqual([]);
  });

  it('replays its journal to the same decisions and the same state', async () => {
    const bench = await started();
    await bench.send(enter);
    await bench.clock.advanceAsync(2_000);
    bench.venue.fill(bench.engine.view.orders().find(({ spec }) => spec.role === 'target')!.spec.clientOrderId);
    await bench.clock.advanceAsync(2_000);
    bench.store.flush();
    const core = createCore();
    const inputs = bench.store.rows.filter(({ role }) => role === 'input');
    const decisions = inputs.flatMap((row) => core.apply(row.sequence, row.timeUs, inputOf(row)));
    const recorded = bench.store.rows.filter(({ role }) => role === 'decision').map(decisionOf);
    expect(JSON.parse(JSON.stringify(decisions))).toEqual(recorded);
    const live = createCore();
    await bench.engine.close();
    live.restore(bench.store.latestSnapshot()!.state);
    expect(core.snapshot()).toEqual(live.snapshot());
  });

  it('shows a wall clock that stepped and takes new exposure away', async () => {
    const bench = await started();
    bench.clock.stepWall(-3_600_000);
    await bench.clock.advanceAsync(2_000);
    expect(bench.engine.view.tradingState()).toMatchObject({ state: 'reducing', reason: 'CLOCK_STEPPED' });
    bench.store.flush();
    const times = bench.store.rows.map(({ timeUs }) => timeUs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('references prices with their ages', async () => {
    const bench = await started();
    expect(bench.engine.reference(BTC)).toMatchObject({ bid: '99.99', ask: '100.01', bookAgeUs: 100_000 });
  });
});
