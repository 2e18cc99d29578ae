import { createHash, createHmac } from 'node:crypto';
import { ReplyTimeout } from '../../../adapters/ccxt/call-failure.ts';
import type {
  CcxtKraken,
  CcxtKrakenOptions,
  createCcxtKraken,
  KrakenCall,
  KrakenParams,
} from '../../../adapters/ccxt/ccxt-kraken.ts';
import { classifyKrakenFailure, type KrakenEvidence, noteKrakenReply } from '../../../adapters/ccxt/kraken-failure.ts';
import type { ConnectStream } from '../../../adapters/kraken/private-stream.ts';
import { err, ok } from '../../../engine/domain/result.ts';
import type { KrakenDesk } from '../../../practice-exchange/kraken/desk.ts';
import type { PrivateChannels } from '../../../practice-exchange/kraken/private-channels.ts';
import { answerKraken, type KrakenAnswer, type KrakenRequest } from '../../../practice-exchange/kraken/rest.ts';
import type { Credentials } from '../../../practice-exchange/protocol/credentials.ts';
import { KrakenSocket } from './kraken-socket.ts';
import type { Fate, Line, RequestClass, Wire } from './wire.ts';

const REPLY_TIMEOUT_MS = 4_000;
const JSON_REPLY = { 'Content-Type': 'application/json' };
const BUSY: KrakenAnswer = { status: 200, text: '{"error":["EService:Busy"]}' };
const THROTTLED: KrakenAnswer = { status: 200, text: '{"error":["EAPI:Rate limit exceeded"]}' };

export type KrakenParts = {
  readonly desk: KrakenDesk;
  readonly channels: PrivateChannels;
  readonly keys: Credentials;
  readonly wire: Wire;
};

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const evidenceOf = (): KrakenEvidence => ({ sent: true, status: undefined, errors: undefined, retryAfterMs: null });

/** What ccxt and the socket are to the Kraken gateway: the venue's own routes and channels, over a wire that may fail. */
export class DirectKraken implements Line {
  private readonly parts: KrakenParts;
  private socket: KrakenSocket | undefined;
  private isDead = false;

  constructor(parts: KrakenParts) {
    this.parts = parts;
  }

  readonly create: typeof createCcxtKraken = (options): CcxtKraken => ({
    call: (call, params) => this.call(call, params, options),
    close: async () => Promise.resolve(),
  });

  readonly connect: ConnectStream = (_options, events) => {
    const { channels, wire } = this.parts;
    this.socket = new KrakenSocket({ channels, wire }, events);
    return this.socket;
  };

  loseStream(forMs: number): void {
    this.socket?.lose(forMs);
  }

  die(): void {
    this.isDead = true;
    this.socket?.close();
  }

  private async call(
    call: KrakenCall,
    params: KrakenParams,
    options: CcxtKrakenOptions,
  ): ReturnType<CcxtKraken['call']> {
    if (this.isDead) return never();
    const { wire } = this.parts;
    const request = requestOf(call, params, this.parts.keys, options.nextNonce);
    const answered = this.travel(request, wire.fateOf(classOf(call)));
    const late = wire
      .pass(REPLY_TIMEOUT_MS)
      .then(() => err(classifyKrakenFailure(new ReplyTimeout('no answer in time'), evidenceOf())));
    const result = await Promise.race([answered, late]);
    return this.hasDied() ? never() : result;
  }

  private hasDied(): boolean {
    return this.isDead;
  }

  private async travel(request: KrakenRequest, fate: Fate): ReturnType<CcxtKraken['call']> {
    const { desk, wire } = this.parts;
    const evidence = evidenceOf();
    const lost = new Error('connection reset');
    await wire.pass(wire.latencyMs() + (fate.kind === 'late' ? fate.ms : 0));
    if (fate.kind === 'lost') return err(classifyKrakenFailure(lost, evidence));
    desk.venue.advance();
    const turned = fate.kind === 'busy' ? BUSY : fate.kind === 'throttled' ? THROTTLED : null;
    const { status, text } = turned ?? answerKraken(desk, request);
    await wire.pass(wire.latencyMs() + (fate.kind === 'answerLate' ? fate.ms : 0));
    if (fate.kind === 'answerLost') return err(classifyKrakenFailure(lost, evidence));
    noteKrakenReply(evidence, { status, headers: JSON_REPLY, body: text });
    if (evidence.errors?.length !== 0) return err(classifyKrakenFailure(new Error(text), evidence));
    return ok((JSON.parse(text) as { readonly result: unknown }).result);
  }
}

function classOf(call: KrakenCall): RequestClass {
  if (call === 'privatePostAddOrder') return 'create';
  return call.startsWith('privatePostCancel') ? 'cancel' : 'query';
}

/** As ccxt puts it on the wire: a form, JSON where it carries a list, signed under the key's next nonce. */
function requestOf(call: KrakenCall, params: KrakenParams, keys: Credentials, nextNonce: () => number): KrakenRequest {
  const form = new URLSearchParams(flat(params));
  const [, scope, name] = /^(public|private)(?:Get|Post)(.*)$/.exec(call) ?? [];
  const path = `/0/${scope ?? ''}/${name ?? ''}`;
  if (scope === 'public') return { method: 'GET', path, query: form.toString(), body: '', headers: {} };
  const nonce = String(nextNonce());
  form.set('nonce', nonce);
  const isJson = Object.values(params).some((value) => Array.isArray(value));
  const body = isJson ? JSON.stringify({ nonce, ...params }) : form.toString();
  const type: Readonly<Record<string, string>> = isJson ? { 'content-type': 'application/json' } : {};
  const digest = createHash('sha256').update(`${nonce}${body}`).digest();
  const sign = createHmac('sha512', Buffer.from(keys.secret, 'base64')).update(path).update(digest).digest('base64');
  return { method: 'POST', path, query: '', body, headers: { ...type, 'api-key': keys.apiKey, 'api-sign': sign } };
}

const flat = (params: KrakenParams): [string, string][] =>
  Object.entries(params).flatMap(([name, value]): [string, string][] =>
    typeof value === 'object'
      ? Object.entries(value).map(([inner, text]) => [`${name}[${inner}]`, text])
      : [[name, String(value)]],
  );
