import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalStore } from '../adapters/sqlite/journal-store.ts';
import { type Bench, bench } from '../adapters/sqlite/testing/journal-fixtures.ts';
import { type Core, createCore } from '../engine/core.ts';
import { inputOf } from '../engine/journal-rows.ts';
import { bracket, CONFIG } from '../engine/testing/core-session.ts';
import { journaledSession } from '../operations/testing/journaled-session.ts';
import { replay } from './replay.ts';
import { runCli } from './run.ts';

let at: Bench;
beforeEach(() => {
  at = bench();
});
afterEach(() => at.dispose());

/** Brackets of both kinds, a restart from snapshot and tail, and an emergency stop. */
function record(): void {
  const first = at.open({ engineEpoch: 1 });
  const session = journaledSession(first);
  session.start();
  session.command({ kind: 'enterBracket', request: bracket() });
  session.pump();
  session.advance(3_000);
  first.saveSnapshot(first.head().sequence, session.core.snapshot());
  session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
  session.advance(2_000);
  first.close();
  const second = at.open({ engineEpoch: 2 });
  const resumed = journaledSession(second, rebuilt(second));
  resumed.start(CONFIG, 2);
  resumed.command({ kind: 'emergencyStop' });
  resumed.advance(3_000);
  second.saveSnapshot(second.head().sequence, resumed.core.snapshot());
  second.close();
}

/** Snapshot and tail, as the engine starts. */
function rebuilt(store: JournalStore): Core {
  const core = createCore();
  const { sequence, state } = store.latestSnapshot()!;
  core.restore(state);
  for (const row of store.read(sequence + 1)) {
    if (row.role === 'input') core.apply(row.sequence, row.timeUs, inputOf(row));
  }
  return core;
}

async function run(...args: string[]) {
  const out: string[] = [];
  const error: string[] = [];
  const io = { out: (line: string) => void out.push(line), error: (line: string) => void error.push(line) };
  const code = await runCli(['replay', ...args], io, { replay: async () => replay });
  return { code, out, error };
}

async function result() {
  const { code, out, error } = await run('--session', at.directory, '--json');
  return { code, error, result: JSON.parse(out[0] ?? 'null') as Record<string, unknown> };
}

function edit(sql: string): void {
  const db = new Database(join(at.directory, 'journal.db'));
  expect(db.prepare(sql).run().changes).toBe(1);
  db.close();
}

describe('leeward replay --session', () => {
  it('repeats a session of the real core, restart and emergency stop included', async () => {
    record();
    const { code, error, result: replayed } = await result();
    expect(error).toEqual([]);
    expect(replayed).toMatchObject({ mismatches: 0, ok: true });
    expect(Object.keys(replayed)).toEqual(['events', 'decisions', 'mismatches', 'stateHash', 'expectedHash', 'ok']);
    expect(replayed['events']).toBeGreaterThan(15);
    expect(replayed['decisions']).toBeGreaterThan(5);
    expect(replayed['stateHash']).toBe(replayed['expectedHash']);
    expect(code).toBe(0);
    expect((await run('--session', join(at.directory, 'journal.db'))).out[0]).toMatch(/^same: \d+ events, /);
  });

  it.each([
    ['a fill', `kind = 'order.filled'`, '"price":"', '"price":"1'],
    ['a reference', `kind = 'prices.referenced'`, '"ask":"100.01"', '"ask":"100.02"'],
    ['an intent', `kind = 'order.submit'`, '"price":"', '"price":"1'],
  ])('fails when one journaled price of %s is another', async (_, where, from, to) => {
    record();
    edit(`UPDATE journal SET payload = replace(payload, '${from}', '${to}')
          WHERE sequence = (SELECT min(sequence) FROM journal WHERE ${where} AND instr(payload, '${from}') > 0)`);
    const { code, error, result: replayed } = await result();
    expect(replayed['ok']).toBe(false);
    expect(replayed['stateHash']).not.toBe(replayed['expectedHash']);
    expect(error.join()).toContain('is not what was written');
    expect(code).toBe(1);
  });

  it('refuses what is no session', async () => {
    expect(await run('--session', join(at.directory, 'none'))).toMatchObject({ code: 1, out: [] });
    expect((await run('--session', 'a', 'b')).error.join()).toContain('unexpected argument "b"');
  });
});
