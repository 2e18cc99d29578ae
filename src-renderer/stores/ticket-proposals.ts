import type { InstrumentDto } from '../../src-preload/contract/state.ts';
import { stepsOf, stepText } from '../ui/number-text.ts';
import { takesPrice, takesTrigger } from './order-forms.ts';
import { entryPrice, plain, type TicketFields, type TicketWorld } from './ticket-fields.ts';

/** Distances of a proposal, in parts of ten thousand of the price. Shown in the fields, changed by the trader, judged by the gate. */
const STOP_AWAY = 80n;
const STOP_LIMIT_AWAY = 100n;
const TARGET_AWAY = 160n;
/** An order that must fill at once and asks for the best price alone dies with the next tick. */
const ROOM = 5n;
/** A trigger at the market would be reached at once. */
const TRIGGER_AWAY = 20n;
const WHOLE = 10_000n;

/** A price moved against (above zero) or with the side of the order, on the tick. */
function moved(price: string, parts: bigint, { tickSize }: InstrumentDto): string {
  const ticks = BigInt(stepsOf(price, tickSize));
  return stepText(Number((ticks * (WHOLE + parts)) / WHOLE), tickSize);
}

/** Prices of the book for the fields that the order has: a start to change, not advice. Empty without a book. */
export function proposedPrices(
  fields: TicketFields,
  world: TicketWorld,
): Partial<Pick<TicketFields, 'price' | 'trigger'>> {
  const { side, type, timeInForce } = fields;
  const [own, opposite] = side === 'buy' ? [world.bestBid, world.bestAsk] : [world.bestAsk, world.bestBid];
  if (own === null || opposite === null) return {};
  const up = side === 'buy' ? 1n : -1n;
  const at = (price: string, parts: bigint): string => moved(price, parts, world.instrument);
  if (takesTrigger(type)) {
    const isStop = type === 'stopLimit' || type === 'stopMarket';
    const trigger = isStop ? at(opposite, up * TRIGGER_AWAY) : at(own, -up * TRIGGER_AWAY);
    return takesPrice(type) ? { trigger, price: at(trigger, up * ROOM) } : { trigger };
  }
  if (!takesPrice(type)) return {};
  const isAtOnce = type === 'limit' && (timeInForce === 'ioc' || timeInForce === 'fok');
  return { price: isAtOnce ? at(opposite, up * ROOM) : own };
}

/** Stop, stop limit and target around the entry; empty while its price is not known. */
export function proposedExits(
  fields: TicketFields,
  world: TicketWorld,
): Partial<Pick<TicketFields, 'stopTrigger' | 'stopLimit' | 'target'>> {
  const entry = plain(entryPrice(fields, world) ?? '');
  if (entry === null || fields.isClosing) return {};
  const up = fields.side === 'buy' ? 1n : -1n;
  return {
    stopTrigger: moved(entry, -up * STOP_AWAY, world.instrument),
    stopLimit: moved(entry, -up * STOP_LIMIT_AWAY, world.instrument),
    target: moved(entry, up * TARGET_AWAY, world.instrument),
  };
}
