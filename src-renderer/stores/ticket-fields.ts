import type { OrderTypeDto, TimeInForceDto } from '../../src-preload/contract/order-forms.ts';
import type { InstrumentDto } from '../../src-preload/contract/state.ts';
import { isDecimal } from '../ui/number-text.ts';
import { chosen, formsOf, takesPrice, takesTrigger, timeChoices, typeChoices } from './order-forms.ts';

/** `risk`: percent of the equity that is lost at the stop, fees included. */
export type SizeUnit = 'base' | 'quote' | 'risk';
export type StopRuleChoice = 'fixed' | 'trailing' | 'atr' | 'breakEven' | 'bars';

/** What the ticket holds, as it was typed. */
export type TicketFields = {
  readonly side: 'buy' | 'sell';
  readonly type: OrderTypeDto;
  readonly timeInForce: TimeInForceDto;
  /** Only closes: no stop is asked for. */
  readonly isClosing: boolean;
  readonly sizeUnit: SizeUnit;
  readonly size: string;
  readonly price: string;
  readonly trigger: string;
  /** Percent. */
  readonly trailing: string;
  /** UTC, as hours and minutes. */
  readonly endsAt: string;
  /** What of the order the venue shows; empty for all. */
  readonly shown: string;
  readonly stopTrigger: string;
  readonly stopLimit: string;
  /** Empty for none. */
  readonly target: string;
  readonly stopRule: StopRuleChoice;
  /** Percent, multiples of the average range, or bars, as the rule counts. */
  readonly ruleValue: string;
};
export type FieldName = keyof TicketFields;

export const EMPTY_TICKET: TicketFields = {
  side: 'buy',
  type: 'limit',
  timeInForce: 'gtc',
  isClosing: false,
  sizeUnit: 'base',
  size: '',
  price: '',
  trigger: '',
  trailing: '',
  endsAt: '',
  shown: '',
  stopTrigger: '',
  stopLimit: '',
  target: '',
  stopRule: 'fixed',
  ruleValue: '',
};

/** What the ticket reads besides its fields. Prices are decimal text; null where they are not known. */
export type TicketWorld = {
  readonly instrument: InstrumentDto;
  readonly accountId: string;
  readonly bestBid: string | null;
  readonly bestAsk: string | null;
  /** In the instrument's quote asset. */
  readonly equity: string | null;
  readonly nowMs: number;
};

/** The fields as this venue can have them: on spot a sell only closes, and a refused choice falls back to the next. */
export function settled(fields: TicketFields, instrument: InstrumentDto): TicketFields {
  const isClosing = fields.isClosing || (fields.side === 'sell' && !formsOf(instrument).shorts);
  const type = chosen(typeChoices(instrument, isClosing), fields.type) ?? fields.type;
  const timeInForce = chosen(timeChoices(instrument, type, isClosing), fields.timeInForce) ?? fields.timeInForce;
  return { ...fields, isClosing, type, timeInForce };
}

/** Typed text to contract text: grouping commas go, everything else must be a plain decimal. */
export function plain(text: string): string | null {
  const bare = text.replaceAll(',', '').trim();
  return isDecimal(bare) ? bare : null;
}

/** Where the entry is reckoned: its limit, else its trigger, else the best opposite price. */
export function entryPrice({ side, type, price, trigger }: TicketFields, world: TicketWorld): string | null {
  if (takesPrice(type)) return plain(price);
  if (takesTrigger(type)) return plain(trigger);
  return side === 'buy' ? world.bestAsk : world.bestBid;
}

/** Null for a type that has none. */
export const timeInForceOf = (
  { type, isClosing, timeInForce }: TicketFields,
  instrument: InstrumentDto,
): TimeInForceDto | null => (timeChoices(instrument, type, isClosing).length === 0 ? null : timeInForce);

export const isTimed = (fields: TicketFields, instrument: InstrumentDto): boolean =>
  timeInForceOf(fields, instrument) === 'gtd';

/** Only a limit order that rests until it is canceled hides a part of itself. */
export const mayHide = ({ type, timeInForce }: TicketFields): boolean => type === 'limit' && timeInForce === 'gtc';

const DAY_MS = 86_400_000;

/** The next time of the clock, in microseconds; null for what is no time. */
export function endOf(text: string, nowMs: number): number | null {
  const parts = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
  if (parts === null) return null;
  const atMs = Math.floor(nowMs / DAY_MS) * DAY_MS + (Number(parts[1]) * 60 + Number(parts[2])) * 60_000;
  return (atMs > nowMs ? atMs : atMs + DAY_MS) * 1000;
}
