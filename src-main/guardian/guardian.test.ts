import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../engine/testing/virtual-clock.ts';
import { openEpochFile } from './epoch-file.ts';
import { openGuardianMemory } from './memory.ts';
import { Guardian } from './guardian.ts';
import { openIntentLog, readIntents } from './intent-log.ts';
import type { GuardianAnswer, HeldPosition } from './protocol.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-guardian-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function peer(): { sent: GuardianAnswer[]; send(answer: GuardianAnswer): void } {
  const sent: GuardianAnswer[] = [];
  return { sent, send: (answer) => void sent.push(answer) };
}

function setUp() {
  const clock = new VirtualClock();
  const order: string[] = [];
  const flattened: { epoch: number; held: readonly HeldPosition[] }[] = [];
  const guardian = new Guardian({
    clock,
    epoch: openEpochFile(dir),
    memory: openGuardianMemory(dir, () => undefined),
    engineToken: 'token',
    killEngine: async (pid) => void order.push(`kill ${pid}`),
    flatten: async (epoch, held) => {
      order.push('flatten');
      flattened.push({ epoch, held });
      return { actions: [], verifiedFlat: true };
    },
    log: () => undefined,
  });
  return { clock, guardian, order, flattened };
}

async function withEngine() {
  const parts = setUp();
  const epoch = await parts.guardian.newLife();
  const engine = peer();
  parts.guardian.receive(engine, { t: 'engine', token: 'token', pid: 42, epoch });
  const positions = [{ accountId: 'paper-01', instrumentId: 'BTC/USDT.BINANCE.SPOT', quantity: '0.5', orders: [] }];
  const beat = () => parts.guardian.receive(engine, { t: 'beat', tradingState: 'active', positions });
  beat();
  return { ...parts, engine, beat, epoch };
}

describe('the guardian', () => {
  it('raises the epoch for each life and keeps it over a restart', async () => {
    const { guardian } = setUp();
    expect(await guardian.newLife()).toBe(1);
    expect(await guardian.newLife()).toBe(2);
    expect(openEpochFile(dir).current()).toBe(2);
  });

  it('refuses to guess an epoch from a damaged file', () => {
    writeFileSync(join(dir, 'engine-epoch'), 'twelve');
    expect(() => openEpochFile(dir)).toThrow(/expected an epoch/);
  });

  it('refuses an engine of another life or without the token', async () => {
    const { guardian } = setUp();
    await guardian.newLife();
    const stale = peer();
    guardian.receive(stale, { t: 'engine', token: 'token', pid: 1, epoch: 0 });
    guardian.receive(stale, { t: 'engine', token: 'other', pid: 1, epoch: 1 });
    expect(stale.sent.map((answer) => answer.t)).toEqual(['refused', 'refused']);
  });

  it('ends an engine that is silent for two seconds, once, and touches no order', async () => {
    const { clock, order } = await withEngine();
    clock.advance(1_900);
    expect(order).toEqual([]);
    clock.advance(2_000);
    expect(order).toEqual(['kill 42']);
  });

  it('hears what came while it was held up itself before it judges, and judges then', async () => {
    const { clock, order, beat } = await withEngine();
    clock.holdUp(3_000);
    clock.advance(1);
    expect(order).toEqual([]);
    beat();
    clock.advance(1_900);
    expect(order).toEqual([]);
    clock.holdUp(3_000);
    clock.advance(150);
    expect(order).toEqual(['kill 42']);
  });

  it('keeps an engine that beats', async () => {
    const { clock, order, beat } = await withEngine();
    for (let second = 0; second < 10; second++) {
      clock.advance(1_000);
      beat();
    }
    expect(order).toEqual([]);
  });

  it('passes a stop on and reports the acknowledgment to every client that asked', async () => {
    const { clock, guardian, engine, order } = await withEngine();
    const [first, second] = [peer(), peer()];
    guardian.receive(first, { t: 'stop', origin: 'cli' });
    guardian.receive(second, { t: 'stop', origin: 'key' });
    const stop = engine.sent.find((answer) => answer.t === 'stop');
    clock.advance(20);
    guardian.receive(engine, { t: 'stopAcknowledged', stopId: stop?.t === 'stop' ? stop.stopId : '' });
    clock.advance(1_000);
    const expected = {
      t: 'stopResult',
      result: { acknowledgedBy: 'engine', afterMs: 20, actions: [], verifiedFlat: null },
    };
    expect(first.sent).toEqual([expected]);
    expect(second.sent).toEqual([expected]);
    expect(order).toEqual([]);
  });

  it('kills first, then flattens with its own epoch, when the engine does not acknowledge in 250 ms', async () => {
    const { clock, guardian, order, flattened, epoch } = await withEngine();
    const client = peer();
    guardian.receive(client, { t: 'stop', origin: 'cli' });
    await clock.advanceAsync(240);
    expect(order).toEqual([]);
    await clock.advanceAsync(20);
    expect(order).toEqual(['kill 42', 'flatten']);
    expect(flattened[0]?.epoch).toBe(epoch + 1);
    expect(flattened[0]?.held[0]?.quantity).toBe('0.5');
    expect(client.sent[0]).toMatchObject({
      t: 'stopResult',
      result: { acknowledgedBy: 'guardian', verifiedFlat: true },
    });
  });

  it('hands a pending stop to an engine that connects before the guardian has to act', async () => {
    const { guardian } = setUp();
    const epoch = await guardian.newLife();
    guardian.receive(peer(), { t: 'stop', origin: 'cli' });
    const engine = peer();
    guardian.receive(engine, { t: 'engine', token: 'token', pid: 42, epoch });
    expect(engine.sent.map((answer) => answer.t)).toEqual(['accepted', 'stop']);
  });
});

describe('a stop that the guardian could not finish', () => {
  it.each(['throws', 'is not proven'] as const)(
    'goes on in the next life when the way to the venue %s',
    async (how) => {
      const clock = new VirtualClock();
      const guardian = new Guardian({
        clock,
        epoch: openEpochFile(dir),
        memory: openGuardianMemory(dir, () => undefined),
        engineToken: 'token',
        killEngine: async () => undefined,
        flatten: async () => {
          if (how === 'throws') throw new Error('connect ECONNREFUSED');
          return { actions: [], verifiedFlat: false };
        },
        log: () => undefined,
      });
      const client = peer();
      guardian.receive(client, { t: 'stop', origin: 'cli' });
      await clock.advanceAsync(300);
      expect(client.sent[0]).toMatchObject({ result: { acknowledgedBy: 'guardian', verifiedFlat: false } });
      expect(guardian.isStopping).toBe(true);
      const [first, second] = [peer(), peer()];
      guardian.receive(first, { t: 'engine', token: 'token', pid: 43, epoch: await guardian.newLife() });
      const stop = first.sent.find((answer) => answer.t === 'stop');
      expect(stop).toMatchObject({ origin: 'cli' });
      guardian.receive(first, { t: 'stopAcknowledged', stopId: stop?.t === 'stop' ? stop.stopId : '' });
      guardian.receive(first, { t: 'beat', tradingState: 'halted', positions: [] });
      guardian.receive(second, { t: 'engine', token: 'token', pid: 44, epoch: await guardian.newLife() });
      expect(second.sent.map((answer) => answer.t)).toEqual(['accepted']);
    },
  );

  it("is remembered over the guardian's own end until an engine has proven it, journal or not", async () => {
    const { guardian, engine } = await withEngine();
    guardian.receive(peer(), { t: 'stop', origin: 'cli' });
    const stopId = (answer: GuardianAnswer): string => (answer.t === 'stop' ? answer.stopId : '');
    const asked = engine.sent.find((answer) => answer.t === 'stop');
    guardian.receive(engine, { t: 'stopAcknowledged', stopId: asked === undefined ? '' : stopId(asked) });
    guardian.receive(engine, { t: 'beat', tradingState: 'stopping', positions: [] });
    // Both die here: nothing of the stop is in a journal.
    const next = setUp();
    expect(next.guardian.isStopping).toBe(true);
    const life = peer();
    next.guardian.receive(life, { t: 'engine', token: 'token', pid: 43, epoch: await next.guardian.newLife() });
    const again = life.sent.find((answer) => answer.t === 'stop');
    expect(again).toMatchObject({ origin: 'cli' });
    next.guardian.receive(life, { t: 'stopAcknowledged', stopId: again === undefined ? '' : stopId(again) });
    next.guardian.receive(life, { t: 'beat', tradingState: 'stopping', positions: [] });
    expect(setUp().guardian.isStopping).toBe(true);
    next.guardian.receive(life, { t: 'beat', tradingState: 'halted', positions: [] });
    expect(setUp().guardian.isStopping).toBe(false);
  });

  it('is one also where its file cannot be read', () => {
    writeFileSync(join(dir, 'guardian-stop'), '\u0000');
    expect(setUp().guardian.isStopping).toBe(true);
  });

  it('knows what was held though it was itself started anew', async () => {
    await withEngine();
    const { clock, guardian, flattened } = setUp();
    guardian.receive(peer(), { t: 'stop', origin: 'cli' });
    await clock.advanceAsync(300);
    expect(flattened[0]?.held[0]?.quantity).toBe('0.5');
  });

  it('starts without positions where they cannot be read, and says so', () => {
    writeFileSync(join(dir, 'guardian-held.json'), '[{');
    const lines: string[] = [];
    expect(openGuardianMemory(dir, (line) => lines.push(line)).held()).toEqual([]);
    expect(lines[0]).toMatch(/^remembered positions not readable: /);
  });

  it('flattens with the epoch it has when the disk takes no new one', async () => {
    const clock = new VirtualClock();
    const epochs: number[] = [];
    const raise = (): number => {
      throw new Error('ENOSPC: no space left on device');
    };
    const guardian = new Guardian({
      clock,
      epoch: { current: () => 7, raise },
      memory: openGuardianMemory(dir, () => undefined),
      engineToken: 'token',
      killEngine: async () => undefined,
      flatten: async (epoch) => {
        epochs.push(epoch);
        return { actions: [], verifiedFlat: true };
      },
      log: () => undefined,
    });
    guardian.receive(peer(), { t: 'stop', origin: 'cli' });
    await clock.advanceAsync(300);
    expect(epochs).toEqual([7]);
  });

  it('does not forget positions when a new life has not rebuilt its state', async () => {
    const { guardian, flattened, clock } = await withEngine();
    const engine = peer();
    guardian.receive(engine, { t: 'engine', token: 'token', pid: 43, epoch: await guardian.newLife() });
    guardian.receive(engine, { t: 'beat', tradingState: 'halted', positions: null });
    guardian.receive(peer(), { t: 'stop', origin: 'cli' });
    await clock.advanceAsync(300);
    expect(flattened[0]?.held[0]?.quantity).toBe('0.5');
  });
});

describe('the guardian intents', () => {
  it('are on disk before the call and survive a torn last line', () => {
    const log = openIntentLog(dir);
    log.write({
      timeUs: 1,
      epoch: 3,
      action: 'kill',
      accountId: null,
      instrumentId: null,
      clientOrderId: null,
      quantity: null,
    });
    log.close();
    writeFileSync(join(dir, 'guardian-intents.jsonl'), '{"timeUs":2,"ep', { flag: 'a' });
    expect(readIntents(dir).map((intent) => intent.timeUs)).toEqual([1]);
  });
});
