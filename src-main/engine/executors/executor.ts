import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimal,
  type DecimalText,
  divideDecimals,
} from '../domain/decimal.ts';
import type { ExecutorKind, ExecutorParams, ExecutorRequest } from '../domain/executor.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { Bar } from '../domain/market.ts';
import type { OrderSide, OrderType, TimeInForce } from '../domain/order.ts';
import { Price, Quantity } from '../domain/quantities.ts';
import type { JsonValue } from '../ports/store.ts';

/** An order an executor had placed, also after it closed. */
export type Child = {
  readonly clientOrderId: ClientOrderId;
  readonly side: OrderSide;
  readonly price: DecimalText | null;
  readonly quantity: Quantity;
  readonly filled: Quantity;
  /** It may still fill, its outcome unknown included. */
  readonly isOpen: boolean;
};

/** All an executor sees. It never reads a clock, and draws only from `random`: a replay decides the same. */
export type Look = {
  readonly timeUs: number;
  readonly startedAtUs: number;
  readonly request: ExecutorRequest;
  readonly instrument: Instrument;
  /** Best prices; null when the book is too old to act on. */
  readonly market: { readonly bid: Price; readonly ask: Price } | null;
  /** Set when this step follows from a closed bar of the instrument. */
  readonly bar: Bar | null;
  /** What of the parent is neither filled nor in an open child. */
  readonly left: Quantity;
  readonly children: readonly Child[];
  /** A child is on its way that is no order yet: its stop rests first, or makes room. */
  readonly isWaiting: boolean;
  /** Signed, of the account on this instrument. */
  readonly position: Quantity;
  readonly averageEntry: Price | null;
  /** The loosest resting stop of the position; null while one is on the move or there is none. */
  readonly stop: Price | null;
  readonly memo: Memo;
  readonly random: () => number;
};

/** What an executor keeps between steps: plain data, part of the state. */
export type Memo = Readonly<Record<string, JsonValue>>;

export type ChildPlan = {
  readonly type: Extract<OrderType, 'limit' | 'limitMaker'>;
  readonly timeInForce: TimeInForce | null;
  readonly price: Price;
  readonly quantity: Quantity;
  /** Takes back what the executor's own children opened. */
  readonly takesBack?: boolean;
  /** Trigger of the stop this child comes with; that of the request when absent. */
  readonly stop?: Price;
};

export type Plan = {
  /** At most one: each is judged with the last one counted. When it is denied, `memo` stays as it was. */
  readonly place: readonly [] | readonly [ChildPlan];
  readonly cancel: readonly ClientOrderId[];
  /** Moves the stop of the position before anything is added. */
  readonly stop?: Price;
  readonly memo: Memo;
  readonly isDone: boolean;
};

export type ParamsOf<K extends ExecutorKind> = Extract<ExecutorParams, { readonly kind: K }>;

/** One way to work a parent. Sizes are clamped by the host, which also passes every child through the gate. */
export type Executor<K extends ExecutorKind> = {
  /** Name of the first unusable parameter, or null. */
  check(params: ParamsOf<K>, request: ExecutorRequest): string | null;
  step(params: ParamsOf<K>, look: Look): Plan;
};

export const WAIT = (look: Look): Plan => ({ place: [], cancel: [], memo: look.memo, isDone: false });

/** Best price on the other side: an order there trades at once. */
export const touch = ({ request, market }: Look): Price | null =>
  market === null ? null : request.side === 'buy' ? market.ask : market.bid;

/** Not beyond the worst price allowed; null allows any. */
export const isWithin = (side: OrderSide, price: Price, limit: DecimalText | null): boolean =>
  limit === null || price.compare(Price.of(decimal(limit))) * (side === 'buy' ? 1 : -1) <= 0;

export const atOnce = (price: Price, quantity: Quantity): ChildPlan => ({
  type: 'limit',
  timeInForce: 'ioc',
  price,
  quantity,
});

export const isBusy = ({ children, isWaiting }: Look): boolean => isWaiting || children.some(({ isOpen }) => isOpen);

/** An even part of a quantity, floored to the lot. */
export const part = (quantity: Quantity, parts: number, { lotSize }: Instrument): Quantity =>
  Quantity.of(divideDecimals(quantity, whole(parts), lotSize.scale, 'down')).floorToLot(lotSize);

/** Level `index` of `levels` spread evenly from one price to the other, on a tick. */
export function levelPrice(from: DecimalText, to: DecimalText, index: number, levels: number, tick: Price): Price {
  const [a, b] = [decimal(from), decimal(to)];
  const span = addDecimals(b, { units: -a.units, scale: a.scale });
  const offset = divideDecimals(
    { units: span.units * BigInt(index), scale: span.scale },
    whole(Math.max(1, levels - 1)),
    span.scale + 8,
    'down',
  );
  return Price.of(addDecimals(a, offset)).roundToTick(tick, 'down');
}

const whole = (value: number): Decimal => ({ units: BigInt(value), scale: 0 });

export const samePrice = (a: DecimalText | null, b: Price): boolean =>
  a !== null && compareDecimals(decimal(a), b) === 0;

export const isCount = (value: unknown, max = 1_000): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max;

export const isPrice = (text: unknown): boolean => typeof text === 'string' && Price.parse(text).ok;

/** Between 0 and 1; zero where `orZero`. */
export function isRatio(text: unknown, orZero = false): boolean {
  const parsed = typeof text === 'string' ? Quantity.parse(text) : undefined;
  if (parsed?.ok !== true || compareDecimals(parsed.value, whole(1)) >= 0) return false;
  return parsed.value.isPositive || (orZero && parsed.value.isZero);
}

export function isSize(text: unknown): boolean {
  const parsed = typeof text === 'string' ? Quantity.parse(text) : undefined;
  return parsed?.ok === true && parsed.value.isPositive;
}

/** Text an executor left itself; null when there is none. */
export function textOf(memo: Memo, name: string): string | null {
  const value = memo[name];
  return typeof value === 'string' ? value : null;
}
