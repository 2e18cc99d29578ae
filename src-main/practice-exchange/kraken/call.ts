import type { PracticeVenue } from '../practice-venue.ts';
import { invalidArgument, KrakenError, UNKNOWN_PAIR } from './kraken-error.ts';
import type { Pair, Pairs } from './pairs.ts';

/** What every Kraken route can reach. */
export type KrakenDesk = { readonly venue: PracticeVenue; readonly pairs: Pairs };

/** Fields of one request, as texts; nested fields are named `close[price]`. */
export class Fields {
  private readonly values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.values = values;
  }

  static fromForm(...forms: readonly string[]): Fields {
    return new Fields(new Map(forms.flatMap((form) => [...new URLSearchParams(form)])));
  }

  optional(name: string): string | undefined {
    const value = this.values.get(name);
    return value === '' ? undefined : value;
  }

  /** Throws `EGeneral:Invalid arguments` when missing. */
  text(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw invalidArgument(name);
    return value;
  }

  integer(name: string): number | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    if (!/^[+-]?\d{1,19}$/.test(value)) throw invalidArgument(name);
    return Number(value);
  }

  flag(name: string): boolean {
    const value = this.optional(name);
    return value === 'true' || value === '1';
  }
}

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
