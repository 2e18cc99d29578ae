import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../engine/testing/virtual-clock.ts';
import { jsonFrame, readFrames } from '../launcher/framing.ts';
import { listenLocal } from '../launcher/local-socket.ts';
import { requestStatus, requestStop } from './client.ts';
import { connectGuardian, type EngineLink } from './engine-link.ts';
import { openEpochFile } from './epoch-file.ts';
import { openGuardianMemory } from './memory.ts';
import { Guardian } from './guardian.ts';
import { type GuardianAnswer, type GuardianRequest, guardianRequestSchema } from './protocol.ts';

let dir: string;
let path: string;
let server: Server;
let clock: VirtualClock;
let guardian: Guardian;
let links: EngineLink[];
let received: GuardianRequest[];
let peers: { send(answer: GuardianAnswer): void; close(): void }[];
let wake: () => void;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-link-'));
  path = join(dir, 'guardian.sock');
  clock = new VirtualClock();
  links = [];
  received = [];
  peers = [];
  wake = () => undefined;
  guardian = new Guardian({
    clock,
    epoch: openEpochFile(dir),
    memory: openGuardianMemory(dir, () => undefined),
    engineToken: 'token',
    killEngine: async () => undefined,
    flatten: async () => ({ actions: [], verifiedFlat: true }),
    log: () => undefined,
  });
  server = await listenLocal(path, (socket) => {
    const peer = {
      send: (answer: GuardianAnswer) => void socket.write(jsonFrame(answer)),
      close: () => socket.destroy(),
    };
    peers.push(peer);
    readFrames(socket, {
      onJson: (message) => {
        const request = guardianRequestSchema.parse(message);
        received.push(request);
        guardian.receive(peer, request);
        wake();
      },
      onBook: () => socket.destroy(),
      onBroken: () => undefined,
    });
  });
});
afterEach(() => {
  for (const link of links) link.close();
  for (const peer of peers) peer.close();
  server.close();
  rmSync(dir, { recursive: true });
});

const until = async (fits: () => boolean): Promise<void> => {
  while (!fits()) await new Promise<void>((resolve) => (wake = resolve));
};

async function joined(epoch: number, token = 'token') {
  const stops: string[] = [];
  let lose: (detail: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => (lose = resolve));
  const link = await connectGuardian({
    socketPath: path,
    token,
    pid: 42,
    epoch,
    clock,
    beat: () => ({ tradingState: 'active', positions: [] }),
    onStop: async (origin) => {
      stops.push(origin);
      wake();
    },
    onLost: lose,
  });
  links.push(link);
  return { link, stops, lost };
}

describe('the engine’s end of the heartbeat', () => {
  it('is current once accepted, and beats', async () => {
    const { link } = await joined(await guardian.newLife());
    expect(link.isCurrent()).toBe(true);
    clock.advance(100);
    await until(() => received.some(({ t }) => t === 'beat'));
    expect((await requestStatus(path)).tradingState).toBe('active');
  });

  it('throws when the guardian refuses its epoch or its token', async () => {
    const epoch = await guardian.newLife();
    await expect(joined(epoch + 1)).rejects.toThrow(/expected the engine of epoch 1, was 2/);
    await expect(joined(epoch, 'other')).rejects.toThrow(/expected the engine/);
  });

  it('latches a stop before it acknowledges it', async () => {
    const { stops } = await joined(await guardian.newLife());
    const result = await requestStop(path, 'cli');
    expect(stops).toEqual(['cli']);
    expect(result).toMatchObject({ acknowledgedBy: 'engine', verifiedFlat: null });
  });

  it('is fenced by the beat of a newer epoch', async () => {
    const { link, lost } = await joined(await guardian.newLife());
    peers[0]?.send({ t: 'beat', epoch: 2 });
    expect(await lost).toBe('fenced by epoch 2');
    expect(link.isCurrent()).toBe(false);
  });

  it('is fenced when the guardian ends', async () => {
    const { link, lost } = await joined(await guardian.newLife());
    peers[0]?.close();
    expect(await lost).toBe('guardian connection closed');
    expect(link.isCurrent()).toBe(false);
  });

  it('stops entries when the guardian is silent for a second', async () => {
    const { link, lost } = await joined(await guardian.newLife());
    clock.advance(1_200);
    expect(link.silentMs()).toBeGreaterThan(1_000);
    expect(link.isCurrent()).toBe(false);
    expect(await lost).toMatch(/guardian silent for 1\d\d\d ms/);
  });

  it('loses nothing by closing itself', async () => {
    const { link, lost } = await joined(await guardian.newLife());
    link.close();
    const first = await Promise.race([lost, new Promise((resolve) => setImmediate(() => resolve('quiet')))]);
    expect(first).toBe('quiet');
  });
});
