import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent } from 'node:http';
import Binance from '@ccxt/pro/binance';
import { AuthenticationError } from '@ccxt/base/errors';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { Secret } from '../keychain/secret.ts';
import {
  type CallEvidence,
  type CallFailure,
  classifyFailure,
  isCredentialCode,
  UnreadableReply,
} from './call-failure.ts';
import { type BinanceCall, type CallParams, WITHOUT_METHOD } from './binance-calls.ts';
import { within } from './within.ts';
import { type HeaderUse, headerUse, isJson, noteReply } from './reply-evidence.ts';

/** Where a practice exchange listens. Absent: the venue itself. */
export type VenueEndpoints = {
  readonly rest: string;
  readonly wsApi: string;
  /** Base of the USD-M streams, ending in `/ws`. */
  readonly futures?: string;
};

export type CcxtBinanceOptions = {
  readonly apiKey: Secret;
  readonly secret: Secret;
  readonly endpoints: VenueEndpoints | null;
  readonly timeoutMs: number;
  /** SPOT when absent. */
  readonly product?: 'SPOT' | 'MARGIN' | 'USDM';
  /** Pair of an isolated margin account, in the venue's word; null for the cross account. */
  readonly marginSymbol?: string | null;
};

export type { BinanceCall, CallParams } from './binance-calls.ts';

export type PrivateStreamHooks = {
  /** Every event of the user data stream, raw, in order; none is merged into another. */
  onEvent(message: unknown): void;
  /** The socket was lost or the venue ended the stream: events are being missed from now on. */
  onDrop(detail: string): void;
};

export type CcxtBinance = {
  /** The parsed JSON reply, or why there is none. Never throws. `onUse` gets the counts of the headers, also of failures. */
  call(
    call: BinanceCall,
    params: CallParams,
    onUse: (use: readonly HeaderUse[]) => void,
  ): Promise<Result<unknown, CallFailure>>;
  /** Venue time minus our wall time, used in signatures. */
  setClockOffsetMs(offsetMs: number): void;
  /** Resolves once the venue confirmed the subscription. Throws CredentialsRefused, or an Error that says why not. */
  subscribe(timeoutMs: number): Promise<void>;
  /** Ends the stream from our side; told as a drop. */
  dropStream(detail: string): void;
  /** Resolves when the stream drops; at once when it is not up. */
  untilDropped(): Promise<void>;
  close(): Promise<void>;
};

/** The venue knows the key and refuses it, or does not know it: trying again does not help. */
export class CredentialsRefused extends Error {
  override readonly name = 'CredentialsRefused';
}

/** ccxt rounds and injects on its way: the request is compared with what we asked for before it leaves. */
export class AlteredRequest extends Error {
  override readonly name = 'AlteredRequest';
}

type WatchClient = Parameters<Binance['handleMessage']>[0];
type ReplyParts = [number, string, string, string, headers: Record<string, string>, body: string];
type CallContext = {
  readonly params: CallParams;
  readonly evidence: CallEvidence;
  readonly onUse: (use: readonly HeaderUse[]) => void;
};

type WsAddresses = { readonly ws: { readonly 'ws-api': { readonly spot: string } } };

const callContext = new AsyncLocalStorage<CallContext>();
/** A signed request is void after this, unless its own parameters say sooner. */
const RECEIVE_WINDOW_MS = 5_000;
/** ccxt times the headers of a reply, not its body: ours is the last word. */
const BODY_GRACE_MS = 500;
const VENUE_CODE = /"code":\s*(-\d+)/;
const PING_EVERY_MS = 5_000;
/** Kept by ccxt for its unified calls, which we do not use. */
const CACHED_ORDERS = 50;

export function createCcxtBinance(options: CcxtBinanceOptions, hooks: PrivateStreamHooks): CcxtBinance {
  return new HookedBinance(options, hooks).port();
}

/** Unmodified ccxt with its own extension points overridden; this file alone knows its types. */
class HookedBinance extends Binance {
  private readonly hooks: PrivateStreamHooks;
  private dropped: () => void = () => undefined;
  private readonly goneClients = new WeakSet<WatchClient>();
  private readonly product: 'SPOT' | 'MARGIN' | 'USDM';
  private readonly marginSymbol: string | null;
  private isUp = false;
  private closing = false;

  constructor(options: CcxtBinanceOptions, hooks: PrivateStreamHooks) {
    super({
      apiKey: options.apiKey.reveal(),
      secret: options.secret.reveal(),
      enableRateLimit: false,
      timeout: options.timeoutMs,
      number: String,
      streaming: { keepAlive: PING_EVERY_MS, maxPingPongMisses: 2 },
      options: {
        // ccxt's binanceusdm is this class with these options and other error classes, which we do not read.
        ...(options.product === 'USDM'
          ? { defaultType: 'swap', defaultSubType: 'linear', fetchMarkets: { types: ['linear'] } }
          : { defaultType: 'spot', fetchMarkets: { types: ['spot'] } }),
        fetchCurrencies: false,
        fetchMargins: false,
        adjustForTimeDifference: false,
        maxRetriesOnFailure: 0,
        recvWindow: RECEIVE_WINDOW_MS,
        ordersLimit: CACHED_ORDERS,
        // Never its broker prefix; an empty one would fall back to it.
        broker: { spot: 'LW-', future: 'LW-' },
        // A socket that closes while its data is being compressed throws past every handler.
        // Retries are paced by us: its own pause of up to a minute would outlast our patience with a subscription.
        ws: { options: { perMessageDeflate: false }, backoff: { base: 0, max: 0 } },
      },
    });
    this.hooks = hooks;
    this.product = options.product ?? 'SPOT';
    this.marginSymbol = options.marginSymbol ?? null;
    // Markets are ours: 2,500 of them cost ccxt 0.3 s and 21 MB, and it would load them unless it has some.
    this.setMarkets([]);
    if (options.endpoints !== null) this.pointAt(options.endpoints);
  }

  port(): CcxtBinance {
    return {
      call: (call, params, onUse) => this.callOnce(call, params, onUse),
      setClockOffsetMs: (offsetMs) => void (this.options['timeDifference'] = -offsetMs),
      subscribe: (timeoutMs) => this.subscribe(timeoutMs),
      dropStream: (detail) => this.dropSockets(detail),
      untilDropped: () => this.untilDropped(),
      close: () => this.shut(),
    };
  }

  override sign(...args: Parameters<Binance['sign']>): Record<string, unknown> {
    const request = super.sign(...args) as Record<string, unknown>;
    const context = callContext.getStore();
    if (context !== undefined) requireUnchanged(context.params, request);
    return request;
  }

  override async fetch(url: unknown, method?: string, headers?: unknown, body?: unknown): Promise<unknown> {
    const context = callContext.getStore();
    if (context !== undefined) context.evidence.sent = true;
    return (await super.fetch(url, method, headers, body)) as unknown;
  }

  override onRestResponse(...args: Parameters<Binance['onRestResponse']>): string {
    const context = callContext.getStore();
    if (context !== undefined) {
      const [status, , , , headers, body] = args as unknown as ReplyParts;
      noteReply(context.evidence, { status, headers, body }, this.nonce());
      context.onUse(headerUse(headers));
      if (status < 300 && !isJson(headers)) {
        throw new UnreadableReply(`expected a JSON reply, was ${headers['Content-Type'] ?? 'of no stated type'}`);
      }
    }
    return super.onRestResponse(...args) as string;
  }

  override handleOrderUpdate(client: WatchClient, message: unknown): void {
    this.hooks.onEvent(message);
    if (this.product !== 'USDM') super.handleOrderUpdate(client, message);
  }

  override handleBalance(client: WatchClient, message: unknown): void {
    this.hooks.onEvent(message);
    super.handleBalance(client, message);
  }

  /** ccxt's own spelling. */
  override handleAcountUpdate(_client: WatchClient, message: unknown): void {
    this.hooks.onEvent(message);
  }

  override handleMessage(client: WatchClient, message: Record<string, unknown>): void {
    const event = (message['event'] ?? message) as Record<string, unknown>;
    if (event['e'] === 'listStatus') this.hooks.onEvent(event);
    super.handleMessage(client, message);
    if (event['e'] === 'eventStreamTerminated') this.dropSockets('the venue ended the stream');
    if (event['e'] === 'listenKeyExpired') this.dropSockets('the listen key has run out');
  }

  override onError(client: WatchClient, error: unknown): void {
    super.onError(client, error);
    this.noteDrop(client, error instanceof Error ? error.message : String(error));
  }

  override onClose(client: WatchClient, event: unknown): void {
    super.onClose(client, event);
    this.noteDrop(client, `socket closed with code ${String((event as { code?: unknown } | undefined)?.code)}`);
  }

  private pointAt(endpoints: VenueEndpoints): void {
    const api = this.urls.api as Record<string, unknown>;
    for (const [name, url] of Object.entries(api)) {
      if (typeof url === 'string') api[name] = url.replace(/^https:\/\/[^/]+/, endpoints.rest);
    }
    const ws = api['ws'] as Record<string, unknown>;
    api['ws'] = {
      ...ws,
      ...(endpoints.futures === undefined ? {} : { future: endpoints.futures }),
      'ws-api': { ...(ws['ws-api'] as object), spot: endpoints.wsApi },
    };
    // Sockets without TLS need an agent of their own, or every watch throws NotSupported.
    if (endpoints.wsApi.startsWith('ws:')) this.httpAgent = new Agent({ keepAlive: true });
  }

  private async callOnce(
    call: BinanceCall,
    params: CallParams,
    onUse: CallContext['onUse'],
  ): Promise<Result<unknown, CallFailure>> {
    const evidence: CallEvidence = { sent: false, status: undefined, venueError: undefined, retryAfterMs: null };
    const send = (): Promise<unknown> => {
      const path = WITHOUT_METHOD[call];
      if (path !== undefined) return this.request(path, 'sapi', 'POST', { ...params });
      const methods = this as unknown as Record<BinanceCall, (params: CallParams) => Promise<unknown>>;
      return methods[call]({ ...params });
    };
    try {
      const reply = callContext.run({ params, evidence, onUse }, send);
      return ok(await within(reply, this.timeout + BODY_GRACE_MS));
    } catch (error) {
      return err(classifyFailure(error, evidence));
    }
  }

  private async subscribe(timeoutMs: number): Promise<void> {
    try {
      const subscribed = this.openStream();
      this.tendFutures();
      await within(subscribed, timeoutMs);
      // Confirmed after all while the sockets were being closed: nothing would ever tell that it ended.
      if (this.closing) throw new Error('expected an open port, was closed');
      this.isUp = true;
    } catch (error) {
      // ccxt marks a subscription before it is confirmed: a next attempt on the same socket would believe it.
      this.dropSockets('the subscription failed');
      const text = error instanceof Error ? error.message : JSON.stringify(error);
      const code = VENUE_CODE.exec(text)?.[1];
      if (error instanceof AuthenticationError || isCredentialCode(Number(code))) throw new CredentialsRefused(text);
      throw new Error(text, { cause: error });
    }
  }

  private openStream(): Promise<unknown> {
    if (this.product === 'USDM') return this.openListenKey();
    return this.product === 'MARGIN' ? this.openListenToken() : this.authenticate({ type: 'spot' });
  }

  /** Without ccxt's own: it would renew the token by a timer of its own that outlives the socket. */
  private async openListenToken(): Promise<void> {
    const pair = this.marginSymbol === null ? {} : { symbol: this.marginSymbol, isIsolated: true };
    const { token } = (await this.sapiPostUserListenToken(pair)) as { readonly token?: unknown };
    if (typeof token !== 'string') throw new Error('expected a listen token, was none');
    const url = (this.urls.api as WsAddresses).ws['ws-api'].spot;
    const id = String(this.requestId(url));
    const message = { id, method: 'userDataStream.subscribe.listenToken', params: { listenToken: token } };
    const confirm = (client: WatchClient, reply: unknown): unknown => this.handleUserDataStreamSubscribe(client, reply);
    const subscription = { id, method: confirm, subscription: 'margin' };
    await this.watch(url, id, message, id, subscription);
  }

  /** Without ccxt's authenticate: it would keep the key alive by timers of its own and never reads our subscription. */
  private async openListenKey(): Promise<void> {
    const { listenKey } = (await this.fapiPrivatePostListenKey()) as { readonly listenKey?: unknown };
    if (typeof listenKey !== 'string') throw new Error('expected a listen key, was none');
    const client = this.client(this.getPrivateWsUrl('future', listenKey));
    await (client.connect() as Promise<unknown>);
  }

  /** ccxt makes futures nobody awaits; a drop rejects them, and an unhandled rejection ends the process. */
  private tendFutures(): void {
    for (const client of Object.values(this.clients as Record<string, WatchClient>)) {
      const futures = Object.values(client.futures as Record<string, Promise<unknown>>);
      for (const future of [client.connected as Promise<unknown>, ...futures]) future.catch(() => undefined);
    }
  }

  /**
   * Without ccxt's own watch: one that is re-armed while its socket goes marks the next socket as subscribed though it
   * never asked, and the stream would stay silent for ever.
   */
  private async untilDropped(): Promise<void> {
    if (!this.isUp) return;
    await new Promise<void>((resolve) => (this.dropped = resolve));
  }

  /** Tells once per socket: an error is followed by a close. */
  private noteDrop(client: WatchClient, detail: string): void {
    if (this.goneClients.has(client)) return;
    this.goneClients.add(client);
    this.isUp = false;
    if (!this.closing) this.hooks.onDrop(detail);
    this.dropped();
  }

  private dropSockets(detail: string): void {
    this.tendFutures();
    for (const client of Object.values(this.clients as Record<string, WatchClient>)) {
      this.clients = {};
      this.noteDrop(client, detail);
      client.close();
    }
  }

  private async shut(): Promise<void> {
    this.closing = true;
    this.isUp = false;
    this.dropped();
    this.tendFutures();
    await this.close();
    (this.httpAgent as Agent | undefined)?.destroy();
  }
}

/** Throws AlteredRequest unless every parameter stands in the signed request exactly as it was given. */
function requireUnchanged(params: CallParams, request: Record<string, unknown>): void {
  const url = String(request['url']);
  const body = typeof request['body'] === 'string' ? request['body'] : url.slice(url.indexOf('?') + 1);
  const sent = new URLSearchParams(body);
  for (const [name, value] of Object.entries(params)) {
    if (sent.get(name) !== String(value)) {
      throw new AlteredRequest(`expected ${name}=${String(value)}, was ${String(sent.get(name))}`);
    }
  }
}
