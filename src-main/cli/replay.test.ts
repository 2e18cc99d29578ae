import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { krakenChecksum } from '../engine/market-data/kraken-checksum.ts';
import { runCli } from './run.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'leeward-replay-'))));
afterEach(() => rmSync(folder, { recursive: true }));

type Line = Readonly<Record<string, unknown>> & { readonly instrument: string | null };

async function run(...args: string[]): Promise<{ code: number; lines: Line[]; errors: string[] }> {
  const out: string[] = [];
  const errors: string[] = [];
  const io = { out: (line: string) => void out.push(line), error: (line: string) => void errors.push(line) };
  const code = await runCli(['replay', ...args, '--json'], io);
  return { code, lines: out.map((line) => JSON.parse(line) as Line), errors };
}

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

const EVENT_MS = 1_723_161_255_208;
/** The recorder's clock is 1.27 s behind the venue's, as in the recordings this was written for. */
const at = (message: unknown) => `${EVENT_MS - 1_270}000000 ${JSON.stringify(message)}`;
const stream = (data: Readonly<Record<string, unknown>>) => at({ stream: 'btcusdt@x', data });
const depth = (first: number, last: number, bids: unknown = [['100.10000000', `${last}.00000000`]]) =>
  stream({ e: 'depthUpdate', E: EVENT_MS, s: 'BTCUSDT', U: first, u: last, b: bids, a: [] });
const ticker = (updateId: number, size = updateId) =>
  stream({ u: updateId, s: 'BTCUSDT', b: '100.10000000', B: `${size}.00000000`, a: '100.20000000', A: '5.00000000' });
const body = (lastUpdateId: number) => ({
  lastUpdateId,
  bids: [['100.10000000', '1.00000000']],
  asks: [['100.20000000', '5.00000000']],
});
const trade = stream({ e: 'trade', E: EVENT_MS, s: 'BTCUSDT', t: 1, p: '1.0', q: '1.0', T: 1, m: true, M: true });

describe('leeward replay on Binance captures', () => {
  it('buffers the update that stands before its snapshot and compares tickers at equal ids', async () => {
    const lines = [depth(90, 95), depth(96, 104), at(body(100)), ticker(108), depth(105, 108), ticker(109), trade];
    const { code, lines: results } = await run(file('a.gz', lines));
    expect(code).toBe(0);
    expect(results).toEqual([
      {
        ...{ file: join(folder, 'a.gz'), instrument: 'BTCUSDT', venue: 'BINANCE', product: 'SPOT' },
        ...{ format: 'nanosecond-lines', book: 'synchronized', messages: 7, applied: 2, discardedBeforeSnapshot: 1 },
        ...{ sequenceBreaks: 0, integrityFailures: 0, checksumsVerified: 0, checksumMismatches: 0 },
        ...{ bboCompared: 1, bboAgreed: 1, trades: 1, tickers: 2, bars: 0, snapshots: 1, unsupported: {} },
        clockSkewMs: -1_270,
      },
    ]);
  });

  it('counts a best bid that differs as compared and not agreed', async () => {
    const { lines } = await run(file('a', [at(body(100)), depth(101, 102), ticker(102, 7)]));
    expect(lines).toMatchObject([{ bboCompared: 1, bboAgreed: 0 }]);
  });

  it('continues a recording that is split over two files, and invents no book from its second half', async () => {
    const first = file('1', [at(body(100)), depth(101, 102)]);
    const second = file('2', [depth(103, 104), depth(105, 106)]);
    const together = await run(first, second);
    expect(together.lines).toMatchObject([
      { file: first, book: 'synchronized', applied: 1 },
      { file: second, book: 'synchronized', applied: 2, sequenceBreaks: 0 },
    ]);
    const alone = await run(second);
    expect(alone.lines).toMatchObject([{ book: 'unsynchronized', applied: 0, messages: 2, sequenceBreaks: 0 }]);
  });

  it('reports a sequence break and exits 1', async () => {
    const { code, lines, errors } = await run(file('a', [at(body(100)), depth(101, 102), depth(104, 105)]));
    expect(code).toBe(1);
    expect(lines).toMatchObject([{ book: 'unsynchronized', applied: 1, sequenceBreaks: 1 }]);
    expect(errors).toEqual([`leeward replay: ${join(folder, 'a')}:3: BTCUSDT: expected U 103, was 104..105`]);
  });

  it('counts a book that cannot be right as an integrity failure and names the line', async () => {
    const huge = depth(101, 102, [
      ['100.1', '9000000000000000'],
      ['100', '0.1'],
    ]);
    const { code, lines, errors } = await run(file('a', [at(body(100)), huge, depth(103, 104, [['100.20', '1']])]));
    expect(code).toBe(1);
    expect(lines).toMatchObject([{ book: 'unsynchronized', integrityFailures: 1, applied: 0 }]);
    expect(errors[0]).toContain('a:2: BTCUSDT: expected less than 2^53 steps');
  });

  it('takes snapshots of a request log, says what they are, and refuses one that does not fit', async () => {
    const log = (id: number) => [
      `https://api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000 -> 1633998512.320639: ${JSON.stringify(body(id))}`,
      '',
    ];
    const capture = file('ws', [
      'wss://stream.binance.com:9443/stream?streams=btcusdt@depth <-> 1633998511.159679',
      depth(99, 100).replace(/^\d+ /, '1633998512.06: '),
      depth(101, 103).replace(/^\d+ /, '1633998512.16: '),
    ]);
    const fits = await run(capture, '--snapshot', file('http', log(100)));
    expect(fits.lines).toMatchObject([
      { format: 'cryptofeed-ws', book: 'synchronized', applied: 1, discardedBeforeSnapshot: 1, snapshots: 0 },
    ]);
    const plain = await run(capture, '--snapshot', file('plain.json', [JSON.stringify(body(100))]));
    expect(plain.lines).toMatchObject([{ book: 'synchronized', applied: 1, messages: 2, snapshots: 0 }]);
    const tooOld = await run(capture, '--snapshot', file('old', log(50)));
    expect(tooOld.lines).toMatchObject([{ book: 'unsynchronized', applied: 0, sequenceBreaks: 0 }]);
    const direct = await run(file('http', log(100)));
    expect(direct.lines).toMatchObject([{ format: 'cryptofeed-http', book: 'snapshot', snapshots: 1, applied: 0 }]);
    const none = await run(capture, '--snapshot', capture);
    expect(none).toMatchObject({
      code: 1,
      errors: [`leeward replay: ${capture}: expected depth snapshots, found none`],
    });
  });

  it('follows USD-M by pu and keeps it apart from spot', async () => {
    const usdm = (first: number, last: number, pu: number) =>
      stream({ e: 'depthUpdate', E: 1, T: 1, s: 'BTCUSDT', U: first, u: last, pu, b: [], a: [['101', '1']] });
    const { lines } = await run(file('a', [usdm(90, 100, 80), at({ E: 1, T: 1, ...body(95) }), usdm(120, 130, 100)]));
    expect(lines).toMatchObject([{ product: 'USDM', book: 'synchronized', applied: 2, sequenceBreaks: 0 }]);
  });
});

describe('leeward replay on other venues', () => {
  const levels = { as: [['10.20', '5.00000000', 't']], bs: [['10.10', '5.00000000', 't']] };
  const update = (quantity: string, checksum: number) =>
    `1618678134.2: ${JSON.stringify([1, { b: [['10.10', quantity, 't']], c: String(checksum) }, 'book-1000', 'XBT/EUR'])}`;
  const right = krakenChecksum([['10.20', '5.00000000']], [['10.10', '1.50000000']]);
  const snapshot = `1618678132.9: ${JSON.stringify([1, levels, 'book-1000', 'XBT/EUR'])}`;

  it("verifies Kraken's checksums", async () => {
    const { code, lines } = await run(file('k', [snapshot, update('1.50000000', right)]));
    expect(code).toBe(0);
    expect(lines).toMatchObject([
      {
        instrument: 'XBT/EUR',
        venue: 'KRAKEN',
        book: 'synchronized',
        applied: 2,
        checksumsVerified: 1,
        checksumMismatches: 0,
      },
    ]);
  });

  it('reports one changed digit as a mismatch and exits 1', async () => {
    const { code, lines } = await run(file('k', [snapshot, update('1.50000001', right)]));
    expect(code).toBe(1);
    expect(lines).toMatchObject([{ book: 'unsynchronized', checksumsVerified: 0, checksumMismatches: 1 }]);
  });

  it('lists subscribed instruments and counts by type what it does not read', async () => {
    const { lines } = await run(
      file('b', [
        '1618678132.9: {"channelName":"trade","event":"subscriptionStatus","pair":"WAVES/EUR","status":"subscribed"}',
        '1618678133.5: {"event":"heartbeat"}',
        '1641343691.2: {"event":"bts:subscription_succeeded","channel":"live_trades_ethusd","data":{}}',
        '1641343721.6: {"data":{"bids":[]},"channel":"diff_order_book_galaeur","event":"data"}',
      ]),
    );
    expect(lines).toMatchObject([
      { instrument: 'WAVES/EUR', venue: 'KRAKEN', messages: 0, book: 'none' },
      { instrument: 'ETHUSD', venue: 'BITSTAMP', messages: 0, book: 'none' },
      { instrument: 'GALAEUR', venue: 'BITSTAMP', book: 'unsynchronized', unsupported: { diff_order_book: 1 } },
    ]);
  });
});

describe('leeward replay on bad input', () => {
  it.each([
    ['truncated JSON', depth(103, 104).slice(0, 60), 'expected JSON'],
    ['no framing', 'hello', 'expected a capture line, was "hello"'],
    ['a negative quantity', depth(103, 104, [['100.1', '-1']]), 'expected a plain unsigned decimal, was "-1"'],
    ['a price that is no number', depth(103, 104, [['NaN', '1']]), 'expected a plain unsigned decimal, was "NaN"'],
    [
      'more digits than a step can have',
      depth(103, 104, [['0.0000000000000000001', '1']]),
      'expected at most 15 fraction digits',
    ],
    ['levels of another shape', depth(103, 104, 'x'), 'expected b as levels of two texts, was "x"'],
  ])('names the line of %s, counts those before it, exits 1', async (_, damaged, problem) => {
    const path = file('a', [at(body(100)), depth(101, 102), damaged, depth(103, 104)]);
    const { code, lines, errors } = await run(path);
    expect(code).toBe(1);
    expect(lines).toMatchObject([{ messages: 2, applied: 1, sequenceBreaks: 0 }]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(`leeward replay: ${path}:3: ${problem}`);
  });

  it('names a damaged gzip file and counts what could be read', async () => {
    const path = file('a.gz', [at(body(100)), ...Array.from({ length: 4_000 }, (_, id) => depth(101 + id, 101 + id))]);
    writeFileSync(path, gzipSync(`${at(body(100))}\n${depth(101, 102)}\n`).subarray(0, -12));
    const { code, errors } = await run(path);
    expect([code, errors.length]).toEqual([1, 1]);
    expect(errors[0]).toMatch(/a\.gz:\d+: damaged gzip data/);
  });

  it.each([
    ['nothing', [], 2, 'leeward replay: expected at least one capture file; see leeward replay --help'],
    ['an unknown option', ['a', '--nope'], 2, 'leeward replay: unknown option --nope; see leeward replay --help'],
    ['a missing file', ['/nonexistent/capture.gz'], 1, 'leeward replay: /nonexistent/capture.gz: no such file'],
    ['a folder', [tmpdir()], 1, `leeward replay: ${tmpdir()}: expected a file, was a directory`],
  ])('says in one line what is wrong with %s', async (_, args, code, error) => {
    expect(await run(...args)).toEqual({ code, lines: [], errors: [error] });
  });

  it('says that an empty file holds nothing', async () => {
    expect((await run(file('empty', []))).lines).toMatchObject([{ instrument: null, messages: 0, book: 'none' }]);
  });
});
