import type { DecimalText } from './decimal.ts';
import type { ExecutorRequest } from './executor.ts';
import type {
  AccountId,
  ClientOrderId,
  CommandId,
  ExecutorId,
  InstrumentId,
  StrategyId,
  VenueOrderId,
} from './identifiers.ts';
import type { OrderChange, OrderSide, OrderType, TimeInForce } from './order.ts';
import type { OrderProtection, StopRule } from './stop-rule.ts';

export const ROLES = ['viewer', 'trader', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** Everything that asks the engine to act. One local actor today; the shape is for many. */
export type CommandEnvelope = {
  readonly commandId: CommandId;
  readonly actor: string;
  readonly roles: readonly Role[];
  /** How it came: a key, a button, the command line, the guardian. */
  readonly origin: CommandOrigin;
  readonly issuedAtUs: number;
  readonly expiresAtUs: number;
  /** Proof of a second factor, checked by the engine's door; never the code itself. */
  readonly stepUp?: { readonly method: 'totp'; readonly verifiedAtUs: number };
  readonly command: Command;
};

export const COMMAND_ORIGINS = ['key', 'button', 'cli', 'guardian', 'api', 'globalShortcut', 'tray'] as const;
export type CommandOrigin = (typeof COMMAND_ORIGINS)[number];

export type Command =
  | { readonly kind: 'emergencyStop' }
  /** Out of `halted` or `reducing`; `to` is `reducing` first where the trader wants care. */
  | { readonly kind: 'rearm'; readonly to: 'reducing' | 'active'; readonly reason: string }
  | { readonly kind: 'halt'; readonly reason: string }
  | { readonly kind: 'setReducing'; readonly reason: string }
  | { readonly kind: 'cancelOrder'; readonly clientOrderId: ClientOrderId }
  | { readonly kind: 'cancelAll'; readonly accountId: AccountId; readonly instrumentId: InstrumentId | null }
  | { readonly kind: 'closePosition'; readonly accountId: AccountId; readonly instrumentId: InstrumentId }
  | { readonly kind: 'enterBracket'; readonly request: BracketRequest }
  /** An entry split over the venues that trade the underlying, for the best price after fees and latency. */
  | { readonly kind: 'routeBracket'; readonly request: BracketRequest }
  | { readonly kind: 'placeOrder'; readonly request: OrderRequest }
  | { readonly kind: 'startExecutor'; readonly request: ExecutorRequest }
  | { readonly kind: 'pauseExecutor'; readonly executorId: ExecutorId }
  | { readonly kind: 'resumeExecutor'; readonly executorId: ExecutorId }
  | { readonly kind: 'stopExecutor'; readonly executorId: ExecutorId }
  | { readonly kind: 'modifyOrder'; readonly clientOrderId: ClientOrderId; readonly change: OrderChange }
  /** Null: the stop stays where it is. */
  | {
      readonly kind: 'setStopRule';
      readonly accountId: AccountId;
      readonly instrumentId: InstrumentId;
      readonly rule: StopRule | null;
    }
  /** Accepts what is proposed for each of these differences; ids of others are refused as a whole. */
  | { readonly kind: 'confirmDifferences'; readonly ids: readonly string[] }
  | ({ readonly kind: 'adoptOrder' } & Adoption)
  | ({ readonly kind: 'chooseOwner' } & OwnerChoice)
  | { readonly kind: 'setStrategyEnabled'; readonly strategyId: StrategyId; readonly enabled: boolean };

/** Commands whose verdict can be asked for before they are given. */
export type JudgedCommand = Extract<Command, { readonly kind: 'enterBracket' | 'placeOrder' | 'startExecutor' }>;

/**
 * An entry with its protection. `fok`: a marketable LIMIT FOK as working leg of an OTOCO, so protection exists from the
 * first fill. `resting`: a post-only limit under the partial-fill guard.
 */
export type BracketRequest = {
  readonly accountId: AccountId;
  readonly strategyId: StrategyId | null;
  readonly instrumentId: InstrumentId;
  readonly side: OrderSide;
  readonly entry: 'fok' | 'resting';
  readonly quantity: DecimalText;
  /** Limit of the entry; for `fok` the worst price accepted. */
  readonly limitPrice: DecimalText;
  readonly stopTrigger: DecimalText;
  /** Limit of the stop once triggered: beyond the trigger by the slippage allowed before escalation. */
  readonly stopLimit: DecimalText;
  readonly target: DecimalText;
  readonly stopRule?: StopRule;
};

/** One order as a trader or an executor asks for it. */
export type OrderRequest = {
  readonly accountId: AccountId;
  readonly strategyId: StrategyId | null;
  readonly instrumentId: InstrumentId;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce | null;
  readonly quantity: DecimalText;
  /** Null for market types. */
  readonly price: DecimalText | null;
  readonly triggerPrice: DecimalText | null;
  /** Only closes: denied where there is less to close. */
  readonly reduceOnly: boolean;
  readonly expiresAtUs?: number;
  readonly displayQuantity?: DecimalText;
  readonly trailingRatio?: DecimalText;
  readonly parentId?: ExecutorId;
  /** Needed by every order that opens exposure. */
  readonly protection: OrderProtection | null;
};

/** A foreign order that is to be ours. */
export type Adoption = {
  readonly accountId: AccountId;
  readonly venueOrderId: VenueOrderId;
  /** Protection of what the order will open; null for orders that only close. */
  readonly stopTrigger: DecimalText | null;
  readonly stopLimit: DecimalText | null;
};

/** Whose account it is that another Leeward trades. */
export type OwnerChoice = {
  readonly accountId: AccountId;
  readonly installation: string;
  readonly owner: 'this' | 'other';
};
