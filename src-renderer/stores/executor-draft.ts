import {
  EXECUTOR_FORMS,
  type ExecutorField,
  type ExecutorKindDto,
  executorParams,
  readField,
} from '../../src-preload/contract/executor-forms.ts';
import type { CommandDto } from '../../src-preload/contract/messages.ts';
import { formatDecimal } from '../ui/number-text.ts';
import { EMPTY_TICKET, plain, settled, type TicketFields, type TicketWorld } from './ticket-fields.ts';
import { lotProblem, priceProblem, problemsOf, type Problems } from './ticket-problems.ts';
import { protectionOf } from './ticket.ts';

export const EXECUTOR_KINDS = Object.keys(EXECUTOR_FORMS) as readonly ExecutorKindDto[];

/** A parent as it was typed: what its children share with an order of the ticket, and the fields of its kind. */
export type ExecutorFields = {
  readonly kind: ExecutorKindDto;
  readonly parent: TicketFields;
  readonly typed: Readonly<Record<string, string>>;
};

export const initialsOf = (kind: ExecutorKindDto): Readonly<Record<string, string>> =>
  Object.fromEntries(EXECUTOR_FORMS[kind].fields.map(({ name, initial = '' }) => [name, initial]));

/** Children trade about the market: size and exits are reckoned there. */
export const EMPTY_EXECUTOR: ExecutorFields = {
  kind: 'twap',
  parent: { ...EMPTY_TICKET, type: 'market' },
  typed: initialsOf('twap'),
};

/** The parent as its kind and venue can have it. */
export function settledParent({ kind, parent }: ExecutorFields, world: TicketWorld): TicketFields {
  const { sides, mayClose } = EXECUTOR_FORMS[kind];
  const side = sides.includes(parent.side) ? parent.side : 'buy';
  const next = settled({ ...parent, side }, world.instrument);
  // On spot a sell only closes; a kind that cannot leaves nothing but to buy.
  if (next.isClosing && !mayClose) return { ...next, side: next.side === 'sell' ? 'buy' : next.side, isClosing: false };
  return next;
}

type StartExecutor = Extract<CommandDto, { readonly kind: 'startExecutor' }>;

export type ExecutorDraft =
  | { readonly kind: 'ready'; readonly command: StartExecutor }
  | {
      readonly kind: 'open';
      readonly missing: readonly string[];
      readonly problems: Problems;
      /** By the name of the field. */
      readonly own: Readonly<Record<string, string>>;
    };

/** The command that starts the executor, or one line at each field that is wrong. */
export function executorDraft(
  { kind, typed }: ExecutorFields,
  parent: TicketFields,
  world: TicketWorld,
): ExecutorDraft {
  const { fields } = EXECUTOR_FORMS[kind];
  const own = Object.fromEntries(
    fields.flatMap((field) => {
      const problem = fieldProblem(field, typed[field.name] ?? '', world);
      return problem === null ? [] : [[field.name, problem]];
    }),
  );
  const problems = problemsOf(parent, world);
  const missing = missingOf(fields, typed, parent);
  const [params, quantity] = [executorParams(kind, typed), plain(parent.size)];
  const isWrong = Object.keys(own).length > 0 || Object.keys(problems).length > 0 || missing.length > 0;
  if (isWrong || params === null || quantity === null) return { kind: 'open', missing, problems, own };
  const { side, isClosing } = parent;
  const { accountId, instrument } = world;
  const place = { accountId, instrumentId: instrument.instrumentId, side, quantity, reduceOnly: isClosing };
  const protection = isClosing ? null : protectionOf(parent);
  return { kind: 'ready', command: { kind: 'startExecutor', ...place, protection, params } };
}

function missingOf(
  fields: readonly ExecutorField[],
  typed: ExecutorFields['typed'],
  parent: TicketFields,
): readonly string[] {
  const own = fields.filter(({ name, isOptional }) => isOptional !== true && (typed[name] ?? '') === '');
  const { isClosing, size, stopTrigger, stopLimit, stopRule, ruleValue } = parent;
  const needs: readonly (readonly [string, boolean])[] = [
    ['quantity', size === ''],
    ['stop', !isClosing && stopTrigger === ''],
    ['stop limit', !isClosing && stopLimit === ''],
    ['stop rule', !isClosing && stopRule !== 'fixed' && ruleValue === ''],
  ];
  return [...own.map(({ label }) => label.toLowerCase()), ...needs.flatMap(([word, isOpen]) => (isOpen ? [word] : []))];
}

/** Null for an empty field and for one that can be read. */
export function fieldProblem(field: ExecutorField, text: string, { instrument }: TicketWorld): string | null {
  if (text === '') return null;
  if (field.unit === 'price') return priceProblem(text, instrument.tickSize);
  if (field.unit === 'quantity') return lotProblem(text, instrument.lotSize);
  const reading = readField(field, text);
  if (reading.ok) return null;
  if (field.unit === 'parts') return 'Expected parts as 0.1 @ 45000; 0.2 @ 44000.';
  if (reading.why === 'range') return rangeText(field);
  return field.unit === 'count' ? `Expected a whole number, was ${text}.` : `Expected a number, was ${text}.`;
}

/** What may be typed, with its unit. */
export function rangeText({ min, max, unit }: ExecutorField): string {
  const bound = (value: number): string => formatDecimal(String(value));
  if (min === undefined || max === undefined) return 'Expected a number above zero.';
  return `Expected ${bound(min)} to ${bound(max)}${unit === 'percent' ? ' %' : unit === 'minutes' ? ' minutes' : ''}.`;
}
