import { compareDecimals, formatDecimal, isOnStep, multiplyDecimals, signOf } from '../ui/number-text.ts';
import { quantityOf } from './order-size.ts';
import { endOf, entryPrice, plain, type FieldName, type TicketFields, type TicketWorld } from './ticket-fields.ts';

export type Problems = Readonly<Partial<Record<FieldName, string>>>;

const PRICES: readonly FieldName[] = ['price', 'trigger', 'stopTrigger', 'stopLimit', 'target'];
const PERCENTS: readonly FieldName[] = ['trailing'];

/** One clear line at each field that cannot be sent. Empty fields are not wrong. */
export function problemsOf(fields: TicketFields, world: TicketWorld): Problems {
  const { instrument, nowMs } = world;
  const found: Partial<Record<FieldName, string>> = {};
  for (const name of PRICES) note(found, name, priceProblem(String(fields[name]), instrument.tickSize));
  for (const name of PERCENTS) note(found, name, percentProblem(String(fields[name])));
  note(found, 'ruleValue', ruleProblem(fields));
  note(found, 'shown', fields.shown === '' ? null : lotProblem(fields.shown, instrument.lotSize));
  if (fields.endsAt !== '' && endOf(fields.endsAt, nowMs) === null) found.endsAt = 'Expected a time as 14:30.';
  note(found, 'size', sizeProblem(fields, world));
  if (!fields.isClosing) noteExits(found, fields, entryPrice(fields, world));
  return found;
}

function note(found: Partial<Record<FieldName, string>>, name: FieldName, problem: string | null): void {
  if (problem !== null) found[name] = problem;
}

/** Null for an empty field and for a price on the tick. */
export function priceProblem(text: string, tickSize: string): string | null {
  if (text === '') return null;
  const price = plain(text);
  if (price === null || signOf(price) <= 0) return `Expected a price above zero, was ${text}.`;
  return isOnStep(price, tickSize) ? null : `Not on the tick of ${formatDecimal(tickSize)}.`;
}

/** Null for an empty field and for whole lots. */
export function lotProblem(text: string, lotSize: string): string | null {
  if (text === '') return null;
  const quantity = plain(text);
  if (quantity === null || signOf(quantity) <= 0) return `Expected a quantity above zero, was ${text}.`;
  return isOnStep(quantity, lotSize) ? null : `Not on the lot of ${formatDecimal(lotSize)}.`;
}

function percentProblem(text: string): string | null {
  if (text === '') return null;
  const value = plain(text);
  return value !== null && signOf(value) > 0 && Number(value) < 100 ? null : 'Expected a percentage from 0 to 100.';
}

function ruleProblem({ stopRule, ruleValue }: TicketFields): string | null {
  if (stopRule === 'fixed' || ruleValue === '') return null;
  if (stopRule === 'bars') return /^[1-9]\d{0,5}$/.test(ruleValue) ? null : 'Expected a whole number of bars.';
  if (stopRule !== 'atr') return percentProblem(ruleValue);
  const multiple = plain(ruleValue);
  return multiple !== null && signOf(multiple) > 0 ? null : 'Expected a multiple above zero.';
}

function sizeProblem(fields: TicketFields, world: TicketWorld): string | null {
  const { size, sizeUnit } = fields;
  if (size === '') return null;
  if (sizeUnit === 'base') {
    const problem = lotProblem(size, world.instrument.lotSize);
    return problem ?? notionalProblem(size, fields, world);
  }
  if (plain(size) === null || signOf(plain(size) ?? '') <= 0) return `Expected an amount above zero, was ${size}.`;
  if (sizeUnit === 'risk' && world.equity === null) return 'The equity in the quote asset is not known.';
  const quantity = quantityOf(fields, world);
  if (quantity === null) return null;
  return signOf(quantity) > 0
    ? notionalProblem(quantity, fields, world)
    : `Less than one lot of ${formatDecimal(world.instrument.lotSize)}.`;
}

function notionalProblem(quantity: string, fields: TicketFields, world: TicketWorld): string | null {
  const [price, amount] = [entryPrice(fields, world), plain(quantity)];
  if (price === null || amount === null) return null;
  const { minNotional, quote } = world.instrument;
  const notional = multiplyDecimals(price, amount);
  return compareDecimals(notional, minNotional) >= 0
    ? null
    : `Under the venue's least of ${formatDecimal(minNotional)} ${quote}.`;
}

/** A stop belongs behind the entry, its limit not before it, a target ahead. */
function noteExits(found: Partial<Record<FieldName, string>>, fields: TicketFields, entry: string | null): void {
  const [stop, limit, target] = [plain(fields.stopTrigger), plain(fields.stopLimit), plain(fields.target)];
  const up = fields.side === 'buy' ? 1 : -1;
  const [behind, ahead] = up > 0 ? ['below', 'above'] : ['above', 'below'];
  const isBefore = (a: string | null, b: string | null): boolean =>
    a !== null && b !== null && compareDecimals(a, b) * up < 0;
  const isKnown = (a: string | null, b: string | null): boolean => a !== null && b !== null;
  const at = `the entry at ${formatDecimal(entry ?? '')}.`;
  if (isKnown(stop, entry) && !isBefore(stop, entry)) found.stopTrigger ??= `A stop belongs ${behind} ${at}`;
  if (isBefore(stop, limit)) found.stopLimit ??= `Belongs at the stop or ${behind} it.`;
  if (isKnown(target, entry) && !isBefore(entry, target)) found.target ??= `A target belongs ${ahead} ${at}`;
}
