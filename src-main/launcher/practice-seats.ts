import { isolatedPair, type VenueChoice } from '../engine/domain/venue-choice.ts';
import type { AccountBoot, PracticeSeats } from './boot.ts';

/** One account of a session. `ledgerSuffix`: what the practice exchange's own book of it adds to its name. */
export type Seat = {
  readonly boot: Pick<AccountBoot, 'accountId' | 'product' | 'venue' | 'margin'>;
  readonly ledgerSuffix: string;
};

const SPOT_SEATS = 2;

/** Two accounts of Binance spot, and one for each further venue. */
export function seatsFor(venues: readonly VenueChoice[]): PracticeSeats {
  const one = (name: VenueChoice): number => (venues.includes(name) ? 1 : 0);
  const pairs = venues.map(isolatedPair).filter((pair) => pair !== null);
  return {
    accounts: SPOT_SEATS,
    futures: one('usdm'),
    kraken: one('kraken'),
    cross: one('binance-cross'),
    isolated: [...new Set(pairs)],
    krakenMargin: one('kraken-margin'),
  };
}

/** The accounts in the order of their indices: spot, futures, Kraken, cross and isolated margin, Kraken margin. */
export function seatsOf({ accounts, futures, kraken, cross, isolated = [], krakenMargin }: PracticeSeats): Seat[] {
  return [
    ...many('paper', accounts, {}),
    ...many('futures', futures, { product: 'USDM' }, '@usdm'),
    ...many('kraken', kraken, { venue: 'KRAKEN' }),
    ...many('cross', cross, { product: 'MARGIN', margin: 'cross' }, '@margin'),
    ...isolated.flatMap((pair) =>
      many(`isolated-${pair.toLowerCase()}`, 1, { product: 'MARGIN', margin: { isolated: pair } }, `@${pair}`),
    ),
    ...many('kraken-margin', krakenMargin, { venue: 'KRAKEN', product: 'MARGIN' }),
  ];
}

const many = (kind: string, count = 0, boot: Omit<Seat['boot'], 'accountId'> = {}, ledgerSuffix = ''): Seat[] =>
  Array.from({ length: count }, (_, index) => ({
    boot: { accountId: `${kind}-${String(index + 1).padStart(2, '0')}`, ...boot },
    ledgerSuffix,
  }));
