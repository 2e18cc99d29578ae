import { createHash } from 'node:crypto';
import type { GenericVenue } from '../../engine/domain/generic-venues.ts';
import { type MissingCapability, missingAt } from '../../engine/domain/missing-capabilities.ts';

/** What each gap means for a position. */
export const MISSING_WORDS: Readonly<Record<MissingCapability, string>> = {
  restingStop: 'no stop rests at the venue: its trigger is watched here, and the stop does not survive us',
  lists: 'no bracket, OCO or OTO: one order at a time',
  reduceOnly: 'no reduce-only order: a late exit may sell what was bought since',
  createDeadline: 'a create is never refused for its age: it may be executed long after it was sent',
  deadMan: "no dead man's timer: entries stay in the book when we fall silent",
  provenBook: 'the order book is taken as ccxt keeps it: no checksum or sequence is checked here',
  orders: 'orders, open orders, trades and balances cannot all be asked for: no orders go there',
  ownId: 'no order ids of our own: no orders go there',
  market: 'no market orders: no orders go there',
  ioc: 'no immediate-or-cancel: no orders go there',
  lookup: 'no order is found by our own id: one that lost its answer stays unknown and holds its instrument',
  fok: 'no fill-or-kill: entries go as immediate-or-cancel and may fill in part',
  postOnly: 'no post-only orders: resting entries are refused',
  bookStream: 'no stream of the order book: it is asked for and older',
  tradeStream: 'no stream of trades: prices come from the book alone',
  orderStream: 'no stream of our orders: fills are learned by asking',
  bars: 'no bars: strategies cannot warm up',
};

/** Names the gaps in 12 hex digits: another list has another digest. */
export function missingDigest(venue: GenericVenue): string {
  const text = missingAt(venue).map((gap) => `${gap}: ${MISSING_WORDS[gap]}`);
  return createHash('sha256')
    .update([venue, ...text].join('\n'))
    .digest('hex')
    .slice(0, 12);
}

/** What a person writes into the configuration to trade there with real money. */
export const acceptanceOf = (venue: GenericVenue): string => `I trade ${venue} without ${missingDigest(venue)}`;

/** The same in a line for the terminal: `without resting stop, lists, …`. */
export const missingLine = (venue: GenericVenue): string =>
  `without ${missingAt(venue)
    .map((gap) => gap.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))
    .join(', ')}`;
