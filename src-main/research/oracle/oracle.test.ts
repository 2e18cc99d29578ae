import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { command } from '../../cli/oracle.ts';
import { runCli } from '../../cli/run.ts';
import { PROTOCOL_SECTIONS } from './protocol-sections.ts';

type Case = Record<string, unknown>;
type Protocol = Record<string, Case[] | undefined>;

const REFERENCE = gunzipSync(await readFile(join(import.meta.dirname, 'testing/protocol.json.gz'))).toString('utf8');
const reference = (): Protocol => JSON.parse(REFERENCE) as Protocol;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leeward-oracle-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function oracle(...args: string[]) {
  const out: string[] = [];
  const error: string[] = [];
  const io = { out: (line: string) => void out.push(line), error: (line: string) => void error.push(line) };
  const code = await runCli(['oracle', ...args], io, { oracle: async () => command });
  return { code, lines: out, error };
}

async function run(file: string, document: unknown) {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  await writeFile(join(folder, file), file.endsWith('.gz') ? gzipSync(text) : text);
  const { code, lines, error } = await oracle('--dir', folder, '--json');
  return { code, error, line: JSON.parse(lines[0] ?? 'null') as unknown };
}

/** Changes the last digit or letter of a reference answer, wherever in the case it stands. */
function perturb(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') {
    return value.replace(/[0-9a-zA-Z](?=[^0-9a-zA-Z]*$)/, (last) => (last === '1' ? '2' : '1'));
  }
  const entries = Object.entries(value as Case);
  return Object.fromEntries(entries.map(([key, each], at) => [key, at === entries.length - 1 ? perturb(each) : each]));
}

describe('leeward oracle', () => {
  it('passes every reference answer of the protocols', async () => {
    expect(await run('protocol.json', reference())).toEqual({
      code: 0,
      error: [],
      line: { file: 'protocol.json', cases: 479, passed: 479, failed: 0, notChosen: 0, unsupported: 0 },
    });
  });

  const PERTURBED = Object.keys(PROTOCOL_SECTIONS).filter((name) => !/sequences|signed_request/.test(name));
  it.each(PERTURBED)('fails when one answer of %s is another', async (name) => {
    const document = reference();
    const cases = document[name]!;
    const last = cases[cases.length - 1]!;
    last['expected'] = perturb(last['expected']);
    const { code, error, line } = await run('protocol.json', document);
    expect(line).toMatchObject({ cases: 479, passed: 478, failed: 1 });
    expect(code).toBe(1);
    expect(error.join()).toContain(`protocol.json ${name}[${cases.length - 1}]: expected `);
  });

  it('fails when one checksum of a book sequence is another', async () => {
    const document = reference();
    const updates = document['kraken_book_sequences']![0]!['updates'] as { checksum: number }[];
    updates[20]!.checksum += 1;
    expect((await run('protocol.json', document)).line).toMatchObject({ failed: 1 });
  });

  it.each([0, 1, 2, 3, 4, 5])('fails when the signature of whole request %i is another', async (at) => {
    const document = reference();
    const expected = document['ccxt_signed_request']![at]!['expected'] as { body: string; url: string; headers: Case };
    const signature = Object.keys(expected.headers).find((name) => name.toLowerCase().endsWith('-sign'));
    if (signature !== undefined) expected.headers[signature] = perturb(expected.headers[signature]);
    else if (expected.body) expected.body = String(perturb(expected.body));
    else expected.url = String(perturb(expected.url));
    expect((await run('protocol.json', document)).line).toMatchObject({ passed: 478, failed: 1 });
  });

  it('counts what no suite takes yet, gzipped or not', async () => {
    const document = { kind: 'indicators', cases: [{ indicator: 'SMA' }, { indicator: 'KELTNER_EMA_ATR_TA' }] };
    expect(await run('indicators.json.gz', document)).toEqual({
      code: 0,
      error: [],
      line: { file: 'indicators.json.gz', cases: 2, passed: 0, failed: 0, notChosen: 1, unsupported: 1 },
    });
    const section = { kind: 'protocol', newVenue: [{ expected: 'x' }, { expected: 'y' }] };
    expect((await run('a.json', section)).line).toMatchObject({ cases: 2, passed: 0, unsupported: 2 });
  });

  it('fails, and does not throw, on a case of another shape', async () => {
    const { code, error, line } = await run('p.json', { kind: 'protocol', binance_hmac: [{ expected: 'x' }, 7] });
    expect({ code, line }).toMatchObject({ code: 1, line: { cases: 2, failed: 2 } });
    expect(error.join()).toContain('p.json binance_hmac[0]: expected a result, was ');
  });

  it.each([
    ['{', /expected JSON in bad\.json, was /],
    ['[]', /expected a document with its kind in bad\.json/],
    ['{"kind":1}', /expected a document with its kind in bad\.json/],
  ])('names the file that holds %j', async (text, message) => {
    const { code, error } = await run('bad.json', text);
    expect(code).toBe(1);
    expect(error).toEqual([expect.stringMatching(message)]);
  });

  it('says what is missing', async () => {
    expect((await oracle('--dir', join(folder, 'none'))).error.join()).toContain('expected a folder at ');
    expect((await oracle('--dir', folder)).error.join()).toContain('was none');
    expect((await oracle()).code).toBe(2);
  });

  it('prints text for people', async () => {
    await writeFile(join(folder, 'protocol.json'), REFERENCE);
    const { lines } = await oracle('--dir', folder);
    expect(lines).toEqual(['protocol.json: 479 cases, 479 passed, 0 failed, 0 not chosen, 0 unsupported']);
  });
});
