import { capabilitiesOf, type VenueCapabilities } from '../../engine/domain/capabilities.ts';
import { compareDecimals, decimal } from '../../engine/domain/decimal.ts';
import type { CommandOutcome, Lane, ListedInstrument, OrderLookupRequest } from '../../engine/domain/events.ts';
import { abilitiesOf, type GenericVenue } from '../../engine/domain/generic-venues.ts';
import type { AccountId, InstrumentId } from '../../engine/domain/identifiers.ts';
import type { OrderSpec, Submission } from '../../engine/domain/order.ts';
import { ensure, err, ok, type Result } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type {
  CancelRequest,
  QueryFailure,
  VenueEvent,
  VenueGateway,
  VenueSnapshot,
} from '../../engine/ports/venue-gateway.ts';
import { NOT_CONNECTED, outcomeOf, required } from '../binance/command-outcome.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import { CredentialsRefused } from '../ccxt/ccxt-binance.ts';
import { checkedReply } from '../kraken/checked-reply.ts';
import { VenueHealth } from '../venue-connection/venue-health.ts';
import { AccountQueries } from './account-queries.ts';
import { type CcxtClass, type CcxtExchange, loadCcxtClass } from './ccxt-exchange.ts';
import { type Credentials, ExchangeCalls } from './exchange-calls.ts';
import { KnownOrders } from './known-orders.ts';
import { type KnownMarket, listedMarkets } from './listed-markets.ts';
import { reportOf } from './order-reading.ts';
import { OrderWatch } from './order-watch.ts';
import { ownIdIn, unifiedOrder } from './unified-replies.ts';

export type GenericGatewayOptions = {
  readonly accountId: AccountId;
  readonly venue: GenericVenue;
  readonly credentials: Credentials;
  /** What is traded: open orders and trades are asked for market by market. */
  readonly instruments: readonly InstrumentId[];
  /** False: queries alone, for a stop must not wait for a stream; true when absent. */
  readonly privateStream?: boolean;
  /** False once another engine life was started: every later command is refused as FENCED. */
  readonly isCurrentEpoch: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The class of ccxt; that of the venue when absent. */
  readonly load?: (id: string) => Promise<CcxtClass>;
  /** Points it at another host than the venue's, such as a practice exchange. */
  readonly pointAt?: (exchange: CcxtExchange) => void;
};

const CLOCK_CHECK_MS = 300_000;

/**
 * One spot account at a venue that ccxt alone knows, by its unified calls. Every command ends in one outcome, no create is
 * ever sent twice.
 */
export const createGenericGateway = (options: GenericGatewayOptions): VenueGateway => new GenericGateway(options);

type Placing = {
  readonly order: OrderSpec;
  readonly market: KnownMarket;
  readonly lane: Lane;
  readonly onSent: () => void;
};

type Connected = {
  readonly calls: ExchangeCalls;
  readonly queries: AccountQueries;
  readonly watch: OrderWatch;
  readonly markets: ReadonlyMap<InstrumentId, KnownMarket>;
};

class GenericGateway implements VenueGateway {
  readonly venue: GenericVenue;
  readonly accountId: AccountId;
  readonly capabilities: VenueCapabilities;
  private readonly options: GenericGatewayOptions;
  private readonly orders = new KnownOrders();
  private readonly health = new VenueHealth((event) => this.emit(event));
  private readonly listeners: ((event: VenueEvent) => void)[] = [];
  private calls: ExchangeCalls | undefined;
  private connected: Connected | undefined;
  private listingVersion = 0;
  private stopClockChecks: () => void = () => undefined;
  private endPause: () => void = () => undefined;

  constructor(options: GenericGatewayOptions) {
    this.options = options;
    this.venue = options.venue;
    this.accountId = options.accountId;
    this.capabilities = capabilitiesOf(options.venue, 'SPOT');
  }

  onEvent(listener: (event: VenueEvent) => void): void {
    this.listeners.push(listener);
  }

  async connect(): Promise<readonly ListedInstrument[]> {
    this.health.set('stream', 'connecting', 'connecting');
    await this.disconnect();
    const { venue, options } = this;
    const type = await (options.load ?? loadCcxtClass)(venue.toLowerCase());
    const { credentials, pointAt } = options;
    const calls = new ExchangeCalls(type, { clock: options.clock, credentials, ...(pointAt && { pointAt }) });
    this.calls = calls;
    requireCredentials(calls.exchange, credentials);
    const { precisionMode } = calls.exchange;
    const listing = { venue, precisionMode, version: ++this.listingVersion, wanted: options.instruments };
    const known = listedMarkets(required(await calls.call((exchange) => exchange.loadMarkets())), listing);
    const markets = new Map(known.map((market) => [market.instrument.id, market]));
    const queries = new AccountQueries({
      ...{ calls, markets, accountId: this.accountId, orders: this.orders },
      findsByClientId: abilitiesOf(venue).has('lookup'),
      onFailure: (failure) => this.remedy(failure),
    });
    required(await queries.balances());
    const watch = new OrderWatch({
      ...{ queries, calls, clock: options.clock, emit: (event) => this.emit(event) },
      onHeard: () => this.health.set('stream', 'ready', 'asked and answered'),
    });
    this.connected = { calls, queries, watch, markets };
    await this.startClock(calls);
    // A key refused in an earlier try was taken now.
    this.health.set('credentials', 'ready', 'the key is taken');
    this.health.set('stream', 'ready', 'asked and answered');
    if (options.privateStream !== false) watch.listen(known);
    return known.map(({ instrument }) => instrument);
  }

  async submit(submission: Submission, lane: Lane): Promise<CommandOutcome> {
    const { connected } = this;
    if (connected === undefined) return NOT_CONNECTED;
    if (submission.kind !== 'single') return unsupported('expected one order at a time, was a list');
    const { order } = submission;
    const market = connected.markets.get(order.instrumentId);
    const refusal = market === undefined ? `${order.instrumentId} is not traded here` : this.refusal(order, market);
    if (market === undefined || refusal !== null) return unsupported(refusal ?? '');
    return this.stamped((onSent) => this.place({ order, market, lane, onSent }, connected));
  }

  async cancel(request: CancelRequest, lane: Lane): Promise<CommandOutcome> {
    const { connected } = this;
    const market = connected?.markets.get(request.instrumentId);
    if (connected === undefined || market === undefined) return NOT_CONNECTED;
    const { venueOrderId: adopted, clientOrderId } = request;
    const found = adopted === undefined ? await connected.queries.venueIdOf(clientOrderId, market) : ok(adopted);
    if (!found.ok) return notFound(`${found.error.code}: ${found.error.message}`);
    const venueId = found.value;
    if (venueId === null) return notFound('expected an order whose id at the venue is known, was none');
    return this.stamped(async (onSent) => {
      const isAllowed = this.options.isCurrentEpoch;
      const reply = await connected.calls.call((exchange) => exchange.cancelOrder(venueId, market.symbol), {
        ...{ lane, isAllowed, onSent },
      });
      connected.watch.ring(market);
      if (reply.ok) return { kind: 'accepted', reports: [], fills: [] };
      this.remedy(reply.error);
      return outcomeOf(reply.error);
    });
  }

  async modify(): Promise<CommandOutcome> {
    return unsupported('expected a cancel and a new order');
  }

  async snapshot(lookups: readonly OrderLookupRequest[]): Promise<Result<VenueSnapshot, QueryFailure>> {
    const result = await ensure(this.connected, 'a connected gateway').queries.snapshot(lookups);
    if (result.ok) {
      this.health.set('stream', 'ready', 'asked and answered');
      return result;
    }
    const { code, message, retryAfterMs } = result.error;
    return err({ detail: `${code}: ${message}`, retryAfterMs });
  }

  async close(): Promise<void> {
    this.endPause();
    await this.disconnect();
  }

  private async disconnect(): Promise<void> {
    const { calls, connected } = this;
    this.connected = undefined;
    this.calls = undefined;
    this.stopClockChecks();
    connected?.watch.close();
    await calls?.close();
  }

  /** Why an order does not go there; null when it does. ccxt rounds on its way: what it would send has to be what was decided. */
  private refusal({ type, timeInForce, quantity, price }: OrderSpec, { symbol }: KnownMarket): string | null {
    const { orderTypes, timesInForce } = this.capabilities;
    if (!orderTypes.includes(type)) return `expected one of the types ${orderTypes.join(', ')}, was ${type}`;
    if (timeInForce !== null && !timesInForce.includes(timeInForce)) {
      return `expected one of ${timesInForce.join(', ')}, was ${timeInForce}`;
    }
    const { exchange } = ensure(this.connected, 'a connected gateway').calls;
    try {
      const sent = exchange.amountToPrecision(symbol, quantity);
      if (differs(sent, quantity)) return `expected the quantity ${quantity} to be sent as it is, was ${sent}`;
      const sentPrice = price === null ? null : exchange.priceToPrecision(symbol, price);
      if (price !== null && sentPrice !== null && differs(sentPrice, price)) {
        return `expected the price ${price} to be sent as it is, was ${sentPrice}`;
      }
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return null;
  }

  private async place({ order, market, lane, onSent }: Placing, { calls, watch }: Connected): Promise<CommandOutcome> {
    const { clientOrderId, side, quantity, price } = order;
    const kind = order.type === 'market' ? 'market' : 'limit';
    const reply = await calls.call(
      (exchange) => exchange.createOrder(market.symbol, kind, side, quantity, price ?? undefined, paramsOf(order)),
      { lane, isAllowed: this.options.isCurrentEpoch, onSent },
    );
    const read = checkedReply(reply, { call: 'a create', schema: unifiedOrder });
    // Whatever became of it shows in the trades.
    watch.ring(market);
    if (!read.ok) {
      this.remedy(read.error);
      return outcomeOf(read.error);
    }
    const echoed = ownIdIn(read.value.clientOrderId);
    if (echoed !== null && echoed !== clientOrderId) {
      return { kind: 'unknown', reason: `WRONG_ORDER: expected a reply naming ${clientOrderId}, was ${echoed}` };
    }
    this.orders.remember(read.value.id, clientOrderId);
    const { accountId } = this;
    const place = { accountId, instrumentId: order.instrumentId, clientOrderId, sent: order };
    const report = reportOf(read.value, place);
    if (report === undefined) return { kind: 'accepted', reports: [], fills: [] };
    watch.follow(clientOrderId, report, market);
    return { kind: 'accepted', reports: [report], fills: [] };
  }

  /** Adds when the request went out: what waited for ccxt's limiter was decided earlier. */
  private async stamped(send: (onSent: () => void) => Promise<CommandOutcome>): Promise<CommandOutcome> {
    let sentAtUs: number | undefined;
    const outcome = await send(() => (sentAtUs = this.options.clock.nowUs()));
    return sentAtUs === undefined ? outcome : { ...outcome, sentAtUs };
  }

  private async startClock(calls: ExchangeCalls): Promise<void> {
    if (calls.exchange.has['fetchTime'] !== true) return;
    await this.checkClock(calls);
    this.stopClockChecks = this.options.clock.every(CLOCK_CHECK_MS, () => void this.checkClock(calls));
  }

  /** A failed measurement says nothing. */
  private async checkClock(calls: ExchangeCalls): Promise<void> {
    const { clock } = this.options;
    const [startUs, wallMs] = [clock.monotonicUs(), clock.nowUs() / 1_000];
    const reply = await calls.call((exchange) => exchange.fetchTime());
    if (!reply.ok || typeof reply.value !== 'number') return;
    const halfWayMs = (clock.monotonicUs() - startUs) / 2_000;
    const offsetMs = Math.round(reply.value - (wallMs + halfWayMs));
    this.emit({ kind: 'clock', offsetMs, uncertaintyMs: Math.ceil(halfWayMs) });
  }

  private remedy(failure: CallFailure): void {
    const { logger, clock } = this.options;
    const isOrdinary = failure.outcome === 'rejected' && failure.remedy === 'none';
    logger[isOrdinary ? 'debug' : 'warn']('venue call failed', { venue: this.venue, failure });
    if (failure.remedy === 'refuseCredentials') this.health.set('credentials', 'down', failure.message);
    if (failure.outcome === 'unknown') this.health.set('stream', 'degraded', failure.message);
    if (failure.remedy !== 'pause') return;
    this.health.set('throttle', 'degraded', failure.message);
    this.endPause();
    const pauseMs = failure.retryAfterMs ?? 0;
    this.endPause = clock.after(pauseMs, () => this.health.set('throttle', 'ready', 'the pause has ended'));
  }

  private emit(event: VenueEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** Nothing was sent. */
const unsupported = (message: string): CommandOutcome => ({ kind: 'rejected', venueCode: 'UNSUPPORTED', message });

const notFound = (message: string): CommandOutcome => ({
  ...{ kind: 'rejected', venueCode: 'NOT_FOUND', message },
  unread: true,
});

const paramsOf = ({ clientOrderId, type, timeInForce }: OrderSpec): Readonly<Record<string, unknown>> => ({
  clientOrderId,
  ...(timeInForce === 'ioc' || timeInForce === 'fok' ? { timeInForce: timeInForce.toUpperCase() } : {}),
  ...(type === 'limitMaker' ? { postOnly: true } : {}),
});

const differs = (a: string, b: string): boolean => compareDecimals(decimal(a), decimal(b)) !== 0;

const GIVEN: readonly string[] = ['apiKey', 'secret'];

/** Throws CredentialsRefused naming what the venue asks for besides a key and its secret. */
function requireCredentials({ id, requiredCredentials }: CcxtExchange, { password }: Credentials): void {
  const lacking = Object.entries(requiredCredentials).filter(
    ([name, isRequired]) => isRequired && !GIVEN.includes(name) && !(name === 'password' && password !== undefined),
  );
  if (lacking.length === 0) return;
  throw new CredentialsRefused(`expected ${lacking.map(([name]) => name).join(', ')} of ${id} too, was without`);
}
