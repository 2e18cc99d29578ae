import type { VenueCapabilities } from '../domain/capabilities.ts';
import type {
  Balance,
  CommandOutcome,
  Lane,
  ListedInstrument,
  OrderLookup,
  OrderLookupRequest,
  VenuePosition,
  VenueState,
} from '../domain/events.ts';
import type { AccountId, ClientOrderId, InstrumentId, Venue, VenueOrderId } from '../domain/identifiers.ts';
import type { Charge, MarginStanding } from '../domain/margin.ts';
import type { Fill, OrderChange, OrderReport, Submission } from '../domain/order.ts';
import type { Result } from '../domain/result.ts';

export type VenueEvent =
  | { readonly kind: 'report'; readonly report: OrderReport }
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'balances'; readonly balances: readonly Balance[] }
  | { readonly kind: 'charge'; readonly charge: Charge }
  | { readonly kind: 'standing'; readonly standing: MarginStanding; readonly positions: readonly VenuePosition[] }
  /** The venue's clock less ours, known to half a round trip. */
  | { readonly kind: 'clock'; readonly offsetMs: number; readonly uncertaintyMs: number }
  /** The venue changed its rules while we are connected. */
  | { readonly kind: 'listed'; readonly instruments: readonly ListedInstrument[] }
  /** `ready` again after a drop means events were missed: reconcile. */
  | { readonly kind: 'state'; readonly state: VenueState; readonly detail: string };

/** A failed query is a Failure with retry advice: it means "no information", never "flat". */
export type QueryFailure = { readonly detail: string; readonly retryAfterMs: number | null };

export type VenueSnapshot = {
  readonly openOrders: readonly OrderReport[];
  readonly fills: readonly Fill[];
  readonly balances: readonly Balance[];
  readonly lookups: readonly OrderLookup[];
  readonly positions?: readonly VenuePosition[];
  /** Charges since the last look; a new gateway tells the latest again. */
  readonly charges?: readonly Charge[];
  readonly standing?: MarginStanding;
};

/** One account at one venue. Never retries a create; every command ends in exactly one outcome. */
export type VenueGateway = {
  readonly venue: Venue;
  readonly accountId: AccountId;
  /** Of the engine's own table: proven for each venue against the practice exchange. */
  readonly capabilities: VenueCapabilities;
  /** Loads instruments, opens the private stream. Throws when credentials are refused. */
  connect(): Promise<readonly ListedInstrument[]>;
  onEvent(listener: (event: VenueEvent) => void): void;
  /** Checks the fencing epoch before it sends. */
  submit(submission: Submission, lane: Lane): Promise<CommandOutcome>;
  /** Cancels the order, or the whole list when `listId` is given. */
  cancel(request: CancelRequest, lane: Lane): Promise<CommandOutcome>;
  /** Changes a resting order in place; refused where {@link VenueCapabilities.modify} is not `inPlace`. */
  modify(request: ModifyRequest, lane: Lane): Promise<CommandOutcome>;
  /** The venue cancels our orders unless this is called again within `timeoutMs`; 0 disarms. */
  armDeadMan?(timeoutMs: number): Promise<CommandOutcome>;
  /** Open orders of every instrument, fills since the last snapshot (or of `instruments`), balances, and asked-for orders. */
  snapshot(
    lookups: readonly OrderLookupRequest[],
    instruments: readonly InstrumentId[],
    /** Where its requests wait; `query` when absent. */
    lane?: Lane,
  ): Promise<Result<VenueSnapshot, QueryFailure>>;
  close(): Promise<void>;
};

export type CancelRequest = {
  readonly instrumentId: InstrumentId;
  readonly clientOrderId: ClientOrderId;
  readonly listId: ClientOrderId | null;
  /** Of an adopted order, which has no id of ours at the venue. */
  readonly venueOrderId?: VenueOrderId;
};

export type ModifyRequest = OrderChange & {
  readonly instrumentId: InstrumentId;
  readonly clientOrderId: ClientOrderId;
};
