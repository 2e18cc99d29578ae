import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJournal } from '../adapters/sqlite/journal-reader.ts';
import { createCore } from '../engine/core.ts';
import { replaySession } from './session-replay.ts';

const FOLDER = join(import.meta.dirname, 'testing');
const GOLDEN = readdirSync(FOLDER).filter((name) => /^golden-journal-.*\.db\.gz$/.test(name));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'leeward-golden-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const REMEDY =
  'the core decides otherwise than on record. If that is meant: before the release of that version run ' +
  'node src-main/operations/testing/write-golden-journal.ts, after it give the changed kind a version and an upcaster';

describe('the golden journal of each release', () => {
  it.each(GOLDEN)('%s verifies and comes to the same decisions', (name) => {
    const file = join(directory, 'journal.db');
    writeFileSync(file, gunzipSync(readFileSync(join(FOLDER, name))));
    const journal = readJournal(file);
    if (!journal.ok) throw new Error(journal.error.detail);
    const { result, problems } = replaySession(journal.value, createCore());
    const kinds = new Set([...journal.value.rows({})].map(({ kind }) => kind));
    const proof = journal.value.verify();
    journal.value.close();
    // The state may take another shape in another version; what was decided may not become something else.
    expect(
      problems.filter((problem) => !problem.includes('expected state')),
      REMEDY,
    ).toEqual([]);
    expect(result).toMatchObject({ events: 82, decisions: 47 });
    expect(proof).toMatchObject({ ok: true });
    for (const kind of ['order.judged', 'order.submit', 'order.filled', 'order.cancel', 'tradingState.changed'])
      expect(kinds).toContain(kind);
  });

  it('exists', () => expect(GOLDEN).not.toEqual([]));
});
