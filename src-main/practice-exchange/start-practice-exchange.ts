import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Venue } from '../engine/domain/identifiers.ts';
import { createControlServer } from './control-server.ts';
import { openIntentProbe } from './intent-probe.ts';
import { KrakenDesk } from './kraken/desk.ts';
import { PrivateChannels } from './kraken/private-channels.ts';
import { type KrakenLimits, TIERS } from './kraken/rates.ts';
import { KrakenSockets } from './kraken/socket-hub.ts';
import type { MarketSource } from './market/market-source.ts';
import { type PracticeAccount, PracticeVenue } from './practice-venue.ts';
import type { Credentials } from './protocol/credentials.ts';
import { type LimitOptions, TRUE_LIMITS } from './protocol/rate-limits.ts';
import { createRestServer } from './protocol/rest-server.ts';
import { PULSE_MS, StreamHub, type StreamObserver } from './protocol/stream-hub.ts';
import { openChannel } from './protocol/stream-channel.ts';
import { serveStreamSocket } from './protocol/stream-server.ts';
import { openUsdmChannel } from './protocol/usdm/channels.ts';
import { UsdmUserData } from './protocol/usdm/user-data.ts';
import { UserDataHub } from './protocol/user-data.ts';
import { serveApiSocket } from './protocol/ws-api.ts';
import type { UsdmVenue } from './usdm/usdm-venue.ts';

const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 60_000;
const HOST = '127.0.0.1';

export type PracticeExchangeOptions = {
  readonly market: MarketSource;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly controlPort?: number;
  /** Market time per wall time; 1 unless told otherwise. */
  readonly speed?: number;
  readonly accounts?: readonly PracticeAccount[];
  /** The venue's true limits unless raised for load tests. */
  readonly limits?: Partial<LimitOptions>;
  /** Of the tier `intermediate` unless told otherwise. */
  readonly krakenLimits?: Partial<KrakenLimits>;
  /** A journal in which the intent of each create must already be found. */
  readonly intentJournal?: string;
  readonly onStreamSend?: StreamObserver;
  readonly discountPrices?: Readonly<Record<string, string>>;
  /** What the kill drill does; the process ends at once unless told otherwise. */
  readonly kill?: () => void;
};

export type RunningAccount = { readonly name: string } & Credentials;

export type PracticeExchange = {
  readonly rest: string;
  readonly stream: string;
  readonly wsApi: string;
  /** Kraken's REST paths stand on `rest`; its WebSocket v2 has an address for market data and one for accounts. */
  readonly krakenPublic: string;
  readonly krakenPrivate: string;
  /** Where ccxt's base of the USD-M streams points. */
  readonly futures: string;
  readonly control: string;
  /** Credentials of the first account. */
  readonly apiKey: string;
  readonly secret: string;
  readonly accounts: readonly RunningAccount[];
  readonly limits: LimitOptions;
  readonly venue: PracticeVenue;
  readonly status: () => SocketStatus;
  close(): Promise<void>;
};

/** Who listens. */
export type SocketStatus = {
  readonly sockets: number;
  readonly streams: number;
  readonly privateSubscriptions: number;
};

/** Accounts with 100000 USDT each, named as the paper accounts that trade on them; `discounted` ones pay fees in BNB. */
export const practiceAccounts = (count: number, discounted = false): PracticeAccount[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `paper-${String(index + 1).padStart(2, '0')}`,
    balances: { USDT: '100000', ...(discounted ? { BNB: '100' } : {}) },
    ...(discounted ? { discountAsset: 'BNB' } : {}),
  }));

/** Who trades what, as the accounts of a session name it. */
type Seated = {
  readonly accountId: string;
  readonly product?: 'SPOT' | 'MARGIN' | 'USDM';
  readonly venue?: Venue;
  readonly margin?: 'cross' | { readonly isolated: string };
};

const FUNDS = { USDT: '100000' };

/** Accounts with 100000 USDT each where they trade, and nothing elsewhere; each with funds of its own, as at another venue. */
export const seatedAccounts = (seats: readonly Seated[]): PracticeAccount[] =>
  seats.map(({ accountId: name, product = 'SPOT', venue, margin = 'cross' }) => {
    if (product === 'USDM') return { name, balances: {}, usdm: FUNDS.USDT };
    // Kraken keeps margin's funds with spot's.
    if (product === 'SPOT' || venue === 'KRAKEN') return { name, balances: FUNDS };
    if (margin === 'cross') return { name, balances: {}, margin: FUNDS };
    return { name, balances: {}, isolated: { [margin.isolated]: FUNDS } };
  });

/** What BNB costs on the practice exchange unless told otherwise: a round price of January 2024, not a recorded one. */
const BNB_PRICES = { USDT: '300' };

/** Starts the venue on loopback. Its books exist when this resolves. Rejects when a port is taken. */
export async function startPracticeExchange(options: PracticeExchangeOptions): Promise<PracticeExchange> {
  const limits = { ...TRUE_LIMITS, ...options.limits };
  const venue = new PracticeVenue({
    market: options.market,
    accounts: options.accounts ?? practiceAccounts(2),
    speed: options.speed ?? 1,
    limits,
    readWallMs: () => Date.now(),
    intentProbe: options.intentJournal === undefined ? null : openIntentProbe(options.intentJournal),
    discountPrices: options.discountPrices ?? BNB_PRICES,
  });
  const kraken = new KrakenDesk(venue, { ...TIERS.intermediate, ...options.krakenLimits });
  const sockets = new Sockets(venue, kraken, options.onStreamSend);
  const rest = createRestServer(venue, kraken);
  rest.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  const kill = options.kill ?? (() => process.kill(process.pid, 'SIGKILL'));
  const control = createControlServer(venue, {
    closeSockets: (text, code) => sockets.closeMatching(text, code),
    status: () => sockets.status(),
    raiseNonces: (byUs) => kraken.access.raiseNonces(byUs),
    kill,
  });
  const port = await listen(rest, options.port ?? 0);
  const controlPort = await listen(control, options.controlPort ?? 0).catch(async (error: unknown) => {
    await closed(rest);
    throw error;
  });
  sockets.start();
  return describe({ venue, limits, port, controlPort, status: () => sockets.status() }, async () => {
    sockets.stop();
    await Promise.all([closed(rest), closed(control)]);
    venue.close();
  });
}

function describe(
  running: {
    readonly venue: PracticeVenue;
    readonly limits: LimitOptions;
    readonly port: number;
    readonly controlPort: number;
    readonly status: () => SocketStatus;
  },
  close: () => Promise<void>,
): PracticeExchange {
  const { venue, limits, port, controlPort, status } = running;
  const accounts = [...venue.credentials].map(([name, credentials]) => ({ name, ...credentials }));
  return {
    rest: `http://${HOST}:${port}`,
    stream: `ws://${HOST}:${port}/stream/ws`,
    wsApi: `ws://${HOST}:${port}/ws-api/v3`,
    krakenPublic: `ws://${HOST}:${port}/v2`,
    krakenPrivate: `ws://${HOST}:${port}/auth/v2`,
    futures: `ws://${HOST}:${port}/fut/ws`,
    control: `http://${HOST}:${controlPort}`,
    apiKey: accounts[0]?.apiKey ?? '',
    secret: accounts[0]?.secret ?? '',
    accounts,
    limits,
    venue,
    status,
    close,
  };
}

/** All WebSocket connections and the timers that drive them. */
class Sockets {
  private readonly venue: PracticeVenue;
  private readonly hub: StreamHub;
  private readonly kraken: KrakenSockets;
  private readonly krakenDesk: KrakenDesk;
  private readonly krakenUsers: PrivateChannels;
  private readonly users: UserDataHub;
  private readonly usdm: { readonly hub: StreamHub; readonly users: UsdmUserData } | null;
  private readonly server = new WebSocketServer({ noServer: true, perMessageDeflate: false, autoPong: false });
  private readonly open = new Map<WebSocket, { readonly path: string; pongAtMs: number }>();
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(venue: PracticeVenue, kraken: KrakenDesk, onStreamSend?: StreamObserver) {
    this.venue = venue;
    this.hub = new StreamHub({ board: venue, open: (name) => openChannel(venue, name), onSend: onStreamSend });
    this.krakenDesk = kraken;
    this.krakenUsers = new PrivateChannels(kraken);
    this.kraken = new KrakenSockets(
      kraken,
      (socket, request) => this.krakenUsers.answer(socket, request),
      onStreamSend,
    );
    this.users = new UserDataHub(venue);
    this.usdm = venue.usdm === null ? null : usdmHubs(venue.usdm);
  }

  start(): void {
    const pulse = (): void => {
      this.venue.advance();
      this.hub.pulse();
      this.krakenDesk.settle();
      this.kraken.pulse();
      this.usdm?.hub.pulse();
    };
    this.timers.push(
      setInterval(pulse, PULSE_MS),
      setInterval(() => this.pingAll(), PING_EVERY_MS),
    );
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const socket of this.open.keys()) socket.terminate();
  }

  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const url = URL.parse(request.url ?? '/', `ws://${HOST}`);
    if (url === null || !/^\/(ws-api|ws|stream|fut|v2|auth)(\/|$)/.test(url.pathname)) {
      stream.end('HTTP/1.1 404 Not Found\r\n\r\n');
      return;
    }
    this.server.handleUpgrade(request, stream, head, (socket) => this.accept(socket, url, request));
  }

  status(): SocketStatus {
    return {
      sockets: this.open.size,
      streams: this.hub.count + this.kraken.count + (this.usdm?.hub.count ?? 0),
      privateSubscriptions: this.users.count + this.krakenUsers.count + (this.usdm?.users.count ?? 0),
    };
  }

  /** Code 1006 stands for a broken connection: no close frame is sent. Returns how many were closed. */
  closeMatching(text: string, code: number): number {
    const matching = [...this.open].filter(([, { path }]) => path.includes(text));
    for (const [socket] of matching) {
      if (code === 1006) socket.terminate();
      else socket.close(code);
    }
    return matching.length;
  }

  private accept(socket: WebSocket, url: URL, request: IncomingMessage): void {
    const entry = { path: `${url.pathname}${url.search}`, pongAtMs: Date.now() };
    this.open.set(socket, entry);
    socket.on('close', () => this.open.delete(socket));
    socket.on('error', () => socket.terminate());
    socket.on('pong', () => (entry.pongAtMs = Date.now()));
    socket.on('ping', (data: Buffer) => {
      if (this.venue.faults.strikeStream('noPong', entry.path) === undefined) socket.pong(data);
    });
    if (url.pathname.startsWith('/ws-api')) {
      serveApiSocket(this.venue, this.users, socket, request.socket.remoteAddress ?? '');
    } else if (url.pathname.endsWith('/v2')) {
      this.kraken.serve(socket);
    } else if (url.pathname.startsWith('/fut')) {
      this.acceptUsdm(socket, url);
    } else {
      serveStreamSocket(this.hub, socket, url);
    }
  }

  /** `/private` reads the events of a listen key; every other path is market data. */
  private acceptUsdm(socket: WebSocket, url: URL): void {
    const key = url.searchParams.get('listenKey');
    if (this.usdm === null) socket.close(1008);
    else if (key !== null) this.usdm.users.subscribe(key, socket);
    else serveStreamSocket(this.usdm.hub, socket, url);
  }

  private pingAll(): void {
    const nowMs = Date.now();
    for (const [socket, { pongAtMs }] of this.open) {
      if (nowMs - pongAtMs > PONG_WITHIN_MS + PING_EVERY_MS) socket.terminate();
      else socket.ping(String(nowMs));
    }
  }
}

const usdmHubs = (usdm: UsdmVenue) => ({
  hub: new StreamHub({ board: usdm, open: (name) => openUsdmChannel(usdm, name) }),
  users: new UsdmUserData(usdm),
});

async function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
