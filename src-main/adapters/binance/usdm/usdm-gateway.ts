import { capabilitiesOf } from '../../../engine/domain/capabilities.ts';
import type { CommandOutcome, Lane, ListedInstrument, OrderLookupRequest } from '../../../engine/domain/events.ts';
import type { AccountId, InstrumentId } from '../../../engine/domain/identifiers.ts';
import { type OrderReport, ordersOf, type Submission } from '../../../engine/domain/order.ts';
import { ensure, err, ok, type Result } from '../../../engine/domain/result.ts';
import type {
  CancelRequest,
  ModifyRequest,
  QueryFailure,
  VenueEvent,
  VenueGateway,
  VenueSnapshot,
} from '../../../engine/ports/venue-gateway.ts';
import {
  type BinanceCall,
  type CallParams,
  type CcxtBinance,
  createCcxtBinance,
  CredentialsRefused,
} from '../../ccxt/ccxt-binance.ts';
import type { CallFailure } from '../../ccxt/call-failure.ts';
import type { BinanceGatewayOptions } from '../binance-gateway.ts';
import { ClientIdIndex } from '../client-id-index.ts';
import { NOT_CONNECTED, outcomeOf, required } from '../command-outcome.ts';
import { type FeeRates, venueLimits } from '../listed-instruments.ts';
import type { ReportScope } from '../order-reports.ts';
import { PrivateStream } from '../private-stream.ts';
import type { RestClient, RestRequest } from '../rest-client.ts';
import type { SymbolMap } from '../symbol-map.ts';
import { VenueCare } from '../venue-care.ts';
import { stamped } from '../../venue-connection/sent-stamp.ts';
import { VenueHealth } from '../../venue-connection/venue-health.ts';
import { ConditionalIndex } from './conditional-index.ts';
import { readUsdmEvent } from './usdm-events.ts';
import { contractMap, listedContracts } from './usdm-instruments.ts';
import { UsdmQueries } from './usdm-queries.ts';
import { reportOfAlgo, reportOfOrder } from './usdm-reports.ts';
import { usdmRequest } from './usdm-requests.ts';
import {
  algoCanceled,
  algoReply,
  commissionReply,
  countdownReply,
  type ExchangeInfoReply,
  exchangeInfoReply,
  leverageReply,
  listenKeyReply,
  orderReply,
  positionModeReply,
} from './usdm-wire.ts';

export type UsdmGatewayOptions = BinanceGatewayOptions & {
  /** Set on these contracts at each connect; null leaves what the account has. */
  readonly leverage: { readonly ratio: number; readonly instruments: readonly InstrumentId[] } | null;
};

const REPLY_TIMEOUT_MS = 4_000;
/** A listen key lives for an hour unless kept alive. */
const KEEP_ALIVE_MS = 20 * 60_000;
const NO_LISTEN_KEY = '-1125';
/** "Unknown order sent.": it may be in the other order space. */
const NO_SUCH_OPEN_ORDER = '-2011';
/** A number has more digits than the contract allows, is too small, too large or outside its band. */
const BROKEN_RULES: ReadonlySet<string> = new Set('-1111 -4003 -4004 -4005 -4014 -4016 -4024 -4164'.split(' '));

/** Binance USD-M futures through ccxt: one account in one-way mode, cross margin. No create is ever sent twice. */
export function createUsdmGateway(options: UsdmGatewayOptions): VenueGateway {
  return new UsdmGateway(options);
}

class UsdmGateway implements VenueGateway {
  readonly venue = 'BINANCE';
  readonly accountId: AccountId;
  readonly capabilities = capabilitiesOf('BINANCE', 'USDM');
  private readonly options: UsdmGatewayOptions;
  private readonly ccxt: CcxtBinance;
  private readonly care: VenueCare;
  private readonly rest: RestClient;
  private readonly stream: PrivateStream;
  private readonly health = new VenueHealth((event) => this.emit(event));
  private readonly clientIds = new ClientIdIndex();
  private readonly conditionals = new ConditionalIndex();
  private readonly locked = new Map<string, string>();
  private readonly listeners: ((event: VenueEvent) => void)[] = [];
  private readonly touched = new Set<string>();
  private symbols: SymbolMap | undefined;
  private queries: UsdmQueries | undefined;
  private stopKeepAlive: () => void = () => undefined;
  private listingVersion = 0;
  private fees: FeeRates | undefined;
  private isRelisting = false;

  constructor(options: UsdmGatewayOptions) {
    this.options = options;
    this.accountId = options.accountId;
    const { apiKey, secret, endpoints } = options;
    this.ccxt = (options.library ?? createCcxtBinance)(
      { apiKey, secret, endpoints, timeoutMs: REPLY_TIMEOUT_MS, product: 'USDM' },
      { onEvent: (message) => this.take(message), onDrop: (detail) => this.health.set('stream', 'down', detail) },
    );
    this.care = new VenueCare({
      ...options,
      ccxt: this.ccxt,
      health: this.health,
      timeCall: 'fapiPublicGetTime',
      onClock: ({ offsetMs, uncertaintyMs }) =>
        this.emit({ kind: 'clock', offsetMs: Math.round(offsetMs), uncertaintyMs: Math.ceil(uncertaintyMs) }),
    });
    this.rest = this.care.rest;
    this.stream = new PrivateStream({
      ccxt: this.ccxt,
      clock: options.clock,
      random: options.random,
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
    await this.care.start();
    const info = required(await this.exchangeInfo());
    this.options.limiter.setLimits(venueLimits(info));
    this.symbols = contractMap(info);
    const { rest, accountId, symbols, clientIds, conditionals } = this;
    this.queries = new UsdmQueries({ rest, accountId, symbols, clientIds, conditionals });
    await this.requireOneWayMode();
    this.fees = await this.feesOf(info.symbols[0]?.symbol);
    const instruments = listedContracts(info, this.fees, ++this.listingVersion);
    await this.setLeverage();
    if (this.options.privateStream !== false) {
      await this.stream.start();
      this.stopKeepAlive();
      this.stopKeepAlive = this.options.clock.every(KEEP_ALIVE_MS, () => void this.keepAlive());
    }
    return instruments;
  }

  /** Without it no exit can be sent. */
  private exchangeInfo(): Promise<Result<ExchangeInfoReply, CallFailure>> {
    const common = { params: {}, lane: 'reduce', weight: 1 } as const;
    return this.rest.query({ ...common, call: 'fapiPublicGetExchangeInfo', schema: exchangeInfoReply });
  }

  /** Rules change while we are connected: an order made by the old ones was refused, the next is made by the new ones. */
  private async relist(): Promise<void> {
    if (this.isRelisting || this.fees === undefined) return;
    this.isRelisting = true;
    const info = await this.exchangeInfo();
    this.isRelisting = false;
    if (!info.ok) return;
    this.symbols = contractMap(info.value);
    this.emit({ kind: 'listed', instruments: listedContracts(info.value, this.fees, ++this.listingVersion) });
  }

  submit(submission: Submission, lane: Lane): Promise<CommandOutcome> {
    return stamped(this.options.clock, (onSent) => this.place(submission, lane, onSent));
  }

  private async place(submission: Submission, lane: Lane, onSent: () => void): Promise<CommandOutcome> {
    if (this.symbols === undefined) return NOT_CONNECTED;
    const spec = ensure(ordersOf(submission)[0], 'an order in the submission');
    const place = this.placeOf(spec.instrumentId);
    const request = usdmRequest(submission, place.venueSymbol);
    if (!request.ok) return { kind: 'rejected', venueCode: 'UNSUPPORTED', message: request.error };
    this.noteActivity(place.venueSymbol);
    const sentUs = this.options.clock.monotonicUs();
    const { params, space } = request.value;
    const common = { params, lane, weight: 1, orders: 1, onSent };
    const report =
      space === 'ordinary'
        ? mapped(await this.rest.command({ ...common, call: 'fapiPrivatePostOrder', schema: orderReply }), (reply) =>
            this.ordinary(reply, place.scope),
          )
        : mapped(
            await this.rest.command({ ...common, call: 'fapiPrivatePostAlgoOrder', schema: algoReply }),
            (reply) => {
              this.conditionals.remember(reply);
              return reportOfAlgo(reply, place.scope);
            },
          );
    if (report.ok && report.value.clientOrderId !== spec.clientOrderId) {
      return { kind: 'unknown', reason: `WRONG_ORDER: expected a reply naming ${spec.clientOrderId}, was without` };
    }
    return this.answered(report, sentUs);
  }

  /** An order that waits for its trigger is in the conditional space; once triggered it is an ordinary one. */
  cancel(request: CancelRequest, lane: Lane): Promise<CommandOutcome> {
    return stamped(this.options.clock, (onSent) => this.withdraw(request, lane, onSent));
  }

  private async withdraw(request: CancelRequest, lane: Lane, onSent: () => void): Promise<CommandOutcome> {
    if (this.symbols === undefined) return NOT_CONNECTED;
    const place = this.placeOf(request.instrumentId);
    this.noteActivity(place.venueSymbol);
    const sentUs = this.options.clock.monotonicUs();
    const { clientOrderId } = request;
    if (this.conditionals.of(clientOrderId) !== undefined) {
      const reply = await this.rest.command({
        call: 'fapiPrivateDeleteAlgoOrder',
        params: { clientAlgoId: clientOrderId },
        schema: algoCanceled,
        lane,
        weight: 1,
        onSent,
      });
      if (reply.ok) return { kind: 'accepted', reports: [], fills: [] };
      if (reply.error.code !== NO_SUCH_OPEN_ORDER) return outcomeOf(reply.error);
    }
    const reply = await this.rest.command({
      call: 'fapiPrivateDeleteOrder',
      params: { symbol: place.venueSymbol, origClientOrderId: clientOrderId },
      schema: orderReply,
      lane,
      weight: 1,
      onSent,
    });
    return this.answered(
      mapped(reply, (row) => this.ordinary(row, place.scope)),
      sentUs,
    );
  }

  /** Limit orders only; both price and quantity go to the venue, so what stays is asked for first. */
  async modify(request: ModifyRequest, lane: Lane): Promise<CommandOutcome> {
    if (this.symbols === undefined) return NOT_CONNECTED;
    if (request.triggerPrice !== null || this.conditionals.of(request.clientOrderId) !== undefined) {
      return {
        kind: 'rejected',
        venueCode: 'UNSUPPORTED',
        message: 'expected an order without a trigger, was one with',
      };
    }
    const place = this.placeOf(request.instrumentId);
    const names = { symbol: place.venueSymbol, origClientOrderId: request.clientOrderId };
    const current = await this.query('fapiPrivateGetOrder', names, orderReply, 1);
    if (!current.ok) {
      const { code, message } = current.error;
      // The change itself was never sent.
      return { kind: 'rejected', venueCode: code, message, unread: true };
    }
    this.noteActivity(place.venueSymbol);
    const sentUs = this.options.clock.monotonicUs();
    const { side, price, origQty } = current.value;
    const reply = await this.rest.command({
      call: 'fapiPrivatePutOrder',
      params: { ...names, side, price: request.price ?? price, quantity: request.quantity ?? origQty },
      schema: orderReply,
      lane,
      weight: 1,
      orders: 1,
    });
    return this.answered(
      mapped(reply, (row) => this.ordinary(row, place.scope)),
      sentUs,
    );
  }

  /** Counts down on every contract that was traded in this connection. Accepted when all are armed. */
  async armDeadMan(timeoutMs: number): Promise<CommandOutcome> {
    for (const symbol of this.touched) {
      const reply = await this.rest.command({
        call: 'fapiPrivatePostCountdownCancelAll',
        params: { symbol, countdownTime: timeoutMs },
        schema: countdownReply,
        lane: 'cancel',
        weight: 10,
      });
      if (!reply.ok) return outcomeOf(reply.error);
    }
    return { kind: 'accepted', reports: [], fills: [] };
  }

  async snapshot(
    lookups: readonly OrderLookupRequest[],
    instruments: readonly InstrumentId[],
    lane?: Lane,
  ): Promise<Result<VenueSnapshot, QueryFailure>> {
    const result = await ensure(this.queries, 'a connected gateway').snapshot(lookups, instruments, lane);
    if (result.ok) {
      for (const { asset, locked } of result.value.balances) this.locked.set(asset, locked);
      return result;
    }
    const { code, message, retryAfterMs } = result.error;
    return err({ detail: `${code}: ${message}`, retryAfterMs });
  }

  async close(): Promise<void> {
    this.stopKeepAlive();
    this.care.close();
    this.stream.close();
    await this.ccxt.close();
  }

  private ordinary(reply: Parameters<typeof reportOfOrder>[0], scope: ReportScope): OrderReport {
    this.clientIds.remember(reply.symbol, reply.orderId, reply.clientOrderId);
    return reportOfOrder(reply, scope, this.conditionals.of(reply.clientOrderId));
  }

  private answered(report: Result<OrderReport, CallFailure>, sentUs: number): CommandOutcome {
    if (!report.ok) {
      if (BROKEN_RULES.has(report.error.code)) void this.relist();
      return outcomeOf(report.error);
    }
    if (this.options.privateStream !== false) this.care.expectEcho(sentUs);
    return { kind: 'accepted', reports: [report.value], fills: [] };
  }

  private noteActivity(venueSymbol: string): void {
    this.touched.add(venueSymbol);
    this.queries?.noteActivity(venueSymbol);
  }

  private async requireOneWayMode(): Promise<void> {
    const mode = required(await this.query('fapiPrivateGetPositionSideDual', {}, positionModeReply, 30));
    if (mode.dualSidePosition) throw new CredentialsRefused('expected an account in one-way mode, was in hedge mode');
  }

  /** Rates go by the account's tier, the same for all contracts. */
  private async feesOf(symbol: string | undefined): Promise<FeeRates> {
    const rates = required(
      await this.query('fapiPrivateGetCommissionRate', { symbol: symbol ?? '' }, commissionReply, 20),
    );
    return { maker: rates.makerCommissionRate, taker: rates.takerCommissionRate };
  }

  private async setLeverage(): Promise<void> {
    const { leverage } = this.options;
    for (const id of leverage?.instruments ?? []) {
      required(
        await this.rest.command({
          call: 'fapiPrivatePostLeverage',
          params: { symbol: this.placeOf(id).venueSymbol, leverage: leverage?.ratio ?? 1 },
          schema: leverageReply,
          lane: 'query',
          weight: 1,
        }),
      );
    }
  }

  private async keepAlive(): Promise<void> {
    const kept = await this.query('fapiPrivatePutListenKey', {}, listenKeyReply, 1);
    if (!kept.ok && kept.error.code === NO_LISTEN_KEY) this.ccxt.dropStream('the listen key has run out');
  }

  private query<T>(
    call: BinanceCall,
    params: CallParams,
    schema: RestRequest<T>['schema'],
    weight: number,
  ): Promise<Result<T, CallFailure>> {
    return this.rest.query({ call, params, schema, lane: 'query', weight });
  }

  private take(message: unknown): void {
    this.care.noteEvent();
    const read = readUsdmEvent(message, {
      accountId: this.accountId,
      instrumentOf: (symbol) => this.symbols?.instrumentOf(symbol),
      clientIds: this.clientIds,
      conditionals: this.conditionals,
      lockedOf: (asset) => this.locked.get(asset) ?? '0',
    });
    if (read.kind === 'ignored') return;
    if (read.kind === 'unreadable') {
      this.options.logger.error('private event could not be used', { detail: read.detail });
      this.health.askForReconciliation(read.detail);
      return;
    }
    if (read.venueSymbol !== null) this.noteActivity(read.venueSymbol);
    for (const event of read.events) this.emit(event);
    if (read.isCharged === true) void this.tellFunding();
  }

  private async tellFunding(): Promise<void> {
    for (const charge of (await this.queries?.newFunding()) ?? []) this.emit({ kind: 'charge', charge });
  }

  private placeOf(instrumentId: InstrumentId): { readonly venueSymbol: string; readonly scope: ReportScope } {
    const venueSymbol = ensure(this.symbols, 'a connected gateway').venueSymbolOf(instrumentId);
    return { venueSymbol, scope: { accountId: this.accountId, instrumentId } };
  }

  private emit(event: VenueEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

const mapped = <T>(reply: Result<T, CallFailure>, make: (value: T) => OrderReport): Result<OrderReport, CallFailure> =>
  reply.ok ? ok(make(reply.value)) : reply;
