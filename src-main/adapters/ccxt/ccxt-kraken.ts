import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent } from 'node:http';
import Kraken from '@ccxt/pro/kraken';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { Secret } from '../keychain/secret.ts';
import { type CallFailure, UnreadableReply } from './call-failure.ts';
import { AlteredRequest } from './ccxt-binance.ts';
import { classifyKrakenFailure, type KrakenEvidence, noteKrakenReply } from './kraken-failure.ts';
import { isJson } from './reply-evidence.ts';
import { within } from './within.ts';

export type CcxtKrakenOptions = {
  readonly apiKey: Secret;
  readonly secret: Secret;
  /** Where the practice exchange listens, without a path; null for Kraken itself. */
  readonly restUrl: string | null;
  readonly timeoutMs: number;
  /** A number above every earlier one of this key, also of other processes. */
  readonly nextNonce: () => number;
};

/** The calls we use, as ccxt names them after the venue's paths. */
export type KrakenCall =
  | 'publicGetTime'
  | 'publicGetAssetPairs'
  | 'publicGetAssets'
  | 'privatePostBalanceEx'
  | 'privatePostOpenOrders'
  | 'privatePostClosedOrders'
  | 'privatePostQueryOrders'
  | 'privatePostOpenPositions'
  | 'privatePostTradeBalance'
  | 'privatePostLedgers'
  | 'privatePostTradesHistory'
  | 'privatePostQueryTrades'
  | 'privatePostAddOrder'
  | 'privatePostAmendOrder'
  | 'privatePostCancelOrder'
  | 'privatePostCancelOrderBatch'
  | 'privatePostCancelAllOrdersAfter'
  | 'privatePostGetWebSocketsToken';
export type KrakenParams = Readonly<
  Record<string, string | number | readonly string[] | Readonly<Record<string, string>>>
>;

export type CcxtKraken = {
  /** The `result` of the reply, or why there is none. Never throws. */
  call(call: KrakenCall, params: KrakenParams): Promise<Result<unknown, CallFailure>>;
  close(): Promise<void>;
};

type ReplyParts = [number, string, string, string, headers: Record<string, string>, body: string];
type CallContext = { readonly params: KrakenParams; readonly evidence: KrakenEvidence };

const callContext = new AsyncLocalStorage<CallContext>();
/** ccxt times the headers of a reply, not its body: ours is the last word. */
const BODY_GRACE_MS = 500;

export const createCcxtKraken = (options: CcxtKrakenOptions): CcxtKraken => new HookedKraken(options).port();

/** Unmodified ccxt with its own extension points overridden: signing and REST alone, the streams are ours. */
class HookedKraken extends Kraken {
  private readonly nextNonce: () => number;

  constructor(options: CcxtKrakenOptions) {
    super({
      apiKey: options.apiKey.reveal(),
      secret: options.secret.reveal(),
      enableRateLimit: false,
      timeout: options.timeoutMs,
      number: String,
      options: { adjustForTimeDifference: false, maxRetriesOnFailure: 0 },
    });
    this.nextNonce = options.nextNonce;
    // ccxt would load markets unless it has some.
    this.setMarkets([]);
    if (options.restUrl === null) return;
    const api = this.urls.api as Record<string, unknown>;
    api['public'] = api['private'] = options.restUrl;
    if (options.restUrl.startsWith('http:')) this.httpAgent = new Agent({ keepAlive: true });
  }

  port(): CcxtKraken {
    return {
      call: (call, params) => this.callOnce(call, params),
      close: async () => {
        await this.close();
        (this.httpAgent as Agent | undefined)?.destroy();
      },
    };
  }

  /** ccxt counts milliseconds: two requests of one would share a nonce. */
  override nonce(): number {
    return this.nextNonce();
  }

  override sign(...args: Parameters<Kraken['sign']>): ReturnType<Kraken['sign']> {
    const request = super.sign(...args);
    const context = callContext.getStore();
    if (context !== undefined) requireUnchanged(context.params, request as Record<string, unknown>);
    return request;
  }

  override async fetch(url: unknown, method?: string, headers?: unknown, body?: unknown): Promise<unknown> {
    const context = callContext.getStore();
    if (context !== undefined) context.evidence.sent = true;
    return (await super.fetch(url, method, headers, body)) as unknown;
  }

  override onRestResponse(...args: Parameters<Kraken['onRestResponse']>): string {
    const context = callContext.getStore();
    if (context !== undefined) {
      const [status, , , , headers, body] = args as unknown as ReplyParts;
      noteKrakenReply(context.evidence, { status, headers, body });
      if (status < 300 && !isJson(headers)) {
        throw new UnreadableReply(`expected a JSON reply, was ${headers['Content-Type'] ?? 'of no stated type'}`);
      }
    }
    return super.onRestResponse(...args) as string;
  }

  private async callOnce(call: KrakenCall, params: KrakenParams): Promise<Result<unknown, CallFailure>> {
    const evidence: KrakenEvidence = { sent: false, status: undefined, errors: undefined, retryAfterMs: null };
    const implicit = (this as unknown as Record<KrakenCall, (params: KrakenParams) => Promise<unknown>>)[call];
    try {
      const reply = callContext.run({ params, evidence }, () => implicit.call(this, { ...params }));
      const body = await within(reply, this.timeout + BODY_GRACE_MS);
      if (evidence.errors?.length === 0) return ok((body as { result?: unknown }).result);
      throw new UnreadableReply('expected a reply with its errors listed, was without');
    } catch (error) {
      return err(classifyKrakenFailure(error, evidence));
    }
  }
}

/** Throws AlteredRequest unless every parameter stands in the signed request exactly as it was given. */
function requireUnchanged(params: KrakenParams, request: Record<string, unknown>): void {
  const url = String(request['url']);
  const body = typeof request['body'] === 'string' ? request['body'] : url.slice(url.indexOf('?') + 1);
  const sent = body.startsWith('{') ? flat(JSON.parse(body) as KrakenParams) : new Map(new URLSearchParams(body));
  for (const [name, value] of flat(params)) {
    if (sent.get(name) !== value) throw new AlteredRequest(`expected ${name}=${value}, was ${String(sent.get(name))}`);
  }
}

const flat = (params: KrakenParams): Map<string, string> =>
  new Map(
    Object.entries(params).flatMap(([name, value]) =>
      typeof value === 'object'
        ? Object.entries(value).map(([inner, text]): [string, string] => [`${name}[${inner}]`, text])
        : [[name, String(value)] as [string, string]],
    ),
  );
