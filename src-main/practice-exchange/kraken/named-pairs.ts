import { KrakenError, UNKNOWN_PAIR } from './kraken-error.ts';
import type { KrakenDesk } from './desk.ts';
import type { Pair } from './pairs.ts';

/** Throws `EQuery:Unknown asset pair`. */
export function pairNamed(desk: KrakenDesk, name: string): Pair {
  const pair = desk.pairs.named(name);
  if (pair === undefined) throw new KrakenError(UNKNOWN_PAIR);
  return pair;
}

/** The pairs of a comma-separated list; all when none is named. */
export function pairsNamed(desk: KrakenDesk, names: string | undefined): readonly Pair[] {
  return names === undefined ? desk.pairs.all : names.split(',').map((name) => pairNamed(desk, name));
}
