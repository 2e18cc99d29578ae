import type { Funding } from '../matching/funding.ts';
import type { PracticeVenue } from '../practice-venue.ts';
import type { Parameters } from './parameters.ts';

export type RouteContext = {
  readonly venue: PracticeVenue;
  readonly parameters: Parameters;
  /** The signing account; empty for public routes. */
  readonly account: string;
  /** Of orders of a margin account. */
  readonly funding?: Funding;
};

/** What public market data needs of a product: spot and USD-M each have their own. */
export type MarketBoard = Pick<PracticeVenue, 'engine' | 'clock' | 'tapes' | 'tape' | 'faults'>;
export type BoardContext = { readonly venue: MarketBoard; readonly parameters: Parameters };

export type Route = {
  readonly weight: number | ((parameters: Parameters) => number);
  /** `key`: an API key alone, as for listen keys. */
  readonly security: 'public' | 'key' | 'signed';
  /** The answer's body. Throws ApiError. */
  readonly handle: (context: RouteContext) => unknown;
};

/** Routes by `METHOD /path`. */
export type Routes = Readonly<Record<string, Route>>;

export const publicRoute = (weight: Route['weight'], handle: Route['handle']): Route => ({
  weight,
  security: 'public',
  handle,
});

export const keyRoute = (weight: Route['weight'], handle: Route['handle']): Route => ({
  weight,
  security: 'key',
  handle,
});

export const signedRoute = (weight: Route['weight'], handle: Route['handle']): Route => ({
  weight,
  security: 'signed',
  handle,
});
