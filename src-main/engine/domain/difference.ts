import type { DecimalText } from './decimal.ts';
import type { AccountId, ClientOrderId, InstrumentId, VenueOrderId } from './identifiers.ts';

/**
 * Where the venue says something else than we believed.
 *
 * - `orderChanged`: an order of ours went on while nobody listened.
 * - `orderFound`: an order with an id of ours that the journal does not hold.
 * - `orderForeign`: an order that is not ours.
 * - `positionChanged`: fills of our own orders moved the position while nobody listened.
 * - `positionDiffers`: the venue holds another quantity than our own fills add up to.
 * - `balanceChanged`: a balance moved by more or less than our own fills explain.
 */
export const DIFFERENCE_KINDS = [
  'orderChanged',
  'orderFound',
  'orderForeign',
  'positionChanged',
  'positionDiffers',
  'balanceChanged',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** What one side says: a status of {@link OrderStatus}, a quantity (of an order: filled), or nothing at all. */
export type DifferenceSide = { readonly status: string | null; readonly quantity: DecimalText | null };

/**
 * What is done about it. `book`: done already, proven by the venue's own trades. `adopt`: kept as ours. `leave`: shown and
 * not touched. `take`: the venue's figure counts. `correct`: our position is set to the venue's, once it is accepted.
 */
export type DifferenceProposal = 'book' | 'adopt' | 'leave' | 'take' | 'correct';

export type Difference = {
  /** The same in every replay; another one when either side changed since. */
  readonly id: string;
  readonly kind: DifferenceKind;
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId | null;
  readonly asset: string | null;
  readonly clientOrderId: ClientOrderId | null;
  readonly venueOrderId: VenueOrderId | null;
  readonly believed: DifferenceSide;
  readonly venue: DifferenceSide;
  readonly proposed: DifferenceProposal;
  readonly foundAtUs: number;
  /** Who accepted it: null while it is open and keeps the engine from being re-armed. `venue`: it is gone. */
  readonly acceptedBy: 'trader' | 'policy' | 'venue' | null;
};
