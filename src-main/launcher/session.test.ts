import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { VirtualClock } from '../engine/testing/virtual-clock.ts';
import { CONFIG } from '../engine/testing/core-session.ts';
import type { ChildMessage } from './boot.ts';
import type { Child, EntryName } from './process-host.ts';
import { startSession } from './session.ts';

type Fake = Child & { say(message: ChildMessage): void; end(): void; killed: boolean };

function fakeChild(name: EntryName): Fake {
  const listeners: ((message: ChildMessage) => void)[] = [];
  let end: () => void = () => undefined;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    end = () => resolve({ code: 1, signal: null });
  });
  const child: Fake = {
    name,
    pid: 1,
    exited,
    killed: false,
    send: (message) => {
      if (message.t === 'newLife') child.say({ t: 'epoch', epoch: 1 });
    },
    onMessage: (listener) => void listeners.push(listener),
    kill: () => {
      child.killed = true;
      end();
    },
    say: (message) => {
      for (const listener of listeners) listener(message);
    },
    end: () => end(),
  };
  return child;
}

it('ends an engine that could not start before the next one, so that its journal is free', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'leeward-session-'));
  const clock = new VirtualClock();
  const engines: Fake[] = [];
  const startedBeside: boolean[] = [];
  const start = (name: EntryName): Child => {
    const child = fakeChild(name);
    if (name === 'engine') {
      startedBeside.push(engines.slice(1).some(({ killed }) => !killed));
      engines.push(child);
    }
    const answer: ChildMessage =
      name === 'engine' && engines.length > 1 ? { t: 'failed', detail: 'LOCKED' } : { t: 'ready', detail: {} };
    queueMicrotask(() => child.say(answer));
    return child;
  };
  const venue = { venue: 'BINANCE', rest: null, stream: null, wsApi: null, label: '', origin: 'live' } as const;
  try {
    await startSession({
      host: { start },
      clock,
      dataDir,
      installation: '0a1b2c3d',
      config: CONFIG,
      venue: { boot: venue, accounts: [] },
      instruments: [],
      baselineDir: dataDir,
      hostLabel: '',
      modelCards: [],
      server: null,
      log: () => undefined,
    });
    engines[0]?.end();
    await clock.advanceAsync(3_000);
    expect(engines.length).toBeGreaterThan(2);
    expect(engines.slice(1).every(({ killed }) => killed)).toBe(true);
    expect(startedBeside).not.toContain(true);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

it('gives the next engine life a new guardian when the old one ended', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'leeward-session-'));
  const clock = new VirtualClock();
  const started: Fake[] = [];
  const start = (name: EntryName): Child => {
    const child = fakeChild(name);
    started.push(child);
    queueMicrotask(() => child.say({ t: 'ready', detail: {} }));
    return child;
  };
  const named = (name: EntryName): Fake[] => started.filter((child) => child.name === name);
  const venue = { venue: 'BINANCE', rest: null, stream: null, wsApi: null, label: '', origin: 'live' } as const;
  try {
    await startSession({
      host: { start },
      clock,
      dataDir,
      installation: '0a1b2c3d',
      config: CONFIG,
      venue: { boot: venue, accounts: [] },
      instruments: [],
      baselineDir: dataDir,
      hostLabel: '',
      modelCards: [],
      server: null,
      log: () => undefined,
    });
    named('guardian')[0]?.end();
    // The engine leaves by itself when its guardian is gone.
    named('engine')[0]?.end();
    await clock.advanceAsync(1_000);
    expect(named('guardian')).toHaveLength(2);
    expect(named('engine')).toHaveLength(2);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

it('tells why a start failed and nothing of what it ended for it', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'leeward-session-'));
  const printed: string[] = [];
  const started: Fake[] = [];
  const start = (name: EntryName): Child => {
    const child = fakeChild(name);
    started.push(child);
    const answer: ChildMessage =
      name === 'server' ? { t: 'failed', detail: 'port 7410 is in use' } : { t: 'ready', detail: {} };
    queueMicrotask(() => child.say(answer));
    return child;
  };
  const venue = { venue: 'BINANCE', rest: null, stream: null, wsApi: null, label: '', origin: 'live' } as const;
  try {
    const session = startSession({
      host: { start },
      clock: new VirtualClock(),
      dataDir,
      installation: '0a1b2c3d',
      config: CONFIG,
      venue: { boot: venue, accounts: [] },
      instruments: [],
      baselineDir: dataDir,
      hostLabel: '',
      modelCards: [],
      server: { port: 7410, rendererDir: dataDir },
      log: (line) => printed.push(line),
    });
    await expect(session).rejects.toThrow('server: port 7410 is in use');
    await Promise.all(started.map(async ({ exited }) => exited));
    expect(started.every(({ killed }) => killed)).toBe(true);
    expect(printed).toEqual([]);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
