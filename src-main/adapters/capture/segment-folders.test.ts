import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RemovedNote, SegmentNote } from './segment-file.ts';
import { SegmentFolders } from './segment-folders.ts';

let home: string;
let closed: SegmentNote[];
let removed: RemovedNote[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'leeward-folders-'));
  [closed, removed] = [[], []];
});
afterEach(() => rmSync(home, { recursive: true }));

const folderOf = (session: string): string => join(home, session, 'market-data');

/** Of the last session, which knows of the ones before. */
function folders(notes: Partial<ConstructorParameters<typeof SegmentFolders>[3]> = {}): SegmentFolders {
  return new SegmentFolders(join(home, 'c'), folderOf('c'), [folderOf('a'), folderOf('b')], {
    closed: (note) => closed.push(note) > 0,
    removed: (note) => removed.push(note) > 0,
    ...notes,
  });
}

function put(session: string, name: string, content: Uint8Array): string {
  mkdirSync(folderOf(session), { recursive: true });
  const path = join(folderOf(session), name);
  writeFileSync(path, content);
  return path;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const members = (...texts: readonly string[]): readonly Buffer[] =>
  texts.map((text) => gzipSync(`${text}\n`, { level: 1 }));

describe('what a killed session left', () => {
  it('is closed by a later one and named in its journal, wherever it stands', async () => {
    const left = Buffer.concat(members('one', 'two'));
    put('a', '000001-000001-spot.gz.part', left);
    put('c', '000001-000002-usdm.gz.part', left);
    await folders().takeOver();
    const note = { sha256: sha256(left), bytes: left.length, messages: null, dropped: null, cut: true };
    expect(closed).toEqual([
      { file: '../a/market-data/000001-000001-spot.gz', ...note },
      { file: 'market-data/000001-000002-usdm.gz', ...note },
    ]);
    expect([...readdirSync(folderOf('a')), ...readdirSync(folderOf('c'))]).toEqual([
      '000001-000001-spot.gz',
      '000001-000002-usdm.gz',
    ]);
  });

  it('is read up to its last whole member, wherever the kill fell', async () => {
    const parts = members('first line', 'second line', 'third line');
    const ends = parts.map((_, index) => Buffer.concat(parts.slice(0, index + 1)).length);
    const whole = Buffer.concat(parts);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (length) => {
        closed = [];
        put('a', '1.gz.part', whole.subarray(0, length));
        await folders().takeOver();
        const expected = Math.max(0, ...ends.filter((end) => end <= length));
        expect(closed).toMatchObject([{ bytes: expected, sha256: sha256(whole.subarray(0, expected)) }]);
        const kept = readFileSync(join(folderOf('a'), '1.gz'));
        expect(kept.length === 0 ? '' : gunzipSync(kept).toString()).toBe(
          'first line\nsecond line\nthird line\n'
            .split(/(?<=\n)/)
            .slice(0, ends.indexOf(expected) + 1)
            .join(''),
        );
      }),
      { examples: ends.flatMap((end) => [[end], [end - 1], [Math.min(whole.length, end + 3)]] as [number][]) },
    );
  });

  it('keeps what stands behind a damaged member: an audit or a replay finds the damage', async () => {
    const [first, second] = members('first line', 'second line') as [Buffer, Buffer];
    first[20]! ^= 1;
    put('a', '1.gz.part', Buffer.concat([first, second]));
    await folders().takeOver();
    expect(closed).toMatchObject([{ bytes: first.length + second.length }]);
  });

  it('keeps its name while the journal does not have it', async () => {
    put('a', '1.gz.part', gzipSync('x'));
    await folders({ closed: () => false }).takeOver();
    expect(readdirSync(folderOf('a'))).toEqual(['1.gz.part']);
  });

  it('is nothing where a folder is gone', async () => {
    await folders().takeOver();
    expect(closed).toEqual([]);
    expect(readdirSync(folderOf('c'))).toEqual([]);
  });
});

describe('room on the disk', () => {
  beforeEach(() => {
    for (const [session, name] of [
      ['c', '000001-000001-spot.gz'],
      ['b', '000009-000001-spot.gz'],
      ['a', '000001-000010-spot.gz'],
      ['a', '000001-000002-usdm.gz'],
      ['c', '000001-000002-spot.gz.part'],
    ] as const)
      put(session, name, Buffer.alloc(100));
  });

  it.each([
    [400, []],
    [399, ['../a/market-data/000001-000002-usdm.gz']],
    [200, ['../a/market-data/000001-000002-usdm.gz', '../a/market-data/000001-000010-spot.gz']],
    [
      0,
      [
        '../a/market-data/000001-000002-usdm.gz',
        '../a/market-data/000001-000010-spot.gz',
        '../b/market-data/000009-000001-spot.gz',
        'market-data/000001-000001-spot.gz',
      ],
    ],
  ])('of %d bytes is made by the oldest, which the journal tells', async (bytes, expected) => {
    await folders().shrinkTo(bytes);
    expect(removed).toEqual(expected.map((file) => ({ file, bytes: 100 })));
    expect(['a', 'b', 'c'].flatMap((session) => readdirSync(folderOf(session)))).toHaveLength(5 - expected.length);
    expect(readdirSync(folderOf('c'))).toContain('000001-000002-spot.gz.part');
  });

  it('is not made where the journal cannot tell it', async () => {
    await folders({ removed: () => false }).shrinkTo(0);
    expect(readdirSync(folderOf('a'))).toHaveLength(2);
  });
});
