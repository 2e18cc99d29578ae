import type { PracticeVenue } from '../practice-venue.ts';
import type { Parameters } from './parameters.ts';

export type RouteContext = {
  readonly venue: PracticeVenue;
  readonly parameters: Parameters;
  /** The signing account; empty for public routes. */
  readonly account: string;
};

export type Route = {
  readonly weight: number | ((parameters: Parameters) => number);
  readonly security: 'public' | 'signed';
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

export const signedRoute = (weight: Route['weight'], handle: Route['handle']): Route => ({
  weight,
  security: 'signed',
  handle,
});
