import type { VenueCapabilities } from '../../engine/domain/capabilities.ts';
import type { CommandOutcome, Lane, ListedInstrument, OrderLookupRequest } from '../../engine/domain/events.ts';
import { parseClientOrderId } from '../../engine/domain/client-order-id.ts';
import type { AccountId, ClientOrderId, InstrumentId } from '../../engine/domain/identifiers.ts';
import { ordersOf, type Submission } from '../../engine/domain/order.ts';
import { ensure, err, ok, type Result } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { Random } from '../../engine/ports/random.ts';
import type {
  CancelRequest,
  QueryFailure,
  VenueEvent,
  VenueGateway,
  VenueSnapshot,
} from '../../engine/ports/venue-gateway.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import { type CcxtBinance, createCcxtBinance, CredentialsRefused, type VenueEndpoints } from '../ccxt/ccxt-binance.ts';
import type { Secret } from '../keychain/secret.ts';
import { AccountQueries } from './account-queries.ts';
import { ClientIdIndex } from './client-id-index.ts';
import { NOT_CONNECTED, outcomeOf, required } from './command-outcome.ts';
import { type FeeRates, feeRatesOf, listedInstruments, venueLimits } from './listed-instruments.ts';
import { fillsOfReply, type ReportScope, reportOfReply } from './order-reports.ts';
import { marginForm, type MarginAccountKind } from './margin/margin-form.ts';
import { readPrivateEvent } from './private-events.ts';
import { PrivateStream } from './private-stream.ts';
import { type ProductForm, readSpotAccount, SPOT_FORM } from './product-form.ts';
import type { RestClient } from './rest-client.ts';
import { type SymbolMap, symbolMap } from './symbol-map.ts';
import { VenueCare } from './venue-care.ts';
import type { ClockReading } from './venue-clock.ts';
import { stamped } from '../venue-connection/sent-stamp.ts';
import { VenueHealth } from '../venue-connection/venue-health.ts';
import type { WeightLimiter } from './weight-limiter.ts';
import {
  type ExchangeInfoReply,
  exchangeInfoReply,
  type OrderReply,
  orderListReply,
  orderReply,
} from './wire-schemas.ts';

export type BinanceGatewayOptions = {
  readonly accountId: AccountId;
  readonly apiKey: Secret;
  readonly secret: Secret;
  /** Where the practice exchange listens; null for Binance itself. */
  readonly endpoints: VenueEndpoints | null;
  /** Shared by all that talk to this host from this machine, the public feed included. */
  readonly limiter: WeightLimiter;
  /** False: queries alone, for a stop must not wait for a stream; true when absent. */
  readonly privateStream?: boolean;
  /** Trades this margin account of the key instead of its spot account. */
  readonly margin?: MarginAccountKind;
  /** False once another engine life was started: every later command is refused as FENCED. */
  readonly isCurrentEpoch: () => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** What speaks to the venue; ccxt when absent. */
  readonly library?: typeof createCcxtBinance;
};

const REPLY_TIMEOUT_MS = 4_000;
const FINANCES_AFTER_MS = 250;
const EXCHANGE_INFO_WEIGHT = 20;
/** A filter failed, or a number has more digits than the symbol allows; errors.md of the venue's documentation. */
const BROKEN_RULES: ReadonlySet<string> = new Set(['-1013', '-1111']);

/** Binance spot or margin through ccxt: one account. Every command ends in one outcome, no create is ever sent twice. */
export function createBinanceGateway(options: BinanceGatewayOptions): VenueGateway {
  return new BinanceGateway(options);
}

class BinanceGateway implements VenueGateway {
  readonly venue = 'BINANCE';
  readonly accountId: AccountId;
  readonly capabilities: VenueCapabilities;
  private readonly form: ProductForm;
  private readonly options: BinanceGatewayOptions;
  private readonly ccxt: CcxtBinance;
  private readonly care: VenueCare;
  private readonly rest: RestClient;
  private readonly stream: PrivateStream;
  private readonly health = new VenueHealth((event) => this.emit(event));
  private readonly clientIds = new ClientIdIndex();
  private readonly listeners: ((event: VenueEvent) => void)[] = [];
  private symbols: SymbolMap | undefined;
  private queries: AccountQueries | undefined;
  private listingVersion = 0;
  private fees: FeeRates | undefined;
  private isRelisting = false;
  private isRepaying = false;
  private cancelFinances: (() => void) | undefined;

  constructor(options: BinanceGatewayOptions) {
    this.options = options;
    this.accountId = options.accountId;
    this.form = options.margin === undefined ? SPOT_FORM : marginForm(options.margin);
    this.capabilities = this.form.capabilities;
    const { apiKey, secret, endpoints } = options;
    const { product, symbol } = this.form;
    this.ccxt = (options.library ?? createCcxtBinance)(
      { apiKey, secret, endpoints, timeoutMs: REPLY_TIMEOUT_MS, product, marginSymbol: symbol },
      { onEvent: (message) => this.take(message), onDrop: (detail) => this.health.set('stream', 'down', detail) },
    );
    this.care = new VenueCare({
      ...options,
      ccxt: this.ccxt,
      health: this.health,
      onClock: (reading) => this.tellClock(reading),
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
    this.symbols = symbolMap(info, this.form.product);
    this.queries = new AccountQueries({
      rest: this.rest,
      form: this.form,
      accountId: this.accountId,
      symbols: this.symbols,
      clientIds: this.clientIds,
    });
    const account = required(await readSpotAccount(this.rest));
    if (account.canTrade === false)
      throw new CredentialsRefused('expected an account that may trade, was one that may not');
    // A key refused in an earlier try was taken now.
    this.health.set('credentials', 'ready', 'the key is taken');
    this.fees = feeRatesOf(account);
    const instruments = this.listed(info, this.fees);
    if (this.options.privateStream !== false) await this.stream.start();
    return instruments;
  }

  private exchangeInfo(): Promise<Result<ExchangeInfoReply, CallFailure>> {
    const call = 'publicGetExchangeInfo';
    const schema = exchangeInfoReply;
    // Without it no exit can be sent: it does not wait behind the books of many starts.
    return this.rest.query({ call, params: {}, schema, lane: 'reduce', weight: EXCHANGE_INFO_WEIGHT });
  }

  /** Rules change while we are connected: an order made by the old ones was refused, the next is made by the new ones. */
  private async relist(): Promise<void> {
    if (this.isRelisting || this.fees === undefined) return;
    this.isRelisting = true;
    const info = await this.exchangeInfo();
    this.isRelisting = false;
    if (!info.ok) return;
    this.symbols = symbolMap(info.value, this.form.product);
    this.emit({ kind: 'listed', instruments: this.listed(info.value, this.fees) });
  }

  private listed(info: ExchangeInfoReply, fees: FeeRates): readonly ListedInstrument[] {
    const { product, symbol } = this.form;
    const all = listedInstruments(info, fees, ++this.listingVersion, product);
    return symbol === null ? all : all.filter(({ venueSymbol }) => venueSymbol === symbol);
  }

  submit(submission: Submission, lane: Lane): Promise<CommandOutcome> {
    return stamped(this.options.clock, (onSent) => this.place(submission, lane, onSent));
  }

  cancel(request: CancelRequest, lane: Lane): Promise<CommandOutcome> {
    return stamped(this.options.clock, (onSent) => this.withdraw(request, lane, onSent));
  }

  private async withdraw(request: CancelRequest, lane: Lane, onSent: () => void): Promise<CommandOutcome> {
    if (this.symbols === undefined) return NOT_CONNECTED;
    const { venueSymbol, scope } = this.placeOf(request.instrumentId);
    const { calls, common } = this.form;
    this.queries?.noteActivity(venueSymbol);
    const sentUs = this.options.clock.monotonicUs();
    const reply =
      request.listId === null
        ? asList(
            await this.rest.command({
              ...calls.cancel,
              params: { symbol: venueSymbol, ...nameOf(request), ...common },
              schema: orderReply,
              lane,
              onSent,
            }),
          )
        : ofList(
            await this.rest.command({
              ...calls.cancelList,
              params: { symbol: venueSymbol, listClientOrderId: request.listId, ...common },
              schema: orderListReply,
              lane,
              onSent,
            }),
          );
    return reply.ok ? this.accepted(reply.value, scope, sentUs) : outcomeOf(reply.error);
  }

  async modify(): Promise<CommandOutcome> {
    return { kind: 'rejected', venueCode: 'UNSUPPORTED', message: 'expected a cancel and a new order on spot' };
  }

  async snapshot(
    lookups: readonly OrderLookupRequest[],
    instruments: readonly InstrumentId[],
    lane?: Lane,
  ): Promise<Result<VenueSnapshot, QueryFailure>> {
    const result = await ensure(this.queries, 'a connected gateway').snapshot(lookups, instruments, lane);
    if (result.ok) return result;
    const { code, message, retryAfterMs } = result.error;
    return err({ detail: `${code}: ${message}`, retryAfterMs });
  }

  async close(): Promise<void> {
    this.cancelFinances?.();
    this.care.close();
    this.stream.close();
    await this.ccxt.close();
  }

  private async place(submission: Submission, lane: Lane, onSent: () => void): Promise<CommandOutcome> {
    if (this.symbols === undefined) return NOT_CONNECTED;
    const [first] = ordersOf(submission);
    const place = this.placeOf(ensure(first, 'an order in the submission').instrumentId);
    const request = this.form.create(submission, place.venueSymbol);
    if (!request.ok) return { kind: 'rejected', venueCode: 'UNSUPPORTED', message: request.error };
    const common = { ...request.value, lane, weight: this.form.createWeight, onSent };
    this.queries?.noteActivity(place.venueSymbol);
    const sentUs = this.options.clock.monotonicUs();
    const reply =
      submission.kind === 'single'
        ? asList(await this.rest.command({ ...common, schema: orderReply }))
        : ofList(await this.rest.command({ ...common, schema: orderListReply }));
    if (!reply.ok) {
      if (BROKEN_RULES.has(reply.error.code)) void this.relist();
      return outcomeOf(reply.error);
    }
    const missing = ordersOf(submission).find(
      (order) => !reply.value.some((row) => row.clientOrderId === order.clientOrderId),
    );
    if (missing !== undefined) {
      return { kind: 'unknown', reason: `WRONG_ORDER: expected a reply naming ${missing.clientOrderId}, was without` };
    }
    return this.accepted(reply.value, place.scope, sentUs);
  }

  private accepted(rows: readonly OrderReply[], scope: ReportScope, sentUs: number): CommandOutcome {
    if (this.options.privateStream !== false) this.care.expectEcho(sentUs);
    for (const row of rows) {
      this.clientIds.remember(row.symbol, row.orderId, row.origClientOrderId ?? row.clientOrderId);
    }
    return {
      kind: 'accepted',
      reports: rows.map((row) => reportOfReply(row, scope)),
      fills: rows.flatMap((row) => fillsOfReply(row, scope)),
    };
  }

  private take(message: unknown): void {
    this.care.noteEvent();
    const read = readPrivateEvent(message, {
      accountId: this.accountId,
      instrumentOf: (symbol) => this.symbols?.instrumentOf(symbol),
      clientIds: this.clientIds,
    });
    if (read.kind === 'ignored') return;
    if (read.kind === 'unreadable') {
      this.options.logger.error('private event could not be used', { detail: read.detail });
      this.health.askForReconciliation(read.detail);
      return;
    }
    if (read.venueSymbol !== null) this.queries?.noteActivity(read.venueSymbol);
    for (const event of read.events) {
      if (event.kind === 'balances') this.queries?.noteBalances(event.balances);
      if (event.kind === 'balances' && this.form.product === 'MARGIN') this.wantFinances();
      this.emit(event);
      if (event.kind === 'fill') void this.repayAfter(event.fill.clientOrderId);
    }
  }

  /** What ends a position may leave a debt beside the money that pays it. */
  private async repayAfter(clientOrderId: ClientOrderId): Promise<void> {
    const role = parseClientOrderId(clientOrderId)?.role;
    if (this.form.repayIdle === undefined || role === undefined || role === 'entry' || this.isRepaying) return;
    this.isRepaying = true;
    await this.form.repayIdle(this.rest);
    this.isRepaying = false;
  }

  /** The stream tells nothing of debts: they are asked for once what it told has settled. */
  private wantFinances(): void {
    this.cancelFinances ??= this.options.clock.after(FINANCES_AFTER_MS, () => {
      this.cancelFinances = undefined;
      void this.tellFinances();
    });
  }

  private async tellFinances(): Promise<void> {
    const told = await this.queries?.finances();
    if (told === undefined || told === null) return;
    this.emit({ kind: 'balances', balances: told.balances });
    const { positions = [], standing } = told;
    if (standing !== undefined) this.emit({ kind: 'standing', standing, positions });
  }

  private tellClock({ offsetMs, uncertaintyMs }: ClockReading): void {
    this.emit({ kind: 'clock', offsetMs: Math.round(offsetMs), uncertaintyMs: Math.ceil(uncertaintyMs) });
  }

  private placeOf(instrumentId: InstrumentId): { readonly venueSymbol: string; readonly scope: ReportScope } {
    const venueSymbol = ensure(this.symbols, 'a connected gateway').venueSymbolOf(instrumentId);
    return { venueSymbol, scope: { accountId: this.accountId, instrumentId } };
  }

  private emit(event: VenueEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** An adopted order has no id of ours at the venue. */
const nameOf = ({ clientOrderId, venueOrderId }: CancelRequest): Readonly<Record<string, string>> =>
  venueOrderId === undefined ? { origClientOrderId: clientOrderId } : { orderId: venueOrderId };

type Rows = Result<readonly OrderReply[], CallFailure>;
const asList = (reply: Result<OrderReply, CallFailure>): Rows => (reply.ok ? ok([reply.value]) : reply);
const ofList = (reply: Result<{ readonly orderReports: OrderReply[] }, CallFailure>): Rows =>
  reply.ok ? ok(reply.value.orderReports) : reply;
