import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReplayResult } from '../adapters/capture/replay-counts.ts';
import { command as audit } from '../cli/audit.ts';
import { replay } from '../cli/replay.ts';
import { runCli } from '../cli/run.ts';
import { TEST_START_MS } from '../practice-exchange/testing/hand-made-market.ts';
import { control, startFuturesExchange } from '../practice-exchange/testing/practice-client.ts';
import type { RecordingLife } from './testing/recording-life.ts';

const LIFE = join(import.meta.dirname, 'testing/recording-life.ts');
const WAIT = { timeout: 25_000 };
const FEEDS = ['binance-spot', 'binance-usdm', 'kraken-spot'];
const BOOKS = ['BTC/USDT.BINANCE.SPOT', 'BTC/USDT.BINANCE.USDM', 'BTC/USDT.KRAKEN.SPOT'];

type Life = { readonly child: ChildProcess; readonly said: string[] };

let home: string;
let exchange: Awaited<ReturnType<typeof startFuturesExchange>>;
let children: ChildProcess[];
let steps: number;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'leeward-recorded-'));
  exchange = await startFuturesExchange();
  [children, steps] = [[], 0];
});
afterEach(async () => {
  for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await exchange.close();
  rmSync(home, { recursive: true });
});

const folderOf = (session: string): string => join(home, session, 'market-data');
const filesOf = (session: string): readonly string[] => readdirSync(folderOf(session)).sort();

/** Another process that records the three venues; resolves once all of their books are live. */
async function begin(session: string, earlier: readonly string[]): Promise<Life> {
  const life: RecordingLife = {
    ...{ dataDir: join(home, session), engineEpoch: 1, earlierRecordings: earlier.map(folderOf) },
    endpoints: {
      ...{ rest: exchange.rest, futures: exchange.futures, kraken: exchange.krakenPublic },
      stream: exchange.stream.replace(/\/stream\/ws$/, ''),
    },
  };
  const child = spawn(process.execPath, [LIFE, JSON.stringify(life)], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const said: string[] = [];
  child.stdout.on('data', (data: Buffer) => said.push(...data.toString().trim().split('\n')));
  await untilLive(said);
  return { child, said };
}

/** A book is live once a change led on from its snapshot. */
async function untilLive(said: readonly string[], from = 0): Promise<void> {
  await vi.waitFor(
    () => {
      moveMarket();
      expect(said.slice(from)).toEqual(expect.arrayContaining(BOOKS.map((id) => `live ${id}`)));
    },
    { ...WAIT, interval: 100 },
  );
}

/** One change of each book and one trade on each market. */
function moveMarket(): void {
  // Among the best ten, which Kraken sums.
  const [ticks, lots] = [9_992 + (steps % 7), 1 + ++steps];
  const at = { symbol: 'BTCUSDT', marketTimeMs: TEST_START_MS } as const;
  exchange.handMade.push(
    { kind: 'book', ...at, snapshot: false, bids: [[ticks, lots]], asks: [] },
    { kind: 'trade', ...at, ticks: 10_001, lots: 1, aggressor: 'buy' },
  );
}

/** Moves the market until what each feed has on disk has grown so many times. */
async function recordMore(session: string, times: number): Promise<void> {
  const sizeOf = (name: string): number => statSync(join(folderOf(session), name)).size;
  const grown = new Map(filesOf(session).map((name) => [name, { bytes: sizeOf(name), times: 0 }]));
  await vi.waitFor(
    () => {
      moveMarket();
      for (const name of filesOf(session)) {
        const size = sizeOf(name);
        const before = grown.get(name) ?? { bytes: 0, times: 0 };
        if (size > before.bytes) grown.set(name, { bytes: size, times: before.times + 1 });
      }
      const enough = [...grown].filter(([, one]) => one.times >= times).map(([name]) => name);
      expect(enough).toHaveLength(FEEDS.length);
    },
    { ...WAIT, interval: 100 },
  );
}

async function kill({ child }: Life): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function end({ child }: Life): Promise<void> {
  child.stdin?.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
}

async function cli(...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const io = { out: (line: string) => void out.push(line), error: (line: string) => void errors.push(line) };
  const code = await runCli(args, io, { audit: async () => audit, replay: async () => replay });
  return { code, lines: out.map((line) => JSON.parse(line) as unknown), errors };
}

const auditOf = async (session: string) => {
  const { code, lines, errors } = await cli('audit', join(home, session), '--json');
  return { code, errors, segments: (lines.at(-1) as { segments: unknown }).segments };
};

async function replayed(...paths: readonly string[]) {
  const { code, lines, errors } = await cli('replay', ...paths, '--json');
  return { code, errors, results: lines as readonly ReplayResult[] };
}

const pathOf = (session: string, feed: string): string => {
  const name = filesOf(session).find((one) => one.includes(feed));
  if (name === undefined) throw new Error(`expected a segment of ${feed}, was ${filesOf(session).join()}`);
  return join(folderOf(session), name);
};

describe('what a session saw of three venues', { timeout: 90_000 }, () => {
  it('is whole after a kill: a later session closes it, and every segment replays', async () => {
    const killed = await begin('first', []);
    await recordMore('first', 3);
    await kill(killed);
    const torn = filesOf('first');
    expect(torn.map((name) => name.slice(14))).toEqual(FEEDS.map((feed) => `${feed}.gz.part`).sort(byPlace(torn)));
    // As if the kill had fallen into the last write.
    const spot = join(folderOf('first'), torn.find((name) => name.includes('spot')) ?? '');
    truncateSync(spot, statSync(spot).size - 5);
    const next = await begin('second', ['first']);
    await recordMore('second', 2);
    await end(next);

    expect(filesOf('first')).toEqual(torn.map((name) => name.replace('.part', '')));
    expect(existsSync(spot)).toBe(false);
    const segments = { referenced: 6, verified: 6, cut: 3, removed: 0, missing: [], altered: [] };
    expect(await auditOf('second')).toEqual({ code: 0, errors: [], segments });
    for (const session of ['first', 'second']) {
      for (const feed of FEEDS) {
        const { code, errors, results } = await replayed(pathOf(session, feed));
        expect([code, errors]).toEqual([0, []]);
        expect(results).toMatchObject([
          {
            ...{
              product: feed.includes('usdm') ? 'USDM' : 'SPOT',
              venue: feed.startsWith('kraken') ? 'KRAKEN' : 'BINANCE',
            },
            ...{
              book: 'synchronized',
              sequenceBreaks: 0,
              checksumMismatches: 0,
              integrityFailures: 0,
              unsupported: {},
            },
          },
        ]);
        const [{ applied, trades, checksumsVerified } = { applied: 0, trades: 0, checksumsVerified: 0 }] = results;
        expect(Math.min(applied, trades)).toBeGreaterThan(0);
        if (feed.startsWith('kraken')) expect(checksumsVerified).toBe(applied);
      }
    }
  });

  it('is told apart where a byte of it changes, by the audit and by the line', async () => {
    const killed = await begin('first', []);
    await recordMore('first', 2);
    await kill(killed);
    await end(await begin('second', ['first']));

    const kraken = pathOf('first', 'kraken');
    const lines = gunzipSync(readFileSync(kraken)).toString().trim().split('\n');
    const at = lines.findIndex((line) => line.includes('"channel":"book","type":"update"'));
    lines[at] = lines[at]?.replace(/"qty":(\d)/, (_, digit) => `"qty":${(Number(digit) + 1) % 10}`) ?? '';
    writeFileSync(join(home, 'changed'), lines.join('\n'));
    const { code, results, errors } = await replayed(join(home, 'changed'));
    expect([code, results[0]?.checksumMismatches]).toEqual([1, 1]);
    expect(errors[0]).toContain(`${join(home, 'changed')}:${at + 1}: BTC/USDT: expected checksum`);

    const bytes = readFileSync(kraken);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(kraken, bytes);
    const name = kraken.replace(home, '..');
    expect(await auditOf('second')).toMatchObject({ code: 1, segments: { cut: 3, altered: [name] } });
    expect((await replayed(kraken)).errors[0]).toContain(`${kraken}:`);
  });

  it('has no broken book where sockets were cut: the next one starts it anew', async () => {
    const life = await begin('only', []);
    await recordMore('only', 1);
    const before = life.said.length;
    await control(exchange, 'POST', 'faults', { kind: 'close' });
    await untilLive(life.said, before);
    await recordMore('only', 2);
    await end(life);
    for (const feed of FEEDS) {
      const { code, results } = await replayed(pathOf('only', feed));
      expect(code).toBe(0);
      expect(results).toMatchObject([{ book: 'synchronized', sequenceBreaks: 0, checksumMismatches: 0 }]);
    }
  });
});

/** Which feed came first on disk is up to the venues. */
const byPlace =
  (names: readonly string[]) =>
  (a: string, b: string): number =>
    names.findIndex((name) => name.endsWith(a)) - names.findIndex((name) => name.endsWith(b));
