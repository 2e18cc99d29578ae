import { createCore, type Core } from '../core.ts';
import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { BracketRequest, Command, CommandEnvelope } from '../domain/command.ts';
import type { Config } from '../domain/config.ts';
import type { AccountSetup, CommandOutcome, Decision, EngineInput, ListedInstrument } from '../domain/events.ts';
import { accountId, commandId, type ClientOrderId, type InstrumentId } from '../domain/identifiers.ts';
import type { PriceReference } from '../domain/market.ts';
import { ordersOf } from '../domain/order.ts';
import type { VenueEvent } from '../ports/venue-gateway.ts';
import { VenueDouble } from './venue-double.ts';

export const ACCOUNT = accountId('paper-1');
export const BTC = 'BTC/USDT.BINANCE.SPOT' as InstrumentId;

export const LISTED: ListedInstrument = {
  id: BTC,
  version: 1,
  venueSymbol: 'BTCUSDT',
  tickSize: '0.01',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '1000',
  minNotional: '10',
  priceBand: null,
  maxOrders: 200,
  maxStopOrders: 50,
  makerFee: '0.001',
  takerFee: '0.001',
};

export const PRICES: PriceReference = {
  bid: '99.99',
  bidQuantity: '5.000',
  ask: '100.01',
  askQuantity: '5.000',
  bookAgeUs: 1_000,
  lastTrade: '100.00',
  lastTradeAgeUs: 500_000,
  barClose: '100.00',
  barCloseAgeUs: 0,
};

export const CONFIG: Config = {
  schemaVersion: 1,
  reportingAsset: 'USDT',
  risk: {
    maxOrderNotionalRatio: '0.10',
    maxPositionNotionalRatio: '0.50',
    priceCollarRatio: '0.05',
    maxReferenceAgeMs: 5_000,
    reservedOrderSlots: 10,
    maxDayLossRatio: '0.05',
    maxEntriesPerMinute: 1_000,
    maxClockDriftMs: 1_000,
    dayStartMinuteUtc: 0,
  },
  execution: {
    protectionGraceMs: 1_000,
    protectionAttempts: 3,
    stopEscalationMs: 5_000,
    commandTimeoutMs: 5_000,
    entryExpiryBars: 3,
    reconcileIntervalMs: 60_000,
    missedReportMs: 1_000,
    deadManMs: 60_000,
    breakerFailures: 5,
    breakerSlowAnswers: 3,
    breakerSlowMs: 1_000,
    breakerCoolDownMs: 30_000,
    breakerMaxCoolDownMs: 60_000,
    futuresLeverage: 1,
    marginLeverage: 2,
  },
  strategies: [],
};

export const bracket = (over: Partial<BracketRequest> = {}): BracketRequest => ({
  accountId: ACCOUNT,
  strategyId: null,
  instrumentId: BTC,
  side: 'buy',
  entry: 'fok',
  quantity: '1.000',
  limitPrice: over.entry === 'resting' ? '99.99' : '100.05',
  stopTrigger: '98.00',
  stopLimit: '97.50',
  target: '104.00',
  ...over,
});

const STALE: CommandOutcome = {
  kind: 'rejected',
  venueCode: '-1021',
  message: 'Timestamp for this request is outside of the recvWindow.',
  unread: true,
};

type Applied = { readonly sequence: number; readonly timeUs: number; readonly input: EngineInput };
const START_US = 1_704_272_400_000_000;

/** A core with venues in memory on one virtual time line; what a shell does, without its ports. */
export class CoreSession {
  core: Core = createCore();
  readonly venues: readonly VenueDouble[];
  readonly inputs: Applied[] = [];
  readonly decisions: Decision[] = [];
  /** Effects not carried out yet. */
  readonly effects: Decision[] = [];
  timeUs = START_US;
  /** What becomes of the answers to commands: delivered, or lost after the venue acted. */
  answers: 'deliver' | 'lose' = 'deliver';
  /** False: requests die on the way, queries fail. */
  isReachable = true;
  private commands = 0;
  private readonly decidedAtUs = new WeakMap<Decision, number>();

  constructor(accounts: readonly string[] = ['paper-1']) {
    this.venues = accounts.map((name) => new VenueDouble(accountId(name)));
  }

  get venue(): VenueDouble {
    return this.venueOf(ACCOUNT);
  }

  venueOf(account: string): VenueDouble {
    const venue = this.venues.find((candidate) => candidate.accountId === account);
    if (venue === undefined) throw new Error(`expected an account of the session, was ${account}`);
    return venue;
  }

  dispatch(input: EngineInput): readonly Decision[] {
    const sequence = this.inputs.length + 1;
    this.inputs.push({ sequence, timeUs: this.timeUs, input: structuredClone(input) });
    const decisions = this.core.apply(sequence, this.timeUs, input);
    this.decisions.push(...decisions);
    this.effects.push(...decisions);
    for (const decision of decisions) this.decidedAtUs.set(decision, this.timeUs);
    return decisions;
  }

  start(config: Config = CONFIG, epoch = 1): void {
    const accounts = this.venues.map(({ accountId }): AccountSetup => ({ accountId, venue: 'BINANCE', mode: 'paper' }));
    const installation = '0a1b2c3d';
    this.dispatch({ kind: 'engine.started', engineEpoch: epoch, installation, seed: '1', config, accounts });
    this.dispatch({ kind: 'instruments.listed', instruments: [LISTED] });
    this.dispatch({ kind: 'feed.changed', instrumentId: BTC, state: 'live', ageUs: 0 });
    this.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId: BTC, reference: PRICES }] });
    for (const { accountId } of this.venues) {
      this.dispatch({ kind: 'venue.changed', accountId, state: 'ready', detail: '' });
    }
    this.pump();
  }

  command(command: Command, over: Partial<CommandEnvelope> = {}): readonly Decision[] {
    const envelope: CommandEnvelope = {
      commandId: commandId(`c${++this.commands}`),
      actor: 'trader',
      roles: ['trader'],
      origin: 'button',
      issuedAtUs: this.timeUs,
      expiresAtUs: this.timeUs + 5_000_000,
      command,
      ...over,
    };
    return this.dispatch({ kind: 'command.received', envelope, reference: PRICES });
  }

  /** Carries out effects and delivers events until nothing moves. */
  pump(): void {
    for (;;) {
      const effect = this.effects.shift();
      if (effect !== undefined) this.carryOut(effect);
      const isMoved = this.venues.some((venue) => this.deliver(venue.events.shift()));
      if (effect === undefined && !isMoved) return;
    }
  }

  /** Lets time pass in ticks of a second. */
  advance(ms: number): void {
    for (let left = ms; left > 0; left -= 1_000) {
      this.timeUs += Math.min(left, 1_000) * 1_000;
      this.dispatch({ kind: 'clock.ticked' });
      this.pump();
    }
  }

  carryOut(effect: Decision): void {
    if (!this.isReachable) {
      this.fail(effect);
      return;
    }
    if (effect.kind === 'order.submit') {
      const specs = ordersOf(effect.submission);
      const venue = this.venueOf(specs[0]!.accountId);
      venue.timeUs = this.timeUs;
      const clientOrderIds = specs.map((spec) => spec.clientOrderId);
      const outcome = this.isStale(effect) ? STALE : venue.submit(effect.submission);
      this.answer({ kind: 'submit.answered', clientOrderIds, outcome });
    }
    if (effect.kind === 'order.cancel') {
      const outcome = this.venueOf(effect.accountId).cancel(effect.clientOrderId, effect.listId, effect.venueOrderId);
      this.answer({ kind: 'cancel.answered', clientOrderId: effect.clientOrderId, outcome });
    }
    if (effect.kind === 'order.modify') {
      const outcome = this.venueOf(effect.accountId).modify(effect);
      this.answer({ kind: 'modify.answered', clientOrderId: effect.clientOrderId, outcome });
    }
    if (effect.kind === 'venue.reconcile') {
      const { accountId, lookups } = effect;
      this.dispatch({ kind: 'venue.reconciled', accountId, ...this.venueOf(accountId).snapshot(lookups) });
    }
  }

  /** Signed when it was decided, it arrives after its deadline. */
  private isStale(effect: Extract<Decision, { readonly kind: 'order.submit' }>): boolean {
    const { createDeadlineMs } = capabilitiesOfInstrument(ordersOf(effect.submission)[0]!.instrumentId);
    const ageUs = this.timeUs - (this.decidedAtUs.get(effect) ?? this.timeUs);
    return createDeadlineMs !== null && ageUs > createDeadlineMs * 1_000;
  }

  private fail(effect: Decision): void {
    const outcome: CommandOutcome = { kind: 'unknown', reason: 'unreachable' };
    if (effect.kind === 'order.submit') {
      const clientOrderIds = ordersOf(effect.submission).map((spec) => spec.clientOrderId);
      this.dispatch({ kind: 'submit.answered', clientOrderIds, outcome });
    }
    if (effect.kind === 'order.cancel') {
      this.dispatch({ kind: 'cancel.answered', clientOrderId: effect.clientOrderId, outcome });
    }
    if (effect.kind === 'order.modify') {
      this.dispatch({ kind: 'modify.answered', clientOrderId: effect.clientOrderId, outcome });
    }
    if (effect.kind === 'venue.reconcile') {
      this.dispatch({ kind: 'venue.reconcileFailed', accountId: effect.accountId, detail: 'unreachable' });
    }
  }

  deliver(event: VenueEvent | undefined): boolean {
    if (event?.kind === 'fill') this.dispatch({ kind: 'order.filled', fill: event.fill, source: 'stream' });
    if (event?.kind === 'report') this.dispatch({ kind: 'order.reported', report: event.report, source: 'stream' });
    return event !== undefined;
  }

  private answer(input: Extract<EngineInput, { readonly outcome: CommandOutcome }>): void {
    const lost: CommandOutcome = { kind: 'unknown', reason: 'connection reset' };
    this.dispatch(this.answers === 'lose' ? { ...input, outcome: lost } : input);
  }

  /** The exposure of the first account. */
  exposure(): ReturnType<Core['view']['exposures']>[number] {
    const exposure = this.core.view.exposures().find(({ accountId }) => accountId === ACCOUNT);
    if (exposure === undefined) throw new Error('expected an exposure, was none');
    return exposure;
  }

  ordersOfRole(role: string): readonly ClientOrderId[] {
    const orders = this.core.view.orders().filter(({ spec }) => spec.role === role);
    return orders.map(({ spec }) => spec.clientOrderId);
  }

  alerts(): readonly string[] {
    return this.decisions.flatMap((decision) => (decision.kind === 'alert.raised' ? [decision.alert.code] : []));
  }
}
