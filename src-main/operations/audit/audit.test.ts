import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, bench, draft } from '../../adapters/sqlite/testing/journal-fixtures.ts';
import { command } from '../../cli/audit.ts';
import { runCli } from '../../cli/run.ts';
import { makeClientOrderId } from '../../engine/domain/client-order-id.ts';

const id = makeClientOrderId({ installation: '0a1b2c3d', epoch: 1, counter: 1, role: 'entry' });
const other = makeClientOrderId({ installation: '0a1b2c3d', epoch: 1, counter: 2, role: 'entry' });
const DAY_US = 86_400_000_000;

let at: Bench;
beforeEach(() => {
  at = bench();
  const store = at.open();
  store.commit([draft({ intent: true }, { kind: 'order.submit', role: 'decision', clientOrderIds: [id, other] })]);
  store.commit([
    draft({ fill: { clientOrderId: id } }, { kind: 'order.filled', timeUs: 1_700_000_000_000_000 + DAY_US }),
  ]);
  store.close();
});
afterEach(() => at.dispose());

async function run(...args: string[]) {
  const out: string[] = [];
  const error: string[] = [];
  const io = { out: (line: string) => void out.push(line), error: (line: string) => void error.push(line) };
  const code = await runCli(['audit', ...args], io, { audit: async () => command });
  return { code, out, error };
}

async function shown(...args: string[]): Promise<number[]> {
  const { out } = await run(at.directory, '--json', ...args);
  return out.slice(0, -1).map((line) => (JSON.parse(line) as { sequence: number }).sequence);
}

describe('leeward audit', () => {
  it('proves a whole journal, given its directory or its file', async () => {
    const { code, out, error } = await run(at.directory, '--json');
    expect({ code, error }).toEqual({ code: 0, error: [] });
    expect(JSON.parse(out[0]!)).toMatchObject({
      rows: 3,
      shown: 0,
      checkpoints: 1,
      verified: true,
      headSequence: 3,
      badSequence: null,
    });
    expect((await run(join(at.directory, 'journal.db'))).out[0]).toMatch(
      /^verified: 3 rows, 1 signed checkpoints, head [0-9a-f]{64}$/,
    );
  });

  it('shows the rows that are asked for', async () => {
    expect(await shown()).toEqual([]);
    expect(await shown('--rows')).toEqual([1, 2, 3]);
    expect(await shown('--kind', 'order.filled')).toEqual([3]);
    expect(await shown('--order', id)).toEqual([2, 3]);
    expect(await shown('--order', other)).toEqual([2]);
    expect(await shown('--since', '2')).toEqual([2, 3]);
    expect(await shown('--since', '2023-11-15')).toEqual([3]);
    expect(await shown('--since', '2023-11-14T22:00:00Z', '--limit', '1')).toEqual([1]);
    const { out } = await run(at.directory, '--kind', 'order.filled');
    expect(out[0]).toBe(`3 2023-11-15T22:13:20.000Z input order.filled {"fill":{"clientOrderId":"${id}"}}`);
  });

  it('proves a journal that is being written', async () => {
    const store = at.open({ engineEpoch: 2 });
    store.commit([draft('live')]);
    const { code, out } = await run(at.directory, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out[0]!)).toMatchObject({ rows: 4, verified: true });
  });

  it('names a tampered row and shows nothing from it on', async () => {
    const db = new Database(join(at.directory, 'journal.db'));
    db.exec(`UPDATE journal SET payload = 'not even JSON' WHERE sequence = 2`);
    db.close();
    const { code, out, error } = await run(at.directory, '--json', '--rows');
    expect(code).toBe(1);
    expect(out).toHaveLength(2);
    expect(JSON.parse(out[1]!)).toMatchObject({ verified: false, badSequence: 2, shown: 1 });
    expect(error).toEqual([expect.stringMatching(/^leeward audit: row 2 is not what was written: expected hash /)]);
  });

  it.each([
    [[], 2, 'expected one data directory or journal file, was 0'],
    [['a', 'b'], 2, 'expected one data directory or journal file, was 2'],
    [['/nowhere/at/all'], 1, 'expected a journal at /nowhere/at/all, was none'],
    [['x', '--since', 'yesterday'], 2, 'expected --since as a sequence or a UTC time'],
    [['x', '--since', '2026-13-45'], 2, 'expected --since as a sequence or a UTC time'],
    [['x', '--limit', '0'], 2, 'expected --limit as an integer'],
  ])('refuses %j', async (args, code, message) => {
    const result = await run(...args);
    expect(result.code).toBe(code);
    expect(result.error.join()).toContain(message);
  });

  it('refuses what is no journal', async () => {
    const file = join(at.directory, 'journal.db');
    rmSync(file);
    writeFileSync(file, 'no database '.repeat(400));
    expect((await run(at.directory)).error.join()).toMatch(/not a database/);
    rmSync(file);
    new Database(file).exec('CREATE TABLE x (y)').close();
    expect((await run(at.directory)).error.join()).toContain('expected a journal of schema 1, was 0');
  });
});
