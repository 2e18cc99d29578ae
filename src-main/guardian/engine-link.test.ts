import { mkdtempSync, rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../engine/testing/virtual-clock.ts';
import { jsonFrame, readFrames } from '../launcher/framing.ts';
import { listenLocal } from '../launcher/local-socket.ts';
import { connectGuardian, type EngineLink } from './engine-link.ts';

let dir: string;
let server: Server;
let guardian: Socket;
let link: EngineLink;
let clock: VirtualClock;
let lost: string[];
/** Resolves with the next frame the guardian hears of the engine. */
let nextBeat: () => Promise<void>;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-link-'));
  clock = new VirtualClock();
  lost = [];
  const waiting: (() => void)[] = [];
  nextBeat = async () => new Promise((resolve) => waiting.push(resolve));
  server = await listenLocal(join(dir, 'g.sock'), (socket) => {
    guardian = socket;
    readFrames(socket, {
      onJson: (message) => {
        if ((message as { t: string }).t === 'engine') socket.write(jsonFrame({ t: 'accepted', epoch: 7 }));
        else for (const resolve of waiting.splice(0)) resolve();
      },
      onBook: () => undefined,
      onBroken: () => undefined,
    });
  });
  link = await connectGuardian({
    socketPath: join(dir, 'g.sock'),
    token: 'made-up',
    pid: 1,
    epoch: 7,
    clock,
    beat: () => ({ tradingState: 'active', positions: [] }),
    onStop: async () => undefined,
    onLost: (detail) => void lost.push(detail),
  });
});

afterEach(() => {
  link.close();
  guardian.destroy();
  server.close();
  rmSync(dir, { recursive: true });
});

describe('the engine end of the heartbeat', () => {
  it('ends with a guardian that is silent for a second', () => {
    clock.advance(1_000);
    expect(lost).toEqual([]);
    clock.advance(200);
    expect(lost).toEqual(['guardian silent for 1100 ms']);
    expect(link.isCurrent()).toBe(false);
  });

  it('reads what came while this process was held up before it judges', async () => {
    clock.holdUp(5_000);
    const beaten = nextBeat();
    clock.advance(1);
    expect(lost).toEqual([]);
    await beaten;
    clock.advance(150);
    expect(lost).toEqual(['guardian silent for 5100 ms']);
  });

  it('ends at once when a newer life exists', async () => {
    const fenced = new Promise<void>((resolve) => guardian.once('close', () => resolve()));
    guardian.write(jsonFrame({ t: 'beat', epoch: 8 }));
    guardian.end();
    await fenced;
    expect(lost).toEqual(['fenced by epoch 8']);
  });
});
