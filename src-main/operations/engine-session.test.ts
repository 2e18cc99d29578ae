import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJournal } from '../adapters/sqlite/journal-reader.ts';
import { type Bench, bench } from '../adapters/sqlite/testing/journal-fixtures.ts';
import { createCore } from '../engine/core.ts';
import type { Command } from '../engine/domain/command.ts';
import { commandId } from '../engine/domain/identifiers.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { ACCOUNT, bracket, CONFIG } from '../engine/testing/core-session.ts';
import { feedDouble, gatewayOver } from '../engine/testing/engine-bench.ts';
import { VenueDouble } from '../engine/testing/venue-double.ts';
import { replaySession } from './session-replay.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

let at: Bench;
let venue: VenueDouble;
beforeEach(() => {
  at = bench();
  venue = new VenueDouble(ACCOUNT);
});
afterEach(() => at.dispose());

/** One life of the whole engine over the journal on disk and a venue that outlives it. */
async function life(engineEpoch: number, pageLimit = 1_000_000) {
  const store = at.open({ engineEpoch, checkpointEveryRows: 10, pageLimit });
  const ports = {
    clock: at.clock,
    store,
    logger: silent,
    gateways: [gatewayOver(venue)],
    feeds: new Map([['BINANCE', feedDouble(at.clock)] as const]),
    inference: null,
  };
  const engine = createEngine(ports, {
    config: CONFIG,
    accounts: [{ accountId: ACCOUNT, venue: 'BINANCE', mode: 'paper' }],
    installation: '0a1b2c3d',
    engineEpoch,
    seed: '1',
    instruments: [],
    interval: '1m',
    warmUpBars: 10,
  });
  await engine.start();
  await at.clock.advanceAsync(100);
  return { engine, store };
}

let commands = 0;
function send(engine: Engine, command: Command): ReturnType<Engine['command']> {
  const issuedAtUs = at.clock.nowUs();
  return engine.command({
    commandId: commandId(`c${++commands}`),
    actor: 'trader',
    roles: ['trader'],
    origin: 'button',
    issuedAtUs,
    expiresAtUs: issuedAtUs + 5_000_000,
    command,
  });
}

function replay() {
  const journal = readJournal(at.directory);
  if (!journal.ok) throw new Error(journal.error.detail);
  const report = replaySession(journal.value, createCore());
  journal.value.close();
  return report;
}

describe('a session of the whole engine on disk', () => {
  it('replays through a clean restart and an emergency stop', async () => {
    const first = await life(1);
    expect(await send(first.engine, { kind: 'enterBracket', request: bracket() })).toBeNull();
    await at.clock.advanceAsync(3_000);
    await first.engine.close();
    first.store.close();
    const second = await life(2);
    expect(second.engine.view.exposures()).toMatchObject([{ quantity: '0.99900000', covered: '0.999' }]);
    await send(second.engine, { kind: 'emergencyStop' });
    await at.clock.advanceAsync(3_000);
    expect(second.engine.view.stop()).toMatchObject({ verifiedFlat: true });
    await second.engine.close();
    second.store.close();
    const { result, problems } = replay();
    expect(problems).toEqual([]);
    expect(result).toMatchObject({ mismatches: 0, ok: true });
    expect(result.stateHash).toBe(result.expectedHash);
    expect(result.decisions).toBeGreaterThan(10);
  });

  it('replays through a death without a word', async () => {
    const first = await life(1);
    await send(first.engine, { kind: 'enterBracket', request: bracket() });
    await at.clock.advanceAsync(2_503);
    first.store.close();
    const second = await life(2);
    expect(second.engine.view.tradingState()).toMatchObject({ state: 'halted' });
    expect(second.engine.view.exposures()).toMatchObject([{ covered: '0.999' }]);
    await second.engine.close();
    second.store.close();
    const { result, problems } = replay();
    expect(problems).toEqual([]);
    expect(result).toMatchObject({ mismatches: 0, ok: true });
  });

  it('halts, visibly, on a full disk, keeps its position protected and reopens whole', async () => {
    const { engine, store } = await life(1, 60);
    expect(await send(engine, { kind: 'enterBracket', request: bracket() })).toBeNull();
    for (let second = 0; second < 2_000 && engine.view.tradingState().state === 'active'; second++)
      at.clock.advance(1_000);
    expect(engine.view.tradingState()).toMatchObject({ state: 'halted', reason: 'STORE_FAILED' });
    expect(await send(engine, { kind: 'enterBracket', request: bracket() })).toMatchObject({ code: 'TRADING_STATE' });
    expect(engine.view.exposures()).toMatchObject([{ covered: '0.999' }]);
    expect(venue.orders.size).toBe(3);
    await engine.close();
    const written = store.head().sequence;
    store.close();
    expect(at.open().verify()).toMatchObject({ ok: true, rows: written });
  });
});
