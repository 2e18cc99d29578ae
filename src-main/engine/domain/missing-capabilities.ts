import { abilitiesOf, type GenericVenue } from './generic-venues.ts';

/** What every venue without an adapter of its own lacks here, whatever ccxt says of it: nobody proved it. */
const AT_EVERY_VENUE = ['restingStop', 'lists', 'reduceOnly', 'createDeadline', 'deadMan', 'provenBook'] as const;
/** What some of them lack. */
const AT_SOME = ['orders', 'ownId', 'market', 'ioc', 'lookup', 'fok', 'postOnly', 'bookStream', 'tradeStream'] as const;
const MORE_AT_SOME = ['orderStream', 'bars'] as const;

export type MissingCapability =
  (typeof AT_EVERY_VENUE)[number] | (typeof AT_SOME)[number] | (typeof MORE_AT_SOME)[number];

/** What trading there has to do without, the same list in the same order as long as ccxt says the same. */
export function missingAt(venue: GenericVenue): readonly MissingCapability[] {
  const abilities = abilitiesOf(venue);
  return [...AT_EVERY_VENUE, ...[...AT_SOME, ...MORE_AT_SOME].filter((ability) => !abilities.has(ability))];
}
