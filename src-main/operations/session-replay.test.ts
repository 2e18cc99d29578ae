import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJournal } from '../adapters/sqlite/journal-reader.ts';
import { rowHash, type StoredRow } from '../adapters/sqlite/journal-row.ts';
import { type Bench, bench } from '../adapters/sqlite/testing/journal-fixtures.ts';
import type { Decision, EngineInput } from '../engine/domain/events.ts';
import { instrumentId } from '../engine/domain/identifiers.ts';
import { decisionRow, inputRow } from '../engine/journal-rows.ts';
import { replaySession, type ReplayedCore } from './session-replay.ts';

const instrument = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' });

/** Smallest core there is: remembers the last close and decides on every third bar. */
function tinyCore(bias = ''): ReplayedCore {
  let last = '';
  let count = 0;
  return {
    apply: (_sequence, _timeUs, input) => {
      if (input.kind !== 'bar.closed') return [];
      last = input.bar.close + bias;
      count++;
      return count % 3 === 0 ? [alert(last), alert('again')] : [];
    },
    snapshot: () => ({ last, count }),
  };
}

function alert(close: string): Decision {
  return { kind: 'alert.raised', alert: { code: 'DRIFT', severity: 'info', params: { close } } };
}

function bar(close: string): EngineInput {
  const none = {
    bid: null,
    bidQuantity: null,
    ask: null,
    askQuantity: null,
    bookAgeUs: null,
    lastTrade: null,
    lastTradeAgeUs: null,
    barClose: close,
    barCloseAgeUs: 0,
  };
  return {
    kind: 'bar.closed',
    warmUp: false,
    reference: none,
    bar: {
      instrumentId: instrument,
      interval: '1m',
      openTimeUs: 0,
      open: close,
      high: close,
      low: close,
      close,
      volume: '1',
    },
  };
}

let at: Bench;
beforeEach(() => {
  at = bench();
});
afterEach(() => at.dispose());

/** A session of `bars`, as the engine journals it, in two lives with a snapshot at the end of each. */
function record(bars: number, snapshots = true): void {
  const core = tinyCore();
  for (const epoch of [1, 2]) {
    const store = at.open({ engineEpoch: epoch, checkpointEveryRows: 10 });
    for (let index = 0; index < bars / 2; index++) {
      const input = bar(`${100 * epoch + index}.50`);
      const sequence = store.nextSequence;
      const decided = core.apply(sequence, index, input);
      store.commit([inputRow(input, index), ...decided.map((each) => decisionRow(each, index, sequence))]);
    }
    if (snapshots) store.saveSnapshot(store.head().sequence, core.snapshot());
    store.close();
  }
}

function replay(core = tinyCore()) {
  const journal = readJournal(at.directory);
  if (!journal.ok) throw new Error(journal.error.detail);
  try {
    return replaySession(journal.value, core);
  } finally {
    journal.value.close();
  }
}

function edit(sql: string, rechained = false): void {
  const db = new Database(join(at.directory, 'journal.db'));
  db.exec(sql);
  if (rechained) {
    let previous = '0'.repeat(64);
    for (const row of db.prepare<[], StoredRow>('SELECT * FROM journal ORDER BY sequence').all()) {
      const hash = rowHash({ ...row, previous_hash: previous });
      db.prepare('UPDATE journal SET previous_hash = ?, hash = ? WHERE sequence = ?').run(previous, hash, row.sequence);
      previous = hash;
    }
  }
  db.close();
}

const SOME_PRICE = `UPDATE journal SET payload = replace(payload, '"open":"103.50"', '"open":"103.60"')`;

describe('the replay of a session', () => {
  it('comes to the same decisions and the same state', () => {
    record(30);
    const { result, problems } = replay();
    expect(problems).toEqual([]);
    expect(result).toMatchObject({ events: 30, decisions: 20, mismatches: 0, ok: true });
    expect(result.stateHash).toMatch(/^[0-9a-f]{64}$/);
    expect(result.stateHash).toBe(result.expectedHash);
    expect(replay().result).toEqual(result);
  });

  it('fails on one altered price, even one that decided nothing', () => {
    record(30);
    const { result: before } = replay();
    edit(SOME_PRICE);
    const { result, problems } = replay();
    expect(result).toMatchObject({ mismatches: 0, ok: false, expectedHash: before.expectedHash });
    expect(result.stateHash).not.toBe(result.expectedHash);
    expect(problems).toEqual([expect.stringMatching(/^row 7 is not what was written: expected hash /)]);
  });

  it('fails on an altered price under a forged chain', () => {
    record(30);
    edit(SOME_PRICE, true);
    expect(replay().result.ok).toBe(false);
  });

  it('fails, and says where, when the price decided something', () => {
    record(30);
    edit(
      `UPDATE journal SET payload = replace(payload, '"close":"102.50"', '"close":"102.60"') WHERE role = 'input'`,
      true,
    );
    const { result, problems } = replay();
    expect(result).toMatchObject({ mismatches: 1, ok: false });
    expect(problems.join()).toMatch(/row 5: expected .*102\.50.*, was .*102\.60/);
  });

  it('fails when the code decides otherwise', () => {
    record(30);
    const { result, problems } = replay(tinyCore('9'));
    expect(result).toMatchObject({ events: 30, mismatches: 12, ok: false });
    expect(problems).toHaveLength(10);
    expect(problems.join()).toContain('expected state ');
  });

  it('counts decisions that are missing and decisions that are too many', () => {
    record(30);
    const never: ReplayedCore = { apply: () => [], snapshot: () => ({}) };
    expect(replay(never).result).toMatchObject({ mismatches: 22, ok: false });
    const always: ReplayedCore = { apply: () => [alert('x'), alert('y'), alert('z')], snapshot: () => ({}) };
    expect(replay(always).result.mismatches).toBeGreaterThan(80);
  });

  it('stops at a row that does not read', () => {
    record(30);
    edit(`UPDATE journal SET payload = 'no JSON' WHERE sequence = 6`);
    const { result, problems } = replay();
    expect(result).toMatchObject({ events: 3, ok: false });
    expect(problems.join()).toContain('after row 5: ');
  });

  it('says so when no state was recorded', () => {
    record(30, false);
    expect(replay().result).toMatchObject({ events: 30, mismatches: 0, expectedHash: null, ok: true });
  });
});
