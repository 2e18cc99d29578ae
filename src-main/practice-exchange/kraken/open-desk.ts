import type { PracticeVenue } from '../practice-venue.ts';
import type { KrakenDesk } from './call.ts';
import { Pairs } from './pairs.ts';

/** Kraken's counter at the practice exchange: the same markets, accounts and funds under Kraken's names. */
export function openKrakenDesk(venue: PracticeVenue): KrakenDesk {
  return { venue, pairs: new Pairs(venue.engine.state.markets.values()) };
}
