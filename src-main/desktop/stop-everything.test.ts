import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BridgeReply } from '../../src-preload/contract/bridge.ts';
import type { ClientMessage } from '../../src-preload/contract/messages.ts';
import { jsonFrame, readFrames } from '../launcher/framing.ts';
import { listenLocal } from '../launcher/local-socket.ts';
import type { EngineLine } from './engine-line.ts';
import { stopEverything } from './stop-everything.ts';

let dir: string;
let guardian: Server;
let heard: unknown[];
const result = { acknowledgedBy: 'guardian', afterMs: 251, actions: [], verifiedFlat: true };

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-stop-'));
  heard = [];
  guardian = await listenLocal(join(dir, 'g.sock'), (socket) => {
    readFrames(socket, {
      onJson: (message) => {
        heard.push(message);
        socket.write(jsonFrame({ t: 'stopResult', result }));
      },
      onBook: () => undefined,
      onBroken: () => undefined,
    });
  });
});
afterEach(() => {
  guardian.close();
  rmSync(dir, { recursive: true });
});

function lineThat(answers: () => Promise<BridgeReply>): { line: EngineLine; asked: ClientMessage[] } {
  const asked: ClientMessage[] = [];
  const line: EngineLine = {
    attach: () => undefined,
    workingOrders: () => null,
    ask: (message) => {
      asked.push(message('m1'));
      return answers();
    },
  };
  return { line, asked };
}

describe('stopping everything', () => {
  it('tells the engine and the guardian, each with where it came from', async () => {
    const { line, asked } = lineThat(() => new Promise(() => undefined));
    const reply = await stopEverything(
      line,
      () => join(dir, 'g.sock'),
      () => 5,
    )('globalShortcut');
    expect(reply).toEqual({ ok: true, result });
    expect(asked).toEqual([
      { t: 'command', id: 'm1', origin: 'globalShortcut', issuedAtUs: 5, command: { kind: 'emergencyStop' } },
    ]);
    expect(heard).toEqual([{ t: 'stop', origin: 'globalShortcut' }]);
  });

  it('is done by the guardian when no engine is there', async () => {
    const { line } = lineThat(() => Promise.reject(new Error('no engine')));
    expect(
      await stopEverything(
        line,
        () => join(dir, 'g.sock'),
        () => 5,
      )('key'),
    ).toEqual({ ok: true, result });
  });

  it('is done by the engine when no guardian listens', async () => {
    const { line } = lineThat(() => Promise.resolve({ ok: true, result: null }));
    const withoutSocket = stopEverything(
      line,
      () => undefined,
      () => 5,
    );
    const withDeadSocket = stopEverything(
      line,
      () => join(dir, 'nobody.sock'),
      () => 5,
    );
    expect(await withoutSocket('key')).toEqual({ ok: true, result: null });
    expect(await withDeadSocket('key')).toEqual({ ok: true, result: null });
  });

  it('says so when nobody heard', async () => {
    const { line } = lineThat(() => Promise.reject(new Error('no engine')));
    const stop = stopEverything(
      line,
      () => join(dir, 'nobody.sock'),
      () => 5,
    );
    await expect(stop('key')).rejects.toThrow();
  });
});
