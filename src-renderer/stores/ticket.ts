import type { CommandDto, ErrorDto } from '../../src-preload/contract/messages.ts';
import type { CheckDto, InstrumentDto, LogDto } from '../../src-preload/contract/state.ts';
import { multiplyDecimals } from '../ui/number-text.ts';
import { takesPrice, takesTrigger } from './order-forms.ts';
import { quantityOf } from './order-size.ts';
import {
  endOf,
  isTimed,
  mayHide,
  plain,
  timeInForceOf,
  type FieldName,
  type StopRuleChoice,
  type TicketFields,
  type TicketWorld,
} from './ticket-fields.ts';
import { problemsOf, type Problems } from './ticket-problems.ts';

export type PlaceOrder = Extract<CommandDto, { readonly kind: 'placeOrder' }>;
export type Protection = NonNullable<PlaceOrder['protection']>;

export type Draft =
  | { readonly kind: 'ready'; readonly command: PlaceOrder }
  /** Fields that are still empty, and one line at each that is wrong. */
  | { readonly kind: 'open'; readonly missing: readonly string[]; readonly problems: Problems };

/** The order of a ticket whose fields are settled. The gate judges what is ready. */
export function draftOf(fields: TicketFields, world: TicketWorld): Draft {
  const { instrument, accountId } = world;
  const problems = problemsOf(fields, world);
  const missing = missingOf(fields);
  const quantity = quantityOf(fields, world);
  if (missing.length > 0 || Object.keys(problems).length > 0 || quantity === null) {
    return { kind: 'open', missing, problems };
  }
  const { side, type, isClosing } = fields;
  const command: PlaceOrder = {
    kind: 'placeOrder',
    accountId,
    instrumentId: instrument.instrumentId,
    side,
    type,
    timeInForce: timeInForceOf(fields, instrument),
    quantity,
    price: takesPrice(type) ? plain(fields.price) : null,
    triggerPrice: takesTrigger(type) ? plain(fields.trigger) : null,
    reduceOnly: isClosing,
    ...optionsOf(fields, world),
    protection: isClosing ? null : protectionOf(fields),
  };
  return { kind: 'ready', command };
}

function optionsOf(fields: TicketFields, { instrument, nowMs }: TicketWorld) {
  const shown = plain(fields.shown);
  const trailing = plain(fields.trailing);
  const expiresAtUs = isTimed(fields, instrument) ? endOf(fields.endsAt, nowMs) : null;
  return {
    ...(expiresAtUs !== null && { expiresAtUs }),
    ...(shown !== null && mayHide(fields) && { displayQuantity: shown }),
    ...(trailing !== null && fields.type === 'trailingStop' && { trailingRatio: ratioOf(trailing) }),
  };
}

const ratioOf = (percent: string): string => multiplyDecimals(percent, '0.01');

/** The exits of an order that opens a position. */
export type ExitFields = Pick<TicketFields, 'stopTrigger' | 'stopLimit' | 'target' | 'stopRule' | 'ruleValue'>;

/** Null while the stop is not whole. */
export function protectionOf(fields: ExitFields): Protection | null {
  const [stopTrigger, stopLimit] = [plain(fields.stopTrigger), plain(fields.stopLimit)];
  if (stopTrigger === null || stopLimit === null) return null;
  const stopRule = ruleOf(fields.stopRule, plain(fields.ruleValue));
  return { stopTrigger, stopLimit, target: plain(fields.target), ...(stopRule !== null && { stopRule }) };
}

/** Wilder's own period for the average true range. */
const ATR_PERIOD = 14;

function ruleOf(rule: StopRuleChoice, value: string | null): Protection['stopRule'] | null {
  if (rule === 'fixed' || value === null) return null;
  switch (rule) {
    case 'trailing':
      return { trailingRatio: ratioOf(value) };
    case 'atr':
      return { atr: { multiple: value, period: ATR_PERIOD } };
    case 'breakEven':
      return { breakEvenRatio: ratioOf(value) };
    case 'bars':
      return { closeAfterBars: Number(value) };
  }
}

type Need = readonly [name: FieldName, word: string, isNeeded: boolean];

function missingOf(fields: TicketFields): readonly string[] {
  const { type, isClosing, timeInForce, stopRule } = fields;
  const needs: readonly Need[] = [
    ['trigger', 'trigger', takesTrigger(type)],
    ['trailing', 'trailing distance', type === 'trailingStop'],
    ['price', 'price', takesPrice(type)],
    ['size', 'quantity', true],
    ['endsAt', 'end', timeInForce === 'gtd' && takesPrice(type) && type !== 'limitMaker'],
    ['stopTrigger', 'stop', !isClosing],
    ['stopLimit', 'stop limit', !isClosing],
    ['ruleValue', 'stop rule', !isClosing && stopRule !== 'fixed'],
  ];
  return needs.flatMap(([name, word, isNeeded]) => (isNeeded && fields[name] === '' ? [word] : []));
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

type RouteBracket = Extract<CommandDto, { readonly kind: 'routeBracket' }>;

/** The same order over every venue of the underlying; null for a form that only one venue can take. */
export function routed({ accountId, instrumentId, side, quantity, ...order }: PlaceOrder): RouteBracket | null {
  const { type, timeInForce, price, protection } = order;
  if (type !== 'limit' || timeInForce !== 'fok' || price === null) return null;
  if (protection === null || protection.stopRule !== undefined) return null;
  const { stopTrigger, stopLimit, target } = protection;
  if (target === null) return null;
  const place = { accountId, instrumentId, side, quantity };
  return { kind: 'routeBracket', ...place, entry: 'fok', limitPrice: price, stopTrigger, stopLimit, target };
}

export type RoutedPart = { readonly instrumentId: string; readonly told: string };

/** What the newest route of the pair gave each market, with the figures it was chosen by; empty before there was one. */
export function lastRoute(log: readonly LogDto[], instrumentId: string): readonly RoutedPart[] {
  const entry = log.findLast((one) => one.kind === 'order.routed' && one.instrumentId === instrumentId);
  return Object.entries(entry?.summary ?? {}).flatMap(([name, value]) =>
    name.includes('/') ? [{ instrumentId: name, told: String(value) }] : [],
  );
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
