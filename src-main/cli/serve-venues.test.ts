import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CommandDto } from '../../src-preload/contract/messages.ts';
import type { TerminalState } from '../../src-preload/contract/state.ts';
import type * as Protocol from '../guardian/protocol.ts';
import type * as Hosts from '../launcher/process-host.ts';
import { inProcessHost } from '../launcher/testing/in-process-host.ts';
import { WebTerminal } from '../launcher/testing/web-terminal.ts';
import { runCli } from './run.ts';

vi.mock('../launcher/process-host.ts', async (original) => ({
  ...(await original<typeof Hosts>()),
  nodeProcessHost: () => inProcessHost(),
}));
// One thread serves all processes here: how long one of them is silent says nothing about it.
vi.mock('../guardian/protocol.ts', async (original) => ({
  ...(await original<typeof Protocol>()),
  ENGINE_SILENCE_MS: 600_000,
  GUARDIAN_SILENCE_MS: 600_000,
  STOP_ACKNOWLEDGE_MS: 600_000,
}));
vi.mock('../guardian/process-exit.ts', () => ({ endProcess: async () => undefined }));

const PLACES = [
  ['paper-01', 'BTC/USDT.BINANCE.SPOT'],
  ['kraken-01', 'BTC/USDT.KRAKEN.SPOT'],
  ['futures-01', 'BTC/USDT.BINANCE.USDM'],
  ['cross-01', 'BTC/USDT.BINANCE.MARGIN'],
  ['isolated-ethusdt-01', 'ETH/USDT.BINANCE.MARGIN'],
  ['kraken-margin-01', 'BTC/USDT.KRAKEN.MARGIN'],
] as const;
const VENUES = 'binance,binance-cross,binance-isolated:ETHUSDT,usdm,kraken,kraken-margin';
const MARKETS_LIVE = 70;

/** Of a session of this home that was killed. */
const left = (): string => join(home, 'practice', '20240101T000000Z-0000', 'market-data');

let home: string;
let served: Promise<number>;
let terminal: WebTerminal;
const errors: string[] = [];

async function cli(...args: readonly string[]): Promise<{ code: number; out: string }> {
  const out: string[] = [];
  const code = await runCli([...args, '--data-dir', home], { out: (line) => out.push(line), error: () => undefined });
  return { code, out: out.join('\n') };
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'leeward-venues-'));
  mkdirSync(left(), { recursive: true });
  writeFileSync(join(left(), '000001-000001-kraken-spot.gz.part'), gzipSync('{"channel":"heartbeat"}\n'));
  const address = new Promise<string>((resolve, reject) => {
    const args = ['serve', '--port', '0', '--data-dir', home, '--json', '--venues', VENUES];
    served = runCli(args, {
      out: (line) => resolve((JSON.parse(line) as { address: string }).address),
      error: (line) => errors.push(line),
    });
    void served.then((code) => reject(new Error(`ended with ${code}: ${errors.join('; ')}`)));
  });
  terminal = await WebTerminal.enter(await address);
}, 60_000);
afterAll(async () => {
  terminal.close();
  process.emit('SIGTERM');
  expect(await served).toBe(0);
  rmSync(home, { recursive: true });
}, 60_000);

const lastOf = ({ watch }: TerminalState, instrumentId: string): number =>
  Number(watch.find((row) => row.instrumentId === instrumentId)?.last ?? 0);

const isLive = (state: TerminalState): boolean =>
  state.strip.feed.live === MARKETS_LIVE && PLACES.every(([, instrumentId]) => lastOf(state, instrumentId) > 0);

type Place = (typeof PLACES)[number];

/** A bracket around the last price, in whole ticks of every venue here. */
function bracketAt([accountId, instrumentId]: Place, last: number): CommandDto {
  const price = (ratio: number): string => (last * ratio).toFixed(1);
  return {
    ...{ kind: 'enterBracket', accountId, instrumentId, side: 'buy' },
    ...{ entry: 'fok', quantity: '0.020', limitPrice: price(1.002) },
    ...{ stopTrigger: price(0.97), stopLimit: price(0.965), target: price(1.05) },
  };
}

describe('a session on several venues', { timeout: 60_000 }, () => {
  it('shows the markets of all of them live, with their history', async () => {
    const { strip, components } = await terminal.state(isLive);
    expect(strip).toMatchObject({ tradingState: 'active', feed: { live: MARKETS_LIVE, total: MARKETS_LIVE } });
    const venues = components.filter(({ component }) => component.startsWith('venue '));
    expect(venues.map(({ component, state }) => [component, state])).toEqual(
      [
        ...['paper-01', 'paper-02', 'futures-01', 'kraken-01', 'cross-01'],
        ...['isolated-ethusdt-01', 'kraken-margin-01'],
      ].map((account) => [`venue ${account}`, 'up']),
    );
    for (const [, instrumentId] of PLACES) {
      const bars = await terminal.query({ kind: 'bars', instrumentId, interval: '1m', limit: 5 });
      expect(bars).toMatchObject({ ok: true, result: { length: 5 } });
    }
  });

  it('protects a position on each venue at that venue', async () => {
    const live = await terminal.state(isLive);
    for (const place of PLACES) {
      expect(await terminal.command(bracketAt(place, lastOf(live, place[1])))).toMatchObject({ ok: true });
    }
    const { orders } = await terminal.state(({ positions }) =>
      PLACES.every(([account, id]) =>
        positions.some((one) => one.accountId === account && one.instrumentId === id && one.coverage === 'protected'),
      ),
    );
    for (const [account, instrumentId] of PLACES) {
      const stops = orders.filter((one) => one.instrumentId === instrumentId && one.role === 'stop');
      expect(stops.some((one) => one.accountId === account && one.status === 'accepted')).toBe(true);
    }
  });

  it('refuses an isolated account another pair than its own', async () => {
    const live = await terminal.state(isLive);
    const place = ['isolated-ethusdt-01', PLACES[3][1]] as const;
    const refused = await terminal.command({
      ...bracketAt(PLACES[0], lastOf(live, place[1])),
      accountId: place[0],
      instrumentId: place[1],
    } as CommandDto);
    expect(refused).toMatchObject({ ok: false });
  });

  it('routes an order to where it costs least and tells the figures of each venue', async () => {
    const live = await terminal.state(isLive);
    const [spot, kraken] = PLACES;
    const command = { ...bracketAt(spot, lastOf(live, spot[1])), kind: 'routeBracket' } as CommandDto;
    expect(await terminal.command(command)).toMatchObject({ ok: true });
    const { log } = await terminal.state((state) => state.log.some(({ kind }) => kind === 'order.routed'));
    const { summary = {} } = log.findLast(({ kind }) => kind === 'order.routed') ?? {};
    expect(Object.keys(summary)).toEqual(expect.arrayContaining([spot[1], kraken[1]]));
    expect(Object.values(summary)).toContainEqual(expect.stringMatching(/^0\.02\d* @ \d/));
  });

  it('closes what an earlier session left of its market data, in the journal of its own', async () => {
    const file = '000001-000001-kraken-spot.gz';
    await vi.waitFor(() => expect(readdirSync(left())).toEqual([file]), { timeout: 15_000 });
    const [session = ''] = readdirSync(join(home, 'practice')).filter((name) => !name.startsWith('2024'));
    const feeds = readdirSync(join(home, 'practice', session, 'market-data')).map((name) => name.slice(14));
    expect(feeds.sort()).toEqual(
      ['binance-margin', 'binance-spot', 'binance-usdm', 'kraken-margin', 'kraken-spot'].map(
        (feed) => `${feed}.gz.part`,
      ),
    );
    const out: string[] = [];
    const io = { out: (line: string) => void out.push(line), error: () => undefined };
    expect(await runCli(['audit', join(home, 'practice', session), '--kind', 'capture.closed', '--json'], io)).toBe(0);
    const [row, summary] = out.map((line) => JSON.parse(line) as unknown);
    expect(row).toMatchObject({ payload: { file: `../20240101T000000Z-0000/market-data/${file}`, cut: true } });
    expect(summary).toMatchObject({ verified: true, segments: { referenced: 1, verified: 1, cut: 1, altered: [] } });
  });

  it('is flat on every venue after `leeward stop`', async () => {
    const stopped = await cli('stop');
    expect(stopped.code).toBe(0);
    const { positions, strip } = await terminal.state((state) => state.stop?.verifiedFlat === true);
    expect(strip).toMatchObject({ tradingState: 'halted', workingOrders: { own: 0, unknown: 0 } });
    expect(positions.filter(({ coverage }) => coverage !== 'dust')).toEqual([]);
  });
});
