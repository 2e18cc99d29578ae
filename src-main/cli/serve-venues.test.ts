import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const MARKETS = ['BTC/USDT.BINANCE.SPOT', 'BTC/USDT.KRAKEN.SPOT', 'BTC/USDT.BINANCE.USDM'] as const;
const ACCOUNTS = ['paper-01', 'kraken-01', 'futures-01'] as const;

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
  const address = new Promise<string>((resolve, reject) => {
    const args = ['serve', '--port', '0', '--data-dir', home, '--json', '--venues', 'binance,kraken,usdm'];
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
  state.strip.feed.live === 42 && MARKETS.every((instrumentId) => lastOf(state, instrumentId) > 0);

/** A bracket around the last price, in whole ticks of every venue here. */
function bracketAt(place: number, last: number): CommandDto {
  const price = (ratio: number): string => (last * ratio).toFixed(1);
  return {
    ...{ kind: 'enterBracket', accountId: ACCOUNTS[place] ?? '', instrumentId: MARKETS[place] ?? '', side: 'buy' },
    ...{ entry: 'fok', quantity: '0.020', limitPrice: price(1.002) },
    ...{ stopTrigger: price(0.97), stopLimit: price(0.965), target: price(1.05) },
  };
}

describe('a session on several venues', { timeout: 60_000 }, () => {
  it('shows the markets of all of them live, with their history', async () => {
    const { strip, components } = await terminal.state(isLive);
    expect(strip).toMatchObject({ tradingState: 'active', feed: { live: 42, total: 42 } });
    const venues = components.filter(({ component }) => component.startsWith('venue '));
    expect(venues.map(({ component, state }) => [component, state])).toEqual(
      ['paper-01', 'paper-02', 'futures-01', 'kraken-01'].map((account) => [`venue ${account}`, 'up']),
    );
    for (const instrumentId of MARKETS) {
      const bars = await terminal.query({ kind: 'bars', instrumentId, interval: '1m', limit: 5 });
      expect(bars).toMatchObject({ ok: true, result: { length: 5 } });
    }
  });

  it('protects a position on each venue at that venue', async () => {
    const live = await terminal.state(isLive);
    for (const [place, instrumentId] of MARKETS.entries()) {
      expect(await terminal.command(bracketAt(place, lastOf(live, instrumentId)))).toMatchObject({ ok: true });
    }
    const { orders, positions } = await terminal.state((state) =>
      MARKETS.every((id) => state.positions.some((one) => one.instrumentId === id && one.coverage === 'protected')),
    );
    for (const [place, instrumentId] of MARKETS.entries()) {
      const account = ACCOUNTS[place];
      expect(positions.filter((one) => one.instrumentId === instrumentId).map((one) => one.accountId)).toContain(
        account,
      );
      const stops = orders.filter((one) => one.instrumentId === instrumentId && one.role === 'stop');
      expect(stops.some((one) => one.accountId === account && one.status === 'accepted')).toBe(true);
    }
  });

  it('routes an order to where it costs least and tells the figures of each venue', async () => {
    const live = await terminal.state(isLive);
    const [spot] = MARKETS;
    const command = { ...bracketAt(0, lastOf(live, spot)), kind: 'routeBracket' } as CommandDto;
    expect(await terminal.command(command)).toMatchObject({ ok: true });
    const { log } = await terminal.state((state) => state.log.some(({ kind }) => kind === 'order.routed'));
    const { summary = {} } = log.findLast(({ kind }) => kind === 'order.routed') ?? {};
    expect(Object.keys(summary)).toEqual(expect.arrayContaining([MARKETS[0], MARKETS[1]]));
    expect(Object.values(summary)).toContainEqual(expect.stringMatching(/^0\.02\d* @ \d/));
  });

  it('is flat on every venue after `leeward stop`', async () => {
    const stopped = await cli('stop');
    expect(stopped.code).toBe(0);
    const { positions, strip } = await terminal.state((state) => state.stop?.verifiedFlat === true);
    expect(strip).toMatchObject({ tradingState: 'halted', workingOrders: { own: 0, unknown: 0 } });
    expect(positions.filter(({ coverage }) => coverage !== 'dust')).toEqual([]);
  });
});
