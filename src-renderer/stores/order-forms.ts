import type { OrderFormsDto, OrderTypeDto, TimeInForceDto } from '../../src-preload/contract/order-forms.ts';
import type { InstrumentDto } from '../../src-preload/contract/state.ts';

/** One thing to choose; `refused` says why not, null where it may be. */
export type Choice<T extends string> = { readonly value: T; readonly word: string; readonly refused: string | null };

/** What an engine that does not tell is taken to offer: it judges the order anyway. */
const UNTOLD: OrderFormsDto = {
  orderTypes: ['limit', 'limitMaker', 'market'],
  timesInForce: ['gtc', 'ioc', 'fok'],
  icebergs: false,
  shorts: false,
  restingExits: false,
  modify: 'none',
  modifyConditional: false,
  makerFee: '0',
  takerFee: '0',
};
export const formsOf = ({ forms }: InstrumentDto): OrderFormsDto => forms ?? UNTOLD;

const TYPES: readonly (readonly [OrderTypeDto, string])[] = [
  ['limit', 'Limit'],
  ['limitMaker', 'Post-only'],
  ['market', 'Market'],
  ['stopLimit', 'Stop limit'],
  ['stopMarket', 'Stop market'],
  ['takeProfitLimit', 'TP limit'],
  ['takeProfitMarket', 'TP market'],
  ['trailingStop', 'Trailing stop'],
];

const AT_ONCE = 'the stop holds the balance';

/** Every order type, with the reason for each that cannot be sent. */
export function typeChoices(instrument: InstrumentDto, isClosing: boolean): readonly Choice<OrderTypeDto>[] {
  const { orderTypes, restingExits } = formsOf(instrument);
  const mayRest = !isClosing || restingExits;
  const refusalOf = (type: OrderTypeDto): string | null => {
    if (!orderTypes.includes(type)) return `${instrument.venue} has none`;
    return mayRest || type === 'limit' || type === 'market' ? null : AT_ONCE;
  };
  return TYPES.map(([value, word]) => ({ value, word, refused: refusalOf(value) }));
}

const TIMES: Readonly<Record<TimeInForceDto, string>> = {
  gtc: 'GTC',
  ioc: 'IOC',
  fok: 'FOK',
  gtd: 'GTD',
};
/** What waits for a trigger rests until then. */
const TIMES_OF: Readonly<Partial<Record<OrderTypeDto, readonly TimeInForceDto[]>>> = {
  limit: ['gtc', 'ioc', 'fok', 'gtd'],
  stopLimit: ['gtc', 'gtd'],
  takeProfitLimit: ['gtc', 'gtd'],
};

/** Times in force of an order type; empty for a type that has none. */
export function timeChoices(
  instrument: InstrumentDto,
  type: OrderTypeDto,
  isClosing: boolean,
): readonly Choice<TimeInForceDto>[] {
  const { restingExits, timesInForce } = formsOf(instrument);
  const mayRest = !isClosing || restingExits;
  const refusalOf = (time: TimeInForceDto): string | null => {
    if (time === 'fok' && !timesInForce.includes('fok')) return `${instrument.venue} has none`;
    return mayRest || time === 'ioc' || time === 'fok' ? null : AT_ONCE;
  };
  const wordOf = (time: TimeInForceDto): string =>
    time === 'gtd' && !timesInForce.includes('gtd') ? `${TIMES.gtd} by Leeward` : TIMES[time];
  return (TIMES_OF[type] ?? []).map((value) => ({ value, word: wordOf(value), refused: refusalOf(value) }));
}

/** The wanted choice where it may be, else the first that may; null where none may. */
export function chosen<T extends string>(choices: readonly Choice<T>[], wanted: T): T | null {
  const open = choices.filter(({ refused }) => refused === null);
  return (open.find(({ value }) => value === wanted) ?? open[0])?.value ?? null;
}

export const takesPrice = (type: OrderTypeDto): boolean =>
  type === 'limit' || type === 'limitMaker' || type === 'stopLimit' || type === 'takeProfitLimit';

export const takesTrigger = (type: OrderTypeDto): boolean =>
  type === 'stopLimit' || type === 'stopMarket' || type === 'takeProfitLimit' || type === 'takeProfitMarket';
