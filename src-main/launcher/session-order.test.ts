import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../adapters/config-file/load-config.ts';
import { DEFAULT_CONFIG } from '../engine/domain/config-defaults.ts';
import { VirtualClock } from '../engine/testing/virtual-clock.ts';
import { acceptanceOf } from '../adapters/generic/missing-words.ts';
import type { GenericVenueConfig } from '../engine/domain/generic-venue-config.ts';
import { instrumentId } from '../engine/domain/identifiers.ts';
import type { AccountBoot, ChildMessage, EngineBoot, LauncherMessage } from './boot.ts';
import type { Child, ChildExit, EntryName, ProcessHost } from './process-host.ts';
import { type Session, type SessionOptions, startSession } from './session.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-session-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const KEYS = [
  { name: 'first', apiKey: 'made-up-1', secret: 'made-up-a' },
  { name: 'second', apiKey: 'made-up-2', secret: 'made-up-b' },
];
const READY: Readonly<Record<EntryName, Readonly<Record<string, unknown>>>> = {
  'practice-exchange': {
    rest: 'http://x',
    stream: 'ws://x/s',
    wsApi: 'ws://x/a',
    futures: 'ws://x/f',
    krakenPublic: 'ws://x/k',
    krakenPrivate: 'ws://x/kp',
    control: 'http://y',
    accounts: KEYS,
  },
  guardian: {},
  worker: { models: [{ modelId: 'probe' }] },
  engine: {},
  server: { address: 'http://127.0.0.1:1/enter?token=t' },
};

/** A process that answers as the entry of its name would, until told to behave otherwise. */
class ScriptedChild implements Child {
  readonly name: EntryName;
  readonly pid = 1;
  readonly received: LauncherMessage[] = [];
  readonly exited: Promise<ChildExit>;
  private readonly listeners: ((message: ChildMessage) => void)[] = [];
  private readonly boot: (child: ScriptedChild) => void;
  exit: (exit: ChildExit) => void = () => undefined;
  killed = false;

  constructor(name: EntryName, boot: (child: ScriptedChild) => void) {
    this.name = name;
    this.boot = boot;
    this.exited = new Promise((resolve) => (this.exit = resolve));
  }

  send(message: LauncherMessage): void {
    this.received.push(message);
    if (message.t === 'boot') this.boot(this);
    else if (message.t === 'shutdown') this.exit({ code: 0, signal: null });
  }

  say(message: ChildMessage): void {
    for (const listener of this.listeners) listener(message);
  }

  onMessage(listener: (message: ChildMessage) => void): void {
    this.listeners.push(listener);
  }

  kill(): void {
    this.killed = true;
    this.exit({ code: null, signal: 'SIGKILL' });
  }
}

class ScriptedHost implements ProcessHost {
  readonly children: ScriptedChild[] = [];
  readonly boots: Partial<Record<EntryName, (child: ScriptedChild) => void>> = {};
  private epoch = 0;

  start(name: EntryName): ScriptedChild {
    const ready = (child: ScriptedChild): void => child.say({ t: 'ready', detail: READY[name] });
    const child = new ScriptedChild(name, this.boots[name] ?? ready);
    if (name === 'guardian') {
      const send = child.send.bind(child);
      child.send = (message) => {
        send(message);
        if (message.t === 'newLife') child.say({ t: 'epoch', epoch: ++this.epoch });
      };
    }
    this.children.push(child);
    return child;
  }

  named(name: EntryName): readonly ScriptedChild[] {
    return this.children.filter((child) => child.name === name);
  }
}

const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp(changed: Partial<SessionOptions> = {}) {
  const host = new ScriptedHost();
  const clock = new VirtualClock();
  const log: string[] = [];
  const config = loadConfig({ profile: 'demo', overrides: [] });
  if (!config.ok) throw new Error(config.error.join());
  const options: SessionOptions = {
    host,
    clock,
    dataDir: join(dir, 'data'),
    installation: '0a1b2c3d',
    config: config.value,
    venue: { practice: { market: 'demo', speed: 1, accounts: 2 } },
    instruments: [],
    baselineDir: dir,
    hostLabel: '',
    modelCards: ['card.json'],
    server: { port: 0, rendererDir: dir },
    log: (line) => log.push(line),
    ...changed,
  };
  return { host, clock, log, start: async (): Promise<Session> => startSession(options) };
}

const bootOf = (child: ScriptedChild | undefined): LauncherMessage | undefined =>
  child?.received.find((message) => message.t === 'boot');

describe('starting a session', () => {
  it('starts venue, guardian, worker, engine and server in this order and hands each what it needs', async () => {
    const { host, start } = setUp();
    const session = await start();
    expect(host.children.map(({ name }) => name)).toEqual([
      'practice-exchange',
      'guardian',
      'worker',
      'engine',
      'server',
    ]);
    expect(session.address).toBe('http://127.0.0.1:1/enter?token=t');
    expect(session.practice).toEqual({ control: 'http://y', accounts: ['first', 'second'] });
    expect(bootOf(host.named('engine')[0])).toMatchObject({
      engineEpoch: 1,
      venue: { venue: 'BINANCE', rest: 'http://x', origin: 'derived', label: 'practice exchange' },
      accounts: [
        { accountId: 'paper-01', mode: 'paper', apiKey: 'made-up-1' },
        { accountId: 'paper-02', mode: 'paper', apiKey: 'made-up-2' },
      ],
    });
    expect(statSync(join(dir, 'data')).mode & 0o777).toBe(0o700);
  });

  it('names accounts of futures after those of spot and tells what they trade', async () => {
    const practice = { market: 'demo', speed: 1, accounts: 1, futures: 1 } as const;
    const { host, start } = setUp({ venue: { practice } });
    await start();
    expect(bootOf(host.named('practice-exchange')[0])).toMatchObject({ practice: { accounts: 1, futures: 1 } });
    const { accounts, venue } = bootOf(host.named('engine')[0]) as EngineBoot;
    expect(accounts.map(({ accountId, product }) => [accountId, product])).toEqual([
      ['paper-01', undefined],
      ['futures-01', 'USDM'],
    ]);
    expect(venue.futures).toBe('ws://x/f');
    expect(bootOf(host.named('guardian')[0])).toMatchObject({ accounts });
  });

  it('names accounts of Kraken last and hands its addresses to the engine and the guardian', async () => {
    const practice = { market: 'demo', speed: 1, accounts: 1, kraken: 1 } as const;
    const { host, start } = setUp({ venue: { practice } });
    await start();
    const told = bootOf(host.named('engine')[0]) as EngineBoot;
    expect(told.accounts.map(({ accountId, venue }) => [accountId, venue])).toEqual([
      ['paper-01', undefined],
      ['kraken-01', 'KRAKEN'],
    ]);
    expect(told.venue.kraken).toEqual({ rest: 'http://x', publicStream: 'ws://x/k', privateStream: 'ws://x/kp' });
    const { accounts, venue } = told;
    expect(bootOf(host.named('guardian')[0])).toMatchObject({ accounts, venue, dataDir: told.dataDir });
  });

  describe('at venues of the generic adapter', () => {
    const at = (venue: 'KUCOIN' | 'OKX', over: Partial<GenericVenueConfig> = {}): GenericVenueConfig => ({
      ...{ venue, mode: 'paper', acceptedRisk: null },
      instruments: [instrumentId({ base: 'BTC', quote: 'USDT', venue, product: 'SPOT' })],
      ...over,
    });
    const live = at('OKX', { mode: 'live', acceptedRisk: acceptanceOf('OKX') });
    const okx: AccountBoot = {
      ...{ accountId: 'okx-01', mode: 'live', venue: 'OKX', apiKey: 'okx-key', secret: 'okx-secret' },
      generic: { instruments: live.instruments, practice: null },
    };
    const config = (...genericVenues: readonly GenericVenueConfig[]) => ({ ...DEFAULT_CONFIG, genericVenues });

    it('plays one on paper on a practice exchange of its own, and flattens what a lost engine leaves', async () => {
      const { host, start } = setUp({ config: config(at('KUCOIN')) });
      await start();
      const { instruments } = at('KUCOIN');
      expect(bootOf(host.named('practice-exchange')[1])).toMatchObject({
        practice: { market: { venue: 'KUCOIN', instruments }, speed: 1, accounts: 1 },
      });
      const { accounts } = bootOf(host.named('engine')[0]) as EngineBoot;
      expect(accounts.map(({ accountId }) => accountId)).toEqual(['paper-01', 'paper-02', 'kucoin-01']);
      expect(accounts[2]).toMatchObject({
        ...{ mode: 'paper', venue: 'KUCOIN', apiKey: 'made-up-1' },
        generic: { instruments, practice: { rest: 'http://x', stream: 'ws://x/s', wsApi: 'ws://x/a' } },
      });
      expect(bootOf(host.named('guardian')[0])).toMatchObject({ accounts, afterFailedRestarts: 'flatten' });
    });

    it('leaves stops where each of them rests at its venue', async () => {
      const { host, start } = setUp();
      await start();
      expect(bootOf(host.named('guardian')[0])).toMatchObject({ afterFailedRestarts: 'leaveStops' });
    });

    it('trades live with keys of its own, which no other session may hold meanwhile', async () => {
      const locks = { accountLocks: join(dir, 'locks'), liveAccounts: [okx], config: config(live) };
      const { host, start } = setUp(locks);
      const session = await start();
      expect((bootOf(host.named('engine')[0]) as EngineBoot).accounts.at(-1)).toEqual(okx);
      await expect(setUp({ ...locks, dataDir: join(dir, 'other') }).start()).rejects.toThrow(/^expected venue key/);
      await session.close();
    });

    it('starts nothing where what is missing was not accepted', async () => {
      const { host, start } = setUp({ config: config({ ...live, acceptedRisk: 'yes' }), liveAccounts: [okx] });
      await expect(start()).rejects.toThrow(/^venues\.okx\.acceptedRisk: expected "I trade OKX without /);
      expect(host.children).toEqual([]);
    });
  });

  it('keeps the keys of the venue from the worker and the server', async () => {
    const { host, start } = setUp();
    await start();
    const told = JSON.stringify([...host.named('worker'), ...host.named('server')].map(({ received }) => received));
    expect(told).not.toContain('made-up');
    const { engineToken } = bootOf(host.named('engine')[0]) as EngineBoot;
    expect(told).not.toContain(engineToken);
  });

  it('refuses a strategy whose account the session does not have, by name, before anything starts', async () => {
    const { host, start } = setUp({ venue: { practice: { market: 'demo', speed: 1, accounts: 1 } } });
    await expect(start()).rejects.toThrow(
      'expected strategies.ema-resting.account below 1, the accounts of this session, was 1',
    );
    expect(host.children).toEqual([]);
  });

  it('starts no venue and no server where there is none to start', async () => {
    const boot = {
      venue: 'BINANCE',
      rest: null,
      stream: null,
      wsApi: null,
      label: 'Binance',
      origin: 'live',
    } as const;
    const { host, start } = setUp({ venue: { boot, accounts: [] }, server: null, config: DEFAULT_CONFIG });
    const session = await start();
    expect(host.children.map(({ name }) => name)).toEqual(['guardian', 'worker', 'engine']);
    expect(session).toMatchObject({ address: null, practice: null });
  });

  it.each<[string, (child: ScriptedChild) => void, RegExp]>([
    ['fails', (child) => child.say({ t: 'failed', detail: 'no disk' }), /^engine: no disk$/],
    ['exits', (child) => child.exit({ code: 3, signal: null }), /^engine ended before it was ready \(code 3\)$/],
  ])('throws with one line and ends what ran when the engine %s', async (_name, boot, line) => {
    const { host, start } = setUp();
    host.boots.engine = boot;
    await expect(start()).rejects.toThrow(line);
    expect(host.named('guardian')[0]?.killed).toBe(true);
    expect(host.named('practice-exchange')[0]?.killed).toBe(true);
  });

  it('gives a silent process 30 s', async () => {
    const { clock, host, start } = setUp();
    host.boots.guardian = () => undefined;
    const started = start();
    const refused = expect(started).rejects.toThrow('guardian: expected ready within 30 s, was silent');
    await settled();
    clock.advance(30_000);
    await refused;
  });
});

describe('a running session', () => {
  it('restarts a dead engine with a new epoch, and says so', async () => {
    const { clock, host, log, start } = setUp();
    const session = await start();
    host.named('engine')[0]?.exit({ code: null, signal: 'SIGKILL' });
    await settled();
    expect(session.engine()).toBeUndefined();
    await clock.advanceAsync(200);
    expect(log).toContain('engine ended (SIGKILL) after 0 ms; restarting it halted');
    expect(bootOf(host.named('engine')[1])).toMatchObject({ engineEpoch: 2 });
    expect(session.engine()).toBe(host.named('engine')[1]);
  });

  it('leaves the rest to the guardian after three failed restarts', async () => {
    const { clock, host, start } = setUp();
    await start();
    for (let life = 0; life < 4; life++) {
      host.named('engine')[life]?.exit({ code: 1, signal: null });
      await settled();
      await clock.advanceAsync(200);
    }
    expect(host.named('engine')).toHaveLength(4);
    expect(host.named('guardian')[0]?.received.at(-1)).toEqual({ t: 'engineLost' });
  });

  it('carries inference between engine and worker and tells the engine when the worker ends', async () => {
    const { host, start } = setUp();
    await start();
    const [engine, worker] = [host.named('engine')[0], host.named('worker')[0]];
    expect(engine?.received.at(-1)).toMatchObject({
      component: 'inference',
      state: 'up',
      detail: '[{"modelId":"probe"}]',
    });
    const request = { t: 'requestInference', id: '1', modelId: 'probe', inputs: [1] } as const;
    engine?.say(request);
    expect(worker?.received.at(-1)).toEqual(request);
    worker?.say({ t: 'inference', id: '1', outputs: [0.5] });
    expect(engine?.received.at(-1)).toEqual({ t: 'inference', id: '1', outputs: [0.5] });
    worker?.exit({ code: 9, signal: null });
    await settled();
    expect(engine?.received.at(-1)).toMatchObject({ state: 'down', detail: 'worker ended (9)' });
  });

  it('passes on what a process logs under its name', async () => {
    const { host, log, start } = setUp();
    await start();
    host.named('worker')[0]?.say({ t: 'log', line: 'slow' });
    expect(log).toContain('worker: slow');
  });

  it('closes the engine before the guardian and restarts nothing', async () => {
    const { clock, host, start } = setUp();
    const session = await start();
    const ended: string[] = [];
    for (const child of host.children) void child.exited.then(() => ended.push(child.name));
    await session.close();
    expect(ended).toEqual(['server', 'engine', 'worker', 'guardian', 'practice-exchange']);
    await clock.advanceAsync(1_000);
    expect(host.named('engine')).toHaveLength(1);
  });

  it('kills what does not end when asked', async () => {
    const { clock, host, start } = setUp({ server: null });
    const session = await start();
    const [worker] = host.named('worker');
    if (worker === undefined) throw new Error('expected a worker');
    worker.send = () => undefined;
    const closed = session.close();
    await clock.advanceAsync(4_000, 100);
    await closed;
    expect(worker.killed).toBe(true);
  });
});
