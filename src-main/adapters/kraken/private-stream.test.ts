import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import { CredentialsRefused } from '../ccxt/ccxt-binance.ts';
import { createSystemClock } from '../system-clock/system-clock.ts';
import { KrakenPrivateStream } from './private-stream.ts';

const SILENT = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
const WAIT = { timeout: 15_000 };
const failure = (remedy: CallFailure['remedy']): CallFailure => ({
  ...{ outcome: 'rejected', code: 'EAPI:Invalid key', message: 'the key is refused', remedy, retryAfterMs: null },
});
const executions = (sequence: number, type = 'update', data: readonly unknown[] = []) => ({
  ...{ channel: 'executions', type, sequence, data },
});

let server: WebSocketServer;
let sockets: WebSocket[];
let stream: KrakenPrivateStream;
let told: string[];
let tokens: Result<string, CallFailure>[];

const say = (...messages: readonly unknown[]): void => {
  for (const message of messages) sockets.at(-1)?.send(JSON.stringify(message));
};

/** The venue answers each token it hears about with these. */
let greeting: readonly unknown[];

beforeEach(async () => {
  [sockets, told, tokens, greeting] = [[], [], [], [executions(1, 'snapshot')]];
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (text: Buffer) => {
      if (text.toString().includes('"executions"')) say(...greeting);
    });
  });
  await new Promise<void>((resolve) => server.once('listening', () => resolve()));
  const { port } = server.address() as AddressInfo;
  stream = new KrakenPrivateStream({
    url: `ws://127.0.0.1:${port}`,
    ...{ clock: createSystemClock(), random: { next: () => 0, hex: () => '' }, logger: SILENT },
    token: async () => tokens.shift() ?? ok('token'),
    onExecutions: (rows) => told.push(`rows ${JSON.stringify(rows)}`),
    onBalances: () => told.push('balances'),
    onUp: () => told.push('up'),
    onDown: (detail) => told.push(`down ${detail}`),
    onRefused: (detail) => told.push(`refused ${detail}`),
  });
});
afterEach(async () => {
  stream.close();
  for (const socket of sockets) socket.terminate();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

describe('the private stream', () => {
  it('does not start with a key that is refused', async () => {
    tokens = [err(failure('refuseCredentials'))];
    await expect(stream.start()).rejects.toThrow(CredentialsRefused);
    expect(told).toEqual(['refused the key is refused']);
  });

  it.each([
    ['without a token', [err(failure('none'))], [], 'was no token: EAPI:Invalid key'],
    [
      'when its subscription is refused',
      [],
      [{ method: 'subscribe', success: false, error: 'ESession:Invalid session' }],
      'was subscription refused: ESession:Invalid session',
    ],
  ])('does not start %s', async (_when, answers, messages, problem) => {
    [tokens, greeting] = [[...answers], messages];
    await expect(stream.start()).rejects.toThrow(`expected the private stream to start, ${problem}`);
    expect(told).toEqual([]);
  });

  it('subscribes anew after a gap, and reads past what it does not know', async () => {
    greeting = [{ channel: 'heartbeat' }, 'text', executions(1, 'snapshot')];
    await stream.start();
    say({ channel: 'balances', type: 'update', sequence: 1, data: [] }, executions(2, 'update', [1]), executions(4));
    await vi.waitFor(() => expect(told.filter((one) => one === 'up')).toHaveLength(2), WAIT);
    expect(told).toEqual([
      ...['rows []', 'up', 'balances', 'rows ["1"]', 'down executions went from 2 to 4', 'rows []', 'up'],
    ]);
    expect(sockets).toHaveLength(2);
  });

  it('tries again when a later subscription or token is refused', async () => {
    await stream.start();
    tokens = [err(failure('none'))];
    say({ method: 'subscribe', success: false, error: 'EGeneral:Internal error' });
    await vi.waitFor(() => expect(told.filter((one) => one === 'up')).toHaveLength(2), WAIT);
    expect(told).toContain('down subscription refused: EGeneral:Internal error');
    expect(told).toContain('down no token: EAPI:Invalid key');
    expect(sockets).toHaveLength(3);
  });

  it('ends when the key is refused later', async () => {
    await stream.start();
    tokens = [err(failure('refuseCredentials'))];
    stream.reconnect('asked to');
    await vi.waitFor(() => expect(told.at(-1)).toBe('refused the key is refused'), WAIT);
  });
});
