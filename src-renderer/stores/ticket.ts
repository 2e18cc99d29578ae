import type { CommandDto } from '../../src-preload/contract/messages.ts';
import type { CheckDto, InstrumentDto, LogDto } from '../../src-preload/contract/state.ts';
import type { ErrorDto } from '../../src-preload/contract/messages.ts';
import type { BookFrame } from './book-frame.ts';
import { isDecimal, stepText, stepsOf } from '../ui/number-text.ts';

export type TicketFields = {
  readonly entry: 'fok' | 'resting';
  readonly quantity: string;
  readonly limitPrice: string;
  readonly stopTrigger: string;
  readonly stopLimit: string;
  readonly target: string;
};
export const EMPTY_TICKET: TicketFields = {
  entry: 'fok',
  quantity: '',
  limitPrice: '',
  stopTrigger: '',
  stopLimit: '',
  target: '',
};

type EnterBracket = Extract<CommandDto, { readonly kind: 'enterBracket' }>;
type RouteBracket = Extract<CommandDto, { readonly kind: 'routeBracket' }>;

/** Typed text to contract text: grouping commas go, everything else must be a plain decimal. */
function plain(text: string): string | null {
  const bare = text.replaceAll(',', '').trim();
  return isDecimal(bare) ? bare : null;
}

/** Null while a field is missing or no number: the gate judges the rest. Spot is bought here and sold by closing. */
export function bracketOf(fields: TicketFields, accountId: string, instrumentId: string): EnterBracket | null {
  const { entry } = fields;
  const [quantity, limitPrice] = [plain(fields.quantity), plain(fields.limitPrice)];
  const [stopTrigger, stopLimit, target] = [plain(fields.stopTrigger), plain(fields.stopLimit), plain(fields.target)];
  if (quantity === null || limitPrice === null) return null;
  if (stopTrigger === null || stopLimit === null || target === null) return null;
  const rest = { entry, quantity, limitPrice, stopTrigger, stopLimit, target };
  return { kind: 'enterBracket', accountId, instrumentId, side: 'buy', ...rest };
}

/** The account that a ticket for the instrument trades: the first of the engine's that can; undefined when none can. */
export function accountFor({ accounts }: InstrumentDto, named: readonly string[]): string | undefined {
  return accounts === undefined ? named[0] : named.find((account) => accounts.includes(account));
}

/** Whether another venue trades the same pair and product, with an account of ours. */
export const hasTwin = (own: InstrumentDto, all: readonly InstrumentDto[]): boolean =>
  all.some(
    ({ accounts = [], base, quote, product, venue }) =>
      accounts.length > 0 && base === own.base && quote === own.quote && product === own.product && venue !== own.venue,
  );

/** The same order over every venue of the underlying. */
export const routed = (command: EnterBracket): RouteBracket => ({ ...command, kind: 'routeBracket' });

export type RoutedPart = { readonly instrumentId: string; readonly told: string };

/** What the newest route of the pair gave each market, with the figures it was chosen by; empty before there was one. */
export function lastRoute(log: readonly LogDto[], instrumentId: string): readonly RoutedPart[] {
  const entry = log.findLast((one) => one.kind === 'order.routed' && one.instrumentId === instrumentId);
  return Object.entries(entry?.summary ?? {}).flatMap(([name, value]) =>
    name.includes('/') ? [{ instrumentId: name, told: String(value) }] : [],
  );
}

/** Distances of a proposal, in parts of ten thousand of the price. Shown in the fields, changed by the trader, judged by the gate. */
const STOP_AWAY = 80n;
const STOP_LIMIT_AWAY = 100n;
const TARGET_AWAY = 160n;
const WHOLE = 10_000n;

/** A fill or kill that asks for the best ask alone dies with the next tick. */
const FOK_ROOM = 5n;

/** The best bid for an order that rests; for one that must fill at once, the best ask with a little room. */
export function proposedEntry(
  entry: TicketFields['entry'],
  book: BookFrame | null,
  instrument: InstrumentDto,
): string | null {
  const [bid, ask] = [book?.bids[0], book?.asks[0]];
  if (entry === 'resting') return bid === undefined ? null : stepText(bid, instrument.tickSize);
  if (ask === undefined) return null;
  return stepText(Number((BigInt(ask) * (WHOLE + FOK_ROOM)) / WHOLE), instrument.tickSize);
}

/** Stop, stop limit and target around an entry price, on the tick. */
export function proposedExits(
  limitPrice: string,
  instrument: InstrumentDto,
): Pick<TicketFields, 'stopTrigger' | 'stopLimit' | 'target'> | null {
  const price = plain(limitPrice);
  if (price === null) return null;
  const ticks = BigInt(stepsOf(price, instrument.tickSize));
  const at = (parts: bigint): string => stepText(Number((ticks * parts) / WHOLE), instrument.tickSize);
  return {
    stopTrigger: at(WHOLE - STOP_AWAY),
    stopLimit: at(WHOLE - STOP_LIMIT_AWAY),
    target: at(WHOLE + TARGET_AWAY),
  };
}

export type Judgment = {
  readonly allowed: boolean;
  readonly denials: readonly ErrorDto[];
  readonly checks: readonly CheckDto[];
};

/** The gate's answer; null when it is not one. */
export function judgmentIn(result: unknown): Judgment | null {
  if (typeof result !== 'object' || result === null || !('allowed' in result) || !('checks' in result)) return null;
  const { allowed, checks, denials } = result as { allowed: unknown; checks: unknown; denials?: unknown };
  if (typeof allowed !== 'boolean' || !Array.isArray(checks)) return null;
  // The engine's own verdict in the shared contract; its shape was checked as far as a wrong one would break the panel.
  return { allowed, checks: checks as CheckDto[], denials: Array.isArray(denials) ? (denials as ErrorDto[]) : [] };
}
