import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createAccess } from './access.ts';
import { createHttpServer } from './http-server.ts';

let dir: string;
let app: FastifyInstance;
let port = 0;
let accepted = 0;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-server-'));
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>Leeward</title>');
  accepted = 0;
  app = await createHttpServer({
    access: createAccess('one-time', () => port),
    rendererDir: dir,
    onTerminal: (socket) => {
      accepted += 1;
      socket.send('hello');
    },
    health: async () => ({ engine: 'up' }),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as AddressInfo).port;
});
afterEach(async () => {
  await app.close();
  rmSync(dir, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url: path, headers: { host: `127.0.0.1:${port}`, ...headers } });

async function session(): Promise<string> {
  const reply = await get('/enter?token=one-time');
  expect(reply.statusCode).toBe(303);
  const cookie = reply.headers['set-cookie'];
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
  return String(cookie).split(';')[0] ?? '';
}

/** The status of a WebSocket upgrade: 101 when it opened. */
async function upgrade(headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/stream`, { headers });
  return new Promise((resolve) => {
    socket.on('open', () => {
      resolve(101);
      socket.close();
    });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => resolve(0));
  });
}

describe('entering the terminal', () => {
  it('exchanges the one-time token for a session exactly once', async () => {
    const cookie = await session();
    expect((await get('/enter?token=one-time')).statusCode).toBe(403);
    expect((await get('/', { cookie })).body).toContain('Leeward');
  });

  it.each(['/', '/index.html', '/api/health', '/assets/x.js'])(
    'shows nothing of %s without a session',
    async (path) => {
      expect((await get(path)).statusCode).toBe(401);
    },
  );

  it('sends a content security policy that allows no foreign script, frame or connection', async () => {
    const policy = String((await get('/', { cookie: await session() })).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
  });
});

describe('attacks from the web', () => {
  it('refuses a rebound DNS name even with a session', async () => {
    const cookie = await session();
    expect((await get('/', { cookie, host: `evil.example:${port}` })).statusCode).toBe(421);
    expect((await get('/enter?token=one-time', { host: `evil.example:${port}` })).statusCode).toBe(421);
  });

  it('refuses a WebSocket from another origin, and one without an origin', async () => {
    const cookie = await session();
    expect(await upgrade({ cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await upgrade({ cookie })).toBe(403);
    expect(accepted).toBe(0);
  });

  it('refuses a WebSocket without a session', async () => {
    expect(await upgrade({ origin: `http://127.0.0.1:${port}` })).toBe(401);
  });

  it('opens a WebSocket for our own page with a session', async () => {
    const cookie = await session();
    expect(await upgrade({ cookie, origin: `http://127.0.0.1:${port}` })).toBe(101);
    expect(accepted).toBe(1);
  });

  it.each(['POST', 'PUT', 'DELETE'] as const)('refuses a forged cross-site %s', async (method) => {
    const cookie = await session();
    const headers = { host: `127.0.0.1:${port}`, cookie, origin: 'http://evil.example' };
    expect((await app.inject({ method, url: '/api/health', headers })).statusCode).toBe(403);
  });

  it.each(['/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/.env'])(
    'keeps %s inside the page folder',
    async (path) => {
      const reply = await get(path, { cookie: await session() });
      expect(reply.statusCode).toBeGreaterThanOrEqual(400);
      expect(reply.body).not.toContain('root:');
    },
  );
});
