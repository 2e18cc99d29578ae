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
// The engine's process is the test's.
vi.mock('../guardian/process-exit.ts', () => ({ endProcess: async () => undefined }));

const BTC = 'BTC/USDT.BINANCE.SPOT';

let home: string;
let served: Promise<number>;
let terminal: WebTerminal;
const lines: string[] = [];
const errors: string[] = [];

async function cli(...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  const [out, error]: string[][] = [[], []];
  const code = await runCli([...args, '--data-dir', home], {
    out: (line) => out?.push(line),
    error: (line) => error?.push(line),
  });
  return { code, out: out?.join('\n') ?? '', error: error?.join('\n') ?? '' };
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'leeward-serve-'));
  const address = new Promise<string>((resolve, reject) => {
    served = runCli(['serve', '--port', '0', '--data-dir', home, '--json'], {
      out: (line) => {
        lines.push(line);
        resolve((JSON.parse(line) as { address: string }).address);
      },
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

const lastOf = (watch: TerminalState['watch']): string | null =>
  watch.find((row) => row.instrumentId === BTC)?.last ?? null;

const isLive = ({ strip, watch }: TerminalState): boolean =>
  strip.feed.live === 14 && strip.feed.total === 14 && lastOf(watch) !== null;

/** A bracket around the last price, in whole ticks of 0.01. */
function bracketAt(last: number): Parameters<WebTerminal['command']>[0] {
  const price = (ratio: number): string => (last * ratio).toFixed(2);
  return {
    kind: 'enterBracket',
    accountId: 'paper-01',
    instrumentId: BTC,
    side: 'buy',
    entry: 'fok',
    quantity: '0.02000',
    limitPrice: price(1.002),
    stopTrigger: price(0.97),
    stopLimit: price(0.965),
    target: price(1.05),
  };
}

describe('a served session', { timeout: 60_000 }, () => {
  it('shows every market live, with its history, over the browser stream', async () => {
    const state = await terminal.state(isLive);
    expect(state.strip).toMatchObject({ tradingState: 'active', mode: 'paper', emergencyStop: { armed: true } });
    expect(state.components.find(({ component }) => component === 'inference')).toMatchObject({ state: 'up' });
    const bars = await terminal.query({ kind: 'bars', instrumentId: BTC, interval: '1m', limit: 5 });
    expect(bars).toMatchObject({ ok: true, result: { length: 5 } });
    const unknown = await terminal.query({
      kind: 'bars',
      instrumentId: 'NO/USDT.BINANCE.SPOT',
      interval: '1m',
      limit: 5,
    });
    expect(unknown.ok).toBe(false);
  });

  it('streams the book of what is watched until it is not', async () => {
    terminal.send({ t: 'watch', view: 'book', instrumentId: BTC, levels: 10 });
    const first = await terminal.until(() => terminal.frames[0]);
    const [, , , , bids, asks] = first;
    expect([bids, asks]).toEqual([10, 10]);
    expect(first).toHaveLength(6 + 4 * 10);
    terminal.send({ t: 'painted', view: 'book' });
    const second = await terminal.until(() => terminal.frames.find((frame) => frame[2] !== first[2]));
    expect(Number(second[2])).toBeGreaterThan(Number(first[2]));
    terminal.send({ t: 'unwatch', view: 'book' });
  });

  it('judges a bracket, fills it, and protects every unit of it', async () => {
    const { watch } = await terminal.state(isLive);
    const bracket = bracketAt(Number(lastOf(watch)));
    const judgment = await terminal.query({ kind: 'judgment', command: bracket });
    expect(judgment).toMatchObject({ ok: true });
    expect(await terminal.command(bracket)).toMatchObject({ ok: true });
    const isProtected = ({ positions }: TerminalState): boolean =>
      positions.some((position) => position.instrumentId === BTC && position.coverage === 'protected');
    const { orders, fills } = await terminal.state(isProtected);
    expect(fills.filter(({ role }) => role === 'entry').length).toBeGreaterThan(0);
    expect(orders.find(({ role }) => role === 'stop')).toMatchObject({ status: 'accepted', pendingLeg: false });
  });

  it('carries a command out once, however often its client sends it, on whichever connection', async () => {
    const { watch } = await terminal.state(isLive);
    const command = bracketAt(Number(lastOf(watch)));
    if (command.kind !== 'enterBracket') throw new Error('expected a bracket');
    const instrumentId = 'ETH/USDT.BINANCE.SPOT';
    const price = Number(watch.find((row) => row.instrumentId === instrumentId)?.last);
    const eth = { ...bracketAt(price), instrumentId, quantity: '0.2000' };
    const message = { t: 'command', id: 'one', origin: 'button', issuedAtUs: 0, command: eth as CommandDto } as const;
    const entries = async (): Promise<number> => {
      const { orders } = await terminal.state(() => true);
      return orders.filter(({ role, quantity }) => role === 'entry' && Number(quantity) === 0.2).length;
    };
    const before = await entries();
    // A double click, then the same again after the line was lost.
    const [first, second] = await Promise.all([terminal.reply(message), terminal.reply(message)]);
    const again = await terminal.again();
    expect([first, second, await again.reply(message)]).toEqual([first, first, first]);
    expect(first).toMatchObject({ ok: true });
    expect(await again.reply({ ...message, command: { ...command, quantity: '0.03000' } })).toMatchObject({
      ok: false,
      error: { code: 'COMMAND_REPLAYED' },
    });
    expect(await entries()).toBe(before + 1);
    // The same id of another client is another command.
    const other = await terminal.again('another-client');
    const unknown = { kind: 'setStrategyEnabled', strategyId: 'nobody', enabled: true } as const;
    expect(await other.reply({ ...message, command: unknown })).toMatchObject({
      ok: false,
      error: { code: 'STRATEGY_UNKNOWN' },
    });
    again.close();
    other.close();
  });

  it('denies a bracket that is too large, with the numbers it was judged by', async () => {
    const { watch } = await terminal.state(isLive);
    const bracket = bracketAt(Number(lastOf(watch)));
    if (bracket.kind !== 'enterBracket') throw new Error('expected a bracket');
    const reply = await terminal.command({ ...bracket, quantity: '50' });
    expect(reply.ok ? 'admitted' : reply.error.code).toBe('ORDER_NOTIONAL_LIMIT');
    const { risk } = await terminal.state((state) => state.risk.lastDenial !== null);
    expect(risk.lastDenial?.checks.length).toBeGreaterThan(0);
  });

  it('tells `leeward status` who is alive and what is held', async () => {
    const status = await cli('status', '--json');
    expect(status.code).toBe(0);
    expect(JSON.parse(status.out)).toMatchObject({ engine: 'alive', tradingState: 'active', engineEpoch: 1 });
    // The guardian hears of a position with the engine's next beat.
    await vi.waitFor(
      async () => expect((await cli('status')).out).toMatch(/position {2}paper-01 BTC\/USDT\.BINANCE\.SPOT 0\.0/),
      { timeout: 10_000 },
    );
  });

  it('works a parent order, and tells terminal and `leeward status` how far it is', async () => {
    const { watch } = await terminal.state(isLive);
    const last = Number(lastOf(watch));
    const at = (ratio: number): string => (last * ratio).toFixed(2);
    const started = await terminal.command({
      kind: 'startExecutor',
      accountId: 'paper-01',
      instrumentId: BTC,
      side: 'buy',
      quantity: '0.02000',
      reduceOnly: false,
      protection: { stopTrigger: at(0.95), stopLimit: at(0.945), target: null },
      params: { kind: 'ladder', from: at(0.993), to: at(0.99), levels: 2 },
    });
    expect(started).toMatchObject({ ok: true });
    const { executors } = await terminal.state((state) =>
      state.executors.some(({ openChildren }) => openChildren === 2),
    );
    expect(executors).toMatchObject([{ executor: 'ladder', status: 'working', filled: '0', quantity: '0.02000' }]);
    await vi.waitFor(
      async () => expect((await cli('status')).out).toMatch(/executor {2}x1-1 ladder .* buy 0 of 0\.02000, working/),
      { timeout: 15_000 },
    );
  });

  it('refuses a second session in the same home', async () => {
    const second = await cli('serve', '--port', '0');
    expect(second.code).toBe(1);
    expect(second.error).toMatch(/^leeward serve: /);
  });

  it('is stopped by `leeward stop`: flat, halted, verified', async () => {
    const stopped = await cli('stop');
    expect(stopped).toMatchObject({ code: 0, error: '' });
    expect(stopped.out).toMatch(/^stop acknowledged by the engine after /);
    const { executors, positions, stop, strip } = await terminal.state((state) => state.stop?.verifiedFlat === true);
    expect(executors).toMatchObject([{ status: 'stopped', reason: 'EMERGENCY_STOP' }]);
    expect(stop?.sources).toContain('cli');
    expect(strip).toMatchObject({ tradingState: 'halted', workingOrders: { own: 0, unknown: 0 } });
    expect(positions.filter(({ coverage }) => coverage !== 'dust')).toEqual([]);
  });

  it('can be drilled while it runs, as it trades on the practice exchange', async () => {
    const { code, out } = await cli('stop', '--rehearse', '--running', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, acknowledgedBy: 'engine', verifiedMs: null, remaining: [] });
  });

  it('closes a terminal that does not speak the contract', async () => {
    const health = await fetch((JSON.parse(lines[0] ?? '{}') as { address: string }).address, { redirect: 'manual' });
    expect(health.status).toBe(403);
    terminal.sendRaw('{"t":"nonsense"}');
    expect(await terminal.closed).toBe(1008);
  });
});
