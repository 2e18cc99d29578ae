import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { jsonFrame, readFrames } from '../../src-main/launcher/framing.ts';
import { connectLocal } from '../../src-main/launcher/local-socket.ts';
import { CONTRACT_VERSION } from '../../src-preload/contract/version.ts';
import { type HeadlessSession, isBuilt, startHeadlessSession } from '../headless-session.ts';
import { processTree } from '../process-tree.ts';

let headless: HeadlessSession;

/** The secrets of a session, as whoever hands them in knows them. */
const canaries = (): readonly string[] => [
  ...headless.exchange.accounts.flatMap(({ apiKey, secret }) => [apiKey, secret]),
  headless.session.clientToken,
];
const holds = (text: string): boolean => canaries().some((canary) => text.includes(canary));
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

/** Everything a local client hears from its greeting on, until a fill has passed. */
async function doorTalk(): Promise<string> {
  const socket = await connectLocal(headless.session.clientSocket);
  let heard = '';
  await new Promise<void>((done, fail) => {
    readFrames(socket, {
      onJson: (message) => {
        const text = JSON.stringify(message);
        heard += text;
        if (text.includes('"topic":"fills"')) done();
      },
      onBook: () => undefined,
      onBroken: (detail) => fail(new Error(detail)),
    });
    socket.write(jsonFrame({ t: 'client', token: headless.session.clientToken }));
    socket.write(jsonFrame({ t: 'hello', contractVersion: CONTRACT_VERSION }));
  });
  socket.destroy();
  return heard;
}

/** As a browser: the one-time address, the cookie, the stream. */
async function webTalk(): Promise<string> {
  const address = new URL(headless.session.address ?? '');
  const entered = await fetch(address, { redirect: 'manual' });
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const health = await (await fetch(new URL('/api/health', address), { headers: { cookie } })).text();
  const socket = new WebSocket(`ws://${address.host}/stream`, { headers: { cookie }, origin: address.origin });
  let heard = health;
  await new Promise<void>((done, fail) => {
    socket.on('error', fail);
    socket.on('open', () => socket.send(JSON.stringify({ t: 'hello', contractVersion: CONTRACT_VERSION })));
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) heard += data.toString();
      if (heard.includes('"t":"update"')) done();
    });
  });
  socket.close();
  return heard;
}

describe.skipIf(!isBuilt)('keys and tokens of a headless session', () => {
  let door = '';
  let web = '';

  beforeAll(async () => {
    headless = await startHeadlessSession(60);
    door = await doorTalk();
    web = await webTalk();
  }, 120_000);

  afterAll(async () => {
    await headless.close();
  }, 30_000);

  it('are found by this search where they are', () => {
    for (const canary of canaries()) expect(holds(`x${canary}y`)).toBe(true);
    expect(canaries()).toHaveLength(5);
  });

  it('are in no argument and no environment of any process', () => {
    const pids = processTree(process.pid).filter((pid) => pid !== process.pid);
    expect(pids.length).toBeGreaterThanOrEqual(4);
    const exposed = pids.flatMap((pid) =>
      ['cmdline', 'environ'].filter((name) => holds(readFileSync(`/proc/${pid}/${name}`, 'latin1'))),
    );
    expect(exposed).toEqual([]);
  });

  it('are in no file: journal, its log, locks, sockets of the data directory', () => {
    const files = filesBelow(headless.dir);
    expect(files.some((path) => path.endsWith('journal.db'))).toBe(true);
    expect(files.some((path) => path.endsWith('journal.db-wal'))).toBe(true);
    expect(files.filter((path) => holds(readFileSync(path, 'latin1')))).toEqual([]);
  });

  it('are in nothing a client hears, and in nothing that is printed', () => {
    expect(door).toContain('"t":"snapshot"');
    expect(web).toContain('"t":"snapshot"');
    expect([door, web, headless.printed()].map(holds)).toEqual([false, false, false]);
  });
});
