import { KRAKEN_CREATE_DEADLINE_MS, type VenueCapabilities, capabilitiesOf } from '../../engine/domain/capabilities.ts';
import type { CommandOutcome, Lane, ListedInstrument, OrderLookupRequest } from '../../engine/domain/events.ts';
import type { AccountId, InstrumentId } from '../../engine/domain/identifiers.ts';
import { ordersOf, type Submission } from '../../engine/domain/order.ts';
import { ensure, err, ok, type Result } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { Random } from '../../engine/ports/random.ts';
import type {
  CancelRequest,
  ModifyRequest,
  QueryFailure,
  VenueEvent,
  VenueGateway,
  VenueSnapshot,
} from '../../engine/ports/venue-gateway.ts';
import { stamped } from '../venue-connection/sent-stamp.ts';
import { VenueHealth } from '../venue-connection/venue-health.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import { type CcxtKraken, createCcxtKraken, type KrakenParams } from '../ccxt/ccxt-kraken.ts';
import type { Secret } from '../keychain/secret.ts';
import { AccountQueries } from './account-queries.ts';

import { CancelQueue, type CancelTarget } from './cancel-queue.ts';
import { NOT_CONNECTED, NOTHING_TO_CANCEL, outcomeOf, required } from './command-outcome.ts';
import { type CloseLink, type KeyState, NonceCounter } from './key-state.ts';
import { KnownOrders } from './known-orders.ts';
import { addOrderParams } from './order-requests.ts';
import { listedPairs, PairMap } from './pair-map.ts';
import { readExecutions } from './private-events.ts';
import { type ConnectStream, KrakenPrivateStream } from './private-stream.ts';
import { KrakenSender } from './sender.ts';
import type { ClientTier } from './venue-counters.ts';
import {
  addOrderResult,
  amendOrderResult,
  assetPairsResult,
  assetsResult,
  cancelAfterResult,
  timeResult,
  tokenResult,
} from './wire-schemas.ts';

export type KrakenGatewayOptions = {
  readonly accountId: AccountId;
  readonly apiKey: Secret;
  readonly secret: Secret;
  /** Where the practice exchange listens; null for Kraken itself. */
  readonly endpoints: { readonly rest: string; readonly privateStream: string } | null;
  /** What must outlive this process for the key: shared with the guardian by its file, never by two at once. */
  readonly keyState: KeyState;
  readonly tier: ClientTier;
  /** Trades on spot margin with this leverage; null or absent: spot. */
  readonly leverage?: number | null;
  /** False: queries alone, for a stop must not wait for a stream; true when absent. */
  readonly privateStream?: boolean;
  /** False once another engine life was started: every later command is refused as FENCED. */
  readonly isCurrentEpoch: () => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** What speaks to the venue; ccxt when absent. */
  readonly library?: typeof createCcxtKraken;
  /** What opens the private stream's socket; a real one when absent. */
  readonly connect?: ConnectStream;
};

const VENUE_STREAM = 'wss://ws-auth.kraken.com/v2';
const REPLY_TIMEOUT_MS = 4_000;
const CLOCK_CHECK_MS = 30_000;
const BALANCES_EVERY_MS = 3_000;
/** Links of older entries are forgotten: their closes ended long ago or go by an id of their own. */
const KEPT_LINKS = 500;

/** Kraken spot or spot margin through ccxt: one account. Every command ends in one outcome, no create is ever sent twice. */
export const createKrakenGateway = (options: KrakenGatewayOptions): VenueGateway => new KrakenGateway(options);

class KrakenGateway implements VenueGateway {
  readonly venue = 'KRAKEN';
  readonly accountId: AccountId;
  readonly capabilities: VenueCapabilities;
  private readonly leverage: number | null;
  private readonly options: KrakenGatewayOptions;
  private readonly ccxt: CcxtKraken;
  private readonly nonces: NonceCounter;
  private readonly sender: KrakenSender;
  private readonly cancels: CancelQueue;
  private readonly orders: KnownOrders;
  private readonly stream: KrakenPrivateStream;
  private readonly health = new VenueHealth((event) => this.emit(event));
  private readonly listeners: ((event: VenueEvent) => void)[] = [];
  private readonly seenTrades = new Set<string>();
  private pairs: PairMap | undefined;
  private queries: AccountQueries | undefined;
  private listingVersion = 0;
  private clockOffsetMs = 0;
  private stopClockChecks: () => void = () => undefined;
  private cancelBalances: (() => void) | undefined;
  private endPause: () => void = () => undefined;

  constructor(options: KrakenGatewayOptions) {
    this.options = options;
    this.accountId = options.accountId;
    this.leverage = options.leverage ?? null;
    this.capabilities = capabilitiesOf('KRAKEN', this.leverage === null ? 'SPOT' : 'MARGIN');
    const { apiKey, secret, clock, endpoints } = options;
    this.nonces = new NonceCounter(options.keyState, () => clock.nowUs());
    this.ccxt = (options.library ?? createCcxtKraken)({
      apiKey,
      secret,
      restUrl: endpoints?.rest ?? null,
      timeoutMs: REPLY_TIMEOUT_MS,
      nextNonce: () => this.nonces.next(),
    });
    this.sender = new KrakenSender({ ...options, ccxt: this.ccxt, onFailure: (failure) => this.remedy(failure) });
    this.cancels = new CancelQueue(this.sender);
    this.orders = new KnownOrders(options.accountId, () => this.links());
    this.stream = new KrakenPrivateStream({
      ...options,
      url: endpoints?.privateStream ?? VENUE_STREAM,
      token: () => this.token(),
      onExecutions: (rows) => this.take(rows),
      onBalances: () => this.wantBalances(),
      onUp: () => this.health.set('stream', 'ready', 'private stream subscribed'),
      onDown: (detail) => this.health.set('stream', 'down', detail),
      onRefused: (detail) => this.health.set('credentials', 'down', detail),
    });
  }

  onEvent(listener: (event: VenueEvent) => void): void {
    this.listeners.push(listener);
  }

  async connect(): Promise<readonly ListedInstrument[]> {
    this.health.set('stream', 'connecting', 'connecting');
    await this.checkClock();
    this.stopClockChecks();
    this.stopClockChecks = this.options.clock.every(CLOCK_CHECK_MS, () => void this.checkClock());
    const query = { lane: 'query', params: {} } as const;
    const pairs = required(
      await this.sender.query({ ...query, call: 'publicGetAssetPairs', schema: assetPairsResult }),
    );
    const assets = required(await this.sender.query({ ...query, call: 'publicGetAssets', schema: assetsResult }));
    const names = new Map(Object.entries(assets).map(([id, { altname }]) => [id, altname]));
    this.pairs = new PairMap(pairs, names, this.leverage === null ? 'SPOT' : 'MARGIN');
    const { sender, accountId, orders } = this;
    this.queries = new AccountQueries({
      sender,
      accountId,
      orders,
      pairs: this.pairs,
      links: () => this.links(),
      isMargin: this.leverage !== null,
    });
    required(await this.queries.balances());
    this.health.set('credentials', 'ready', 'the key is taken');
    if (this.options.privateStream !== false) await this.stream.start();
    const { leverage } = this;
    const listed = listedPairs(this.pairs, { tier: this.options.tier, version: ++this.listingVersion, leverage });
    if (listed.length === 0) throw new Error(`expected pairs that offer a leverage of ${leverage}, was none`);
    return listed;
  }

  submit(submission: Submission, lane: Lane): Promise<CommandOutcome> {
    return stamped(this.options.clock, (onSent) => this.place(submission, lane, onSent));
  }

  private async place(submission: Submission, lane: Lane, onSent: () => void): Promise<CommandOutcome> {
    const [first] = ordersOf(submission);
    const order = ensure(first, 'an order in the submission');
    if (this.pairs === undefined) return NOT_CONNECTED;
    const pair = this.pairs.of(order.instrumentId);
    const params = addOrderParams(submission, {
      pair: pair.key,
      deadlineMs: this.venueMs() + KRAKEN_CREATE_DEADLINE_MS,
      leverage: this.leverage,
    });
    if (!params.ok) return { kind: 'rejected', venueCode: 'UNSUPPORTED', message: params.error };
    if (submission.kind === 'oto') {
      this.link({ list: submission.listId, working: order.clientOrderId, stop: submission.stop.clientOrderId });
    }
    const sentUs = this.options.clock.monotonicUs();
    const reply = await this.sender.command({
      call: 'privatePostAddOrder',
      params: params.value,
      schema: addOrderResult,
      lane,
      transaction: { pair: pair.key, cost: 1 },
      onSent,
    });
    if (!reply.ok) return outcomeOf(reply.error);
    this.expectEcho(sentUs);
    return { kind: 'accepted', reports: this.placed(submission, ensure(reply.value.txid[0], 'a txid')), fills: [] };
  }

  /** A list ends with its entry and with the stops that were made of it; a stop not made yet ends with its entry alone. */
  cancel(request: CancelRequest, lane: Lane): Promise<CommandOutcome> {
    return stamped(this.options.clock, (onSent) => this.withdraw(request, lane, onSent));
  }

  private async withdraw(request: CancelRequest, lane: Lane, onSent: () => void): Promise<CommandOutcome> {
    if (this.pairs === undefined) return NOT_CONNECTED;
    const link = this.links().find(({ list, stop }) => list === request.listId || stop === request.clientOrderId);
    const stops = link === undefined ? [] : this.orders.closesOf(link.stop).map(({ txid }) => ({ txid }));
    const own = link?.stop === request.clientOrderId ? [] : [{ cl_ord_id: request.clientOrderId }];
    const targets: readonly KrakenParams[] =
      request.listId === null ? [...own, ...(own.length === 0 ? stops : [])] : [...own, ...stops];
    const { key } = this.pairs.of(request.instrumentId);
    const outcomes = await Promise.all(
      targets.map(async (params) => this.cancelOne({ params, pair: key }, lane, onSent)),
    );
    return (
      outcomes.find(({ kind }) => kind === 'unknown') ??
      outcomes.find(({ kind }) => kind === 'accepted') ??
      outcomes.at(-1) ??
      NOTHING_TO_CANCEL
    );
  }

  async modify(request: ModifyRequest, lane: Lane): Promise<CommandOutcome> {
    if (this.pairs === undefined) return NOT_CONNECTED;
    const closes = this.orders.closesOf(request.clientOrderId);
    const [only] = closes;
    if (closes.length > 1)
      return { kind: 'rejected', venueCode: 'UNSUPPORTED', message: 'expected one order, was several' };
    const sentUs = this.options.clock.monotonicUs();
    const reply = await this.sender.command({
      call: 'privatePostAmendOrder',
      params: {
        ...(only === undefined ? { cl_ord_id: request.clientOrderId } : { txid: only.txid }),
        ...(request.quantity === null ? {} : { order_qty: request.quantity }),
        ...(request.price === null ? {} : { limit_price: request.price }),
        ...(request.triggerPrice === null ? {} : { trigger_price: request.triggerPrice }),
        deadline: new Date(this.venueMs() + KRAKEN_CREATE_DEADLINE_MS).toISOString(),
      },
      schema: amendOrderResult,
      lane,
      transaction: { pair: this.pairs.of(request.instrumentId).key, cost: 4 },
    });
    if (!reply.ok) return outcomeOf(reply.error);
    this.expectEcho(sentUs);
    return { kind: 'accepted', reports: [], fills: [] };
  }

  /** The venue counts whole seconds. It cancels stops too. */
  async armDeadMan(timeoutMs: number): Promise<CommandOutcome> {
    const reply = await this.sender.command({
      call: 'privatePostCancelAllOrdersAfter',
      params: { timeout: String(Math.ceil(timeoutMs / 1000)) },
      schema: cancelAfterResult,
      lane: 'reduce',
      calls: 1,
    });
    return reply.ok ? { kind: 'accepted', reports: [], fills: [] } : outcomeOf(reply.error);
  }

  async snapshot(
    lookups: readonly OrderLookupRequest[],
    _instruments: readonly InstrumentId[],
    lane: Lane = 'query',
  ): Promise<Result<VenueSnapshot, QueryFailure>> {
    const result = await ensure(this.queries, 'a connected gateway').inLane(lane).snapshot(lookups);
    if (result.ok) {
      for (const { tradeId } of result.value.fills) this.seenTrades.add(tradeId);
      return result;
    }
    const { code, message, retryAfterMs } = result.error;
    return err({ detail: `${code}: ${message}`, retryAfterMs });
  }

  async close(): Promise<void> {
    this.stopClockChecks();
    this.cancelBalances?.();
    this.endPause();
    this.stream.close();
    this.sender.close();
    await this.ccxt.close();
  }

  private async cancelOne(
    { params, pair }: Omit<CancelTarget, 'txid'>,
    lane: Lane,
    onSent: () => void,
  ): Promise<CommandOutcome> {
    const { txid, cl_ord_id: ownId } = params;
    const known = typeof ownId === 'string' ? this.orders.byClientId(ownId)?.txid : txid;
    const sentUs = this.options.clock.monotonicUs();
    const target = { params, txid: typeof known === 'string' ? known : null, pair };
    const reply = await this.cancels.cancel(target, lane, onSent);
    if (!reply.ok) return outcomeOf(reply.error);
    this.expectEcho(sentUs);
    return { kind: 'accepted', reports: [], fills: [] };
  }

  /** The reply names the order only; what the stream told before it is newer. */
  private placed(submission: Submission, txid: string) {
    const [working, stop] = ordersOf(submission);
    const spec = ensure(working, 'an order in the submission');
    const order = this.orders.note({
      ...{ txid, primary: null, filled: '0', triggered: false, reason: null, atUs: 0, status: 'live' },
      ...{ clientOrderId: spec.clientOrderId, instrumentId: spec.instrumentId, side: spec.side, type: spec.type },
      ...{ quantity: spec.quantity, price: spec.price, triggerPrice: spec.triggerPrice },
    });
    const link = this.links().find((one) => one.working === spec.clientOrderId);
    if (stop === undefined || link === undefined || this.orders.closesOf(stop.clientOrderId).length > 0) {
      return [this.orders.report(order)];
    }
    return [this.orders.report(order), this.orders.unmadeStop(link, order, stop)];
  }

  private links(): readonly CloseLink[] {
    return this.options.keyState.read().closes;
  }

  /** Written before it is sent: after a restart the stop is still known as ours. */
  private link(link: CloseLink): void {
    const state = this.options.keyState.read();
    this.options.keyState.write({ ...state, closes: [...state.closes, link].slice(-KEPT_LINKS) });
  }

  private take(rows: readonly unknown[]): void {
    const pairs = this.pairs;
    if (pairs === undefined) return;
    const { accountId, orders, seenTrades } = this;
    const read = readExecutions(rows, { accountId, orders, seenTrades, pairs, links: this.links() });
    for (const event of read.events) this.emit(event);
    if (read.problem === null) return;
    this.options.logger.error('private event could not be used', { detail: read.problem });
    this.health.askForReconciliation(read.problem);
  }

  /** The stream tells totals only; what orders hold of them has to be asked for. */
  private wantBalances(): void {
    if (this.cancelBalances !== undefined || this.queries === undefined) return;
    this.cancelBalances = this.options.clock.after(BALANCES_EVERY_MS, () => void this.tellBalances());
  }

  private async tellBalances(): Promise<void> {
    const balances = await this.queries?.balances();
    this.cancelBalances = undefined;
    if (balances?.ok === true) this.emit({ kind: 'balances', balances: balances.value });
  }

  private async token(): Promise<Result<string, CallFailure>> {
    const reply = await this.sender.query({
      call: 'privatePostGetWebSocketsToken',
      params: {},
      schema: tokenResult,
      lane: 'reduce',
      calls: 1,
    });
    return reply.ok ? ok(reply.value.token) : reply;
  }

  private venueMs(): number {
    return Math.round(this.options.clock.nowUs() / 1000 + this.clockOffsetMs);
  }

  /** The venue tells whole seconds: its clock is known to half of one. A failed measurement says nothing. */
  private async checkClock(): Promise<void> {
    const { clock } = this.options;
    const startUs = clock.monotonicUs();
    const wallMs = clock.nowUs() / 1000;
    const reply = await this.sender.query({ call: 'publicGetTime', params: {}, schema: timeResult, lane: 'query' });
    if (!reply.ok) return;
    const halfWayMs = (clock.monotonicUs() - startUs) / 2000;
    const offsetMs = reply.value.unixtime * 1000 + 500 - (wallMs + halfWayMs);
    const uncertaintyMs = 500 + halfWayMs;
    this.clockOffsetMs = Math.abs(offsetMs) <= uncertaintyMs ? 0 : offsetMs;
    this.emit({ kind: 'clock', offsetMs: Math.round(this.clockOffsetMs), uncertaintyMs: Math.ceil(uncertaintyMs) });
  }

  private expectEcho(sentUs: number): void {
    if (this.options.privateStream !== false) this.stream.expectEcho(sentUs);
  }

  private remedy(failure: CallFailure): void {
    const { logger, clock } = this.options;
    const isOrdinary = failure.outcome === 'rejected' && failure.remedy === 'none';
    logger[isOrdinary ? 'debug' : 'warn']('venue call failed', { failure });
    if (failure.code.startsWith('EAPI:Invalid nonce')) this.nonces.jump();
    if (failure.remedy === 'refuseCredentials') this.health.set('credentials', 'down', failure.message);
    if (failure.remedy !== 'pause') return;
    const pauseMs = failure.retryAfterMs ?? 5_000;
    this.sender.pause(pauseMs);
    this.health.set('throttle', 'degraded', failure.message);
    this.endPause();
    this.endPause = clock.after(pauseMs, () => this.health.set('throttle', 'ready', 'the pause has ended'));
  }

  private emit(event: VenueEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
