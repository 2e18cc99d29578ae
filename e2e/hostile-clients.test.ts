import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { requestStatus } from '../src-main/guardian/client.ts';
import { connectEngine } from '../src-main/launcher/engine-client.ts';
import { jsonFrame, readFrames } from '../src-main/launcher/framing.ts';
import { connectLocal } from '../src-main/launcher/local-socket.ts';
import type { ServerMessage } from '../src-preload/contract/messages.ts';
import type { TerminalState } from '../src-preload/contract/state.ts';
import { CONTRACT_VERSION } from '../src-preload/contract/version.ts';
import { type HeadlessSession, isBuilt, startHeadlessSession } from './headless-session.ts';

let headless: HeadlessSession;
let enginePid: number | undefined;

/** A local client that says what it likes. */
class RudeClient {
  private readonly socket: Socket;
  private readonly replies = new Map<string, (answer: string) => void>();
  private count = 0;
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((done) => socket.once('close', () => done()));
    socket.on('error', () => undefined);
    readFrames(socket, {
      onJson: (raw) => {
        const message = raw as ServerMessage;
        if (message.t === 'reply') this.replies.get(message.id)?.(message.ok ? 'done' : message.error.code);
        // A message that breaks the contract has no id to answer to.
        else if (message.t === 'refused') for (const settle of this.replies.values()) settle(message.error.code);
      },
      onBook: () => undefined,
      onBroken: () => undefined,
    });
  }

  static async greeted(): Promise<RudeClient> {
    const client = new RudeClient(await connectLocal(headless.session.clientSocket));
    client.say({ t: 'client', token: headless.session.clientToken });
    client.say({ t: 'hello', contractVersion: CONTRACT_VERSION });
    return client;
  }

  say(message: unknown): void {
    this.socket.write(jsonFrame(message));
  }

  raw(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** The code of the denial, `done`, or `cut off` when the connection ended instead. */
  async command(command: object): Promise<string> {
    this.count += 1;
    const id = `rude-${this.count}`;
    const reply = new Promise<string>((settle) => this.replies.set(id, settle));
    this.say({ t: 'command', id, origin: 'cli', issuedAtUs: Date.now() * 1000, command });
    return Promise.race([reply, this.closed.then(() => 'cut off')]);
  }

  close(): void {
    this.socket.destroy();
  }
}

async function terminal(): Promise<TerminalState> {
  const client = await connectEngine(headless.session.clientSocket, headless.session.clientToken);
  const state = await client.snapshot();
  client.close();
  return state;
}

async function ordersAtVenue(): Promise<number> {
  const counts = await Promise.all(
    headless.exchange.accounts.map(async ({ name }) => {
      const reply = await fetch(`${headless.exchange.control}/practice/ledger?account=${name}`);
      return ((await reply.json()) as { orders: unknown[] }).orders.length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A hundred thousand levels: whoever walks them by recursion falls over. */
const NESTED = '['.repeat(100_000) + ']'.repeat(100_000);
const MESSAGES: readonly unknown[] = [
  null,
  [],
  42,
  'text',
  {},
  { t: 'engine' },
  { t: 'command' },
  { t: 'command', id: 'x', origin: 'cli', issuedAtUs: -1, command: { kind: 'emergencyStop' } },
  { t: 'query', id: '../..', query: { kind: 'snapshot' } },
  { t: 'watch', view: 'v', instrumentId: 'BTC/USDT.BINANCE.SPOT', levels: 1e9 },
  { t: 'beat', tradingState: 'active', positions: 'none' },
  { t: '__proto__', constructor: { prototype: {} } },
  { t: 'hello', contractVersion: 'x'.repeat(100_000) },
];
const NONSENSE: readonly string[] = [...MESSAGES.map((message) => JSON.stringify(message)), NESTED];
const frameOf = (length: number, type: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(length, 0);
  head[4] = type;
  return Buffer.concat([head, body]);
};
const frameOfText = (text: string): Buffer => frameOf(Buffer.byteLength(text) + 1, 0, Buffer.from(text));
const BROKEN: readonly Buffer[] = [
  Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  frameOf(0, 0, Buffer.alloc(0)),
  frameOf(0xffffffff, 0, Buffer.from('{}')),
  frameOf(6, 0, Buffer.from('{not}')),
  frameOf(4, 200, Buffer.from('abc')),
  frameOf(5, 0, Buffer.from([0xff, 0xfe, 0x00, 0x01])),
];

describe.skipIf(!isBuilt)('a session among hostile clients', () => {
  beforeAll(async () => {
    headless = await startHeadlessSession(20);
    enginePid = headless.session.engine()?.pid;
    const client = await RudeClient.greeted();
    for (const strategyId of ['ema-fok', 'ema-resting'])
      expect(await client.command({ kind: 'setStrategyEnabled', strategyId, enabled: false })).toBe('done');
    client.close();
  }, 120_000);
  afterAll(async () => headless.close(), 30_000);

  const bracket = {
    kind: 'enterBracket',
    accountId: 'paper-01',
    instrumentId: 'BTC/USDT.BINANCE.SPOT',
    side: 'buy',
    entry: 'fok',
    quantity: '0.02',
    limitPrice: '45000',
    stopTrigger: '40000',
    stopLimit: '39900',
    target: '60000',
  };

  it.each([
    { quantity: '0' },
    { quantity: '-0.01' },
    { quantity: 'NaN' },
    { quantity: 'Infinity' },
    { quantity: '1e3' },
    { quantity: '' },
    { quantity: null },
    { quantity: 0.01 },
    { quantity: '0.0000000001' },
    { quantity: '99999999999999999999999999' },
    { limitPrice: '0' },
    { limitPrice: '-45000' },
    { limitPrice: '45000.00001' },
    { stopTrigger: '0' },
    { stopTrigger: '40000.00001' },
    { stopLimit: '-1' },
    { target: 'NaN' },
    { target: '60000.00001' },
    { instrumentId: 'NOPE/USDT.BINANCE.SPOT' },
    { accountId: 'nobody' },
    { side: 'short' },
  ])(
    'denies a bracket with $quantity $limitPrice $stopTrigger $stopLimit $target and sends nothing',
    async (change) => {
      const before = await ordersAtVenue();
      const client = await RudeClient.greeted();
      const answer = await client.command({ ...bracket, ...change });
      client.close();
      expect(['done', 'cut off']).not.toContain(answer);
      expect(await ordersAtVenue()).toBe(before);
    },
  );

  it('outlives nonsense on its local sockets, before and after the greeting', async () => {
    for (const path of [headless.session.clientSocket, headless.session.guardianSocket]) {
      for (const text of NONSENSE) {
        const client = new RudeClient(await connectLocal(path));
        client.raw(frameOfText(text));
        client.close();
      }
      for (const bytes of BROKEN) {
        const client = new RudeClient(await connectLocal(path));
        client.raw(bytes);
        client.close();
      }
    }
    for (const text of NONSENSE) {
      const client = await RudeClient.greeted();
      client.raw(frameOfText(text));
      await client.command({ kind: 'nothing' });
      client.close();
    }
    const { strip } = await terminal();
    expect(strip.tradingState).toBe('active');
    expect(headless.session.engine()?.pid).toBe(enginePid);
    const status = await requestStatus(headless.session.guardianSocket);
    expect(status).toMatchObject({ engine: 'alive', enginePid });
  });

  it('lets nobody in without the token', async () => {
    const client = new RudeClient(await connectLocal(headless.session.clientSocket));
    client.say({ t: 'client', token: 'made-up' });
    await client.closed;
  });

  it('closes a WebSocket that breaks the contract, and goes on', async () => {
    const address = new URL(headless.session.address ?? '');
    const entered = await fetch(address, { redirect: 'manual' });
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const hostile: readonly (string | Buffer)[] = [
      // Longer ones are refused by their size.
      ...NONSENSE.filter((text) => text.length < 60_000),
      '{not json',
      Buffer.from([1, 2, 3]),
      'x'.repeat(80_000),
    ];
    for (const message of hostile) {
      const socket = new WebSocket(`ws://${address.host}/stream`, { headers: { cookie }, origin: address.origin });
      await new Promise<void>((done, fail) => {
        socket.once('error', fail);
        socket.once('open', () => socket.send(message));
        socket.once('close', () => done());
      });
    }
    expect((await fetch(new URL('/api/health', address), { headers: { cookie } })).status).toBe(200);
    expect((await terminal()).strip.tradingState).toBe('active');
  });
});
