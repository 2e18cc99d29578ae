import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Access, SESSION_COOKIE } from './access.ts';

/** What a terminal connection needs of its WebSocket. */
export type TerminalSocket = {
  readonly bufferedAmount: number;
  send(data: string | Buffer): void;
  close(code: number, reason: string): void;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
};

export type HttpServerOptions = {
  readonly access: Access;
  /** The built renderer. */
  readonly rendererDir: string;
  /** One accepted terminal connection. */
  readonly onTerminal: (socket: TerminalSocket) => void;
  readonly health: () => Promise<Readonly<Record<string, unknown>>>;
};

const REQUESTS_PER_MINUTE = 600;
const ENTRIES_PER_MINUTE = 20;
const MAX_MESSAGE_BYTES = 64 * 1024;

/** Nothing but our own files; style attributes and tags of the component library are the one allowance. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The web face of the headless server, not yet listening. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const app = Fastify({ logger: false, bodyLimit: MAX_MESSAGE_BYTES, trustProxy: false });
  await app.register(cookie);
  await app.register(rateLimit, {
    max: REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    allowList: (request) => request.url === '/stream',
  });
  await app.register(websocket, { options: { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false } });
  app.addHook('onRequest', async (request, reply) => guard(options.access, request, reply));
  app.addHook('onSend', async (_request, reply) => {
    void reply.headers({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
  });
  routes(app, options);
  await app.register(fastifyStatic, { root: options.rendererDir, index: 'index.html', dotfiles: 'deny' });
  return app;
}

function routes(app: FastifyInstance, options: HttpServerOptions): void {
  app.get(
    '/enter',
    { config: { rateLimit: { max: ENTRIES_PER_MINUTE, timeWindow: 60_000 } } },
    async (request, reply) => {
      const { token } = request.query as { token?: unknown };
      const session = typeof token === 'string' ? options.access.enter(token) : undefined;
      if (session === undefined)
        return refuse(
          reply,
          403,
          'expected a one-time token that was not used yet; run `leeward status` for a new address',
        );
      return reply
        .setCookie(SESSION_COOKIE, session, { httpOnly: true, sameSite: 'strict', path: '/' })
        .redirect('/', 303);
    },
  );
  app.get('/api/health', async () => options.health());
  app.get('/stream', { websocket: true }, (socket) => options.onTerminal(socket));
}

async function guard(access: Access, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (!access.isOwnHost(request.headers.host)) return refuse(reply, 421, 'expected this server in the Host header');
  const { origin } = request.headers;
  const upgrade = request.headers.upgrade !== undefined;
  if ((upgrade || origin !== undefined || request.method !== 'GET') && !access.isOwnOrigin(origin)) {
    return refuse(reply, 403, 'expected a request from this page, was another origin');
  }
  if (request.url.startsWith('/enter?')) return undefined;
  if (!access.hasSession(request.cookies[SESSION_COOKIE]))
    return refuse(reply, 401, 'expected a session: open the address that `npm start` printed');
  return undefined;
}

function refuse(reply: FastifyReply, status: number, detail: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${detail}\n`);
}
