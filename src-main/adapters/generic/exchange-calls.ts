import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent } from 'node:http';
import type { Lane } from '../../engine/domain/events.ts';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { type CallFailure, ReplyTimeout, UnreadableReply } from '../ccxt/call-failure.ts';
import { within } from '../ccxt/within.ts';
import type { Secret } from '../keychain/secret.ts';
import { classifyGenericFailure, type GenericEvidence } from './call-evidence.ts';
import type { CcxtClass, CcxtExchange, CcxtSocket } from './ccxt-exchange.ts';
import { RequestPace } from './request-pace.ts';

export type Credentials = {
  readonly apiKey: Secret;
  readonly secret: Secret;
  /** Where the venue asks for a passphrase too. */
  readonly password?: Secret;
};

export type ExchangeSettings = {
  readonly clock: Clock;
  readonly credentials: Credentials | null;
  /** Exact text when absent. ccxt's books are made for floats: a level of text is not taken away by a size of zero. */
  readonly numbers?: 'float';
  /** Points the object at another host than the venue's, such as a practice exchange. */
  readonly pointAt?: (exchange: CcxtExchange) => void;
};

export type CallOptions = {
  /** `query` when absent. */
  readonly lane?: Lane;
  /** Asked right before each request leaves; false refuses it as FENCED. */
  readonly isAllowed?: () => boolean;
  readonly onSent?: () => void;
};

type CallContext = CallOptions & { readonly evidence: GenericEvidence; isAbandoned: boolean };

/** ccxt times the headers of a reply; the wait in its own limiter is not in it. */
const REPLY_TIMEOUT_MS = 4_000;
const CALL_WITHIN_MS = 10_000;
const PING_EVERY_MS = 10_000;

/** Another engine life has begun: nothing of this one is sent any more. */
class Fenced extends Error {
  override readonly name = 'Fenced';
}

/**
 * One object of ccxt with its requests watched: what was sent, what came back, and nothing leaves once its caller was told that it
 * did not.
 */
export class ExchangeCalls {
  readonly exchange: CcxtExchange;
  private readonly pace: RequestPace;
  private readonly contexts = new AsyncLocalStorage<CallContext>();

  constructor(type: CcxtClass, { clock, credentials, numbers, pointAt }: ExchangeSettings) {
    this.exchange = new type({
      ...(credentials === null ? {} : revealed(credentials)),
      enableRateLimit: true,
      timeout: REPLY_TIMEOUT_MS,
      number: numbers === 'float' ? Number : String,
      streaming: { keepAlive: PING_EVERY_MS, maxPingPongMisses: 2 },
      options: {
        defaultType: 'spot',
        fetchMarkets: { types: ['spot'] },
        fetchCurrencies: false,
        fetchMargins: false,
        maxRetriesOnFailure: 0,
        warnOnFetchOpenOrdersWithoutSymbol: false,
        ws: { options: { perMessageDeflate: false } },
      },
    });
    pointAt?.(this.exchange);
    this.pace = new RequestPace(clock);
    this.paceRequests();
    this.watchRequests();
    this.tendSockets();
  }

  /** What ccxt answered, or why there is no answer. Never throws. */
  async call(
    run: (exchange: CcxtExchange) => Promise<unknown>,
    options: CallOptions = {},
  ): Promise<Result<unknown, CallFailure>> {
    const evidence: GenericEvidence = { sent: false, status: undefined, isReadable: false, retryAfterMs: null };
    const context: CallContext = { ...options, evidence, isAbandoned: false };
    try {
      const reply = this.contexts.run(context, async () => run(this.exchange));
      return ok(await within(reply, CALL_WITHIN_MS));
    } catch (error) {
      context.isAbandoned = true;
      const failure = classifyGenericFailure(error, evidence);
      if (failure.remedy === 'pause') this.pace.pause(failure.retryAfterMs ?? 0);
      return err(failure);
    }
  }

  async close(): Promise<void> {
    await this.exchange.close();
    const agent = this.exchange.httpAgent;
    if (agent instanceof Agent) agent.destroy();
  }

  private paceRequests(): void {
    const { exchange, contexts, pace } = this;
    let last = 0;
    const nonce = exchange.nonce.bind(exchange);
    // ccxt counts milliseconds: two requests of one would share a number.
    exchange.nonce = () => (last = Math.max(nonce(), last + 1));
    exchange.throttle = async (cost) => {
      const units = typeof cost === 'number' && cost >= 0 ? cost : 1;
      return pace.wait(contexts.getStore()?.lane ?? 'query', units * exchange.rateLimit);
    };
  }

  /** A socket that goes rejects futures nobody awaits yet, and an unhandled rejection ends the process. */
  private tendSockets(): void {
    const { exchange } = this;
    const tended = new WeakSet<CcxtSocket>();
    const client = exchange.client.bind(exchange);
    exchange.client = (url) => {
      const socket = client(url);
      if (tended.has(socket)) return socket;
      tended.add(socket);
      void tendedPromise(socket.connected);
      const [future, send] = [socket.future.bind(socket), socket.send.bind(socket)];
      socket.future = (name) => tendedPromise(future(name));
      socket.send = (message) => tendedPromise(send(message));
      return socket;
    };
  }

  private watchRequests(): void {
    const { exchange, contexts, pace } = this;
    const fetch = exchange.fetch.bind(exchange);
    exchange.fetch = async (...request) => {
      const context = contexts.getStore();
      try {
        if (context !== undefined) admit(context);
        return await fetch(...request);
      } finally {
        pace.answered();
      }
    };
    const onRestResponse = exchange.onRestResponse.bind(exchange);
    exchange.onRestResponse = (...parts) => {
      const context = contexts.getStore();
      const [status, , , , headers, body] = parts;
      const isReadable = isJson(body);
      if (context !== undefined) {
        const retryAfterMs = pauseIn(headers);
        Object.assign(context.evidence, { status, isReadable, retryAfterMs });
      }
      if (typeof status === 'number' && status < 300 && !isReadable) {
        throw new UnreadableReply('expected a JSON reply, was something else');
      }
      return onRestResponse(...parts);
    };
  }
}

/** The same promise, whose rejection is heard by whoever awaits it and by nobody else. */
function tendedPromise<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Throws when the request may not leave any more. */
function admit(context: CallContext): void {
  if (context.isAbandoned) throw new ReplyTimeout('expected a caller that still waits, was given up');
  if (context.isAllowed?.() === false) throw new Fenced('expected the current engine life, was an earlier one');
  context.evidence.sent = true;
  context.evidence.status = undefined;
  context.evidence.isReadable = false;
  context.onSent?.();
}

const revealed = ({ apiKey, secret, password }: Credentials): Readonly<Record<string, string>> => ({
  apiKey: apiKey.reveal(),
  secret: secret.reveal(),
  ...(password === undefined ? {} : { password: password.reveal() }),
});

function isJson(body: unknown): boolean {
  if (typeof body !== 'string' || !/^\s*[[{]/.test(body)) return false;
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false; // A portal's page, or cut short on its way: not the venue's words.
  }
}

function pauseIn(headers: unknown): number | null {
  if (typeof headers !== 'object' || headers === null) return null;
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after');
  const seconds = Number(entry?.[1] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}
