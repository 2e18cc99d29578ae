import type { PracticeVenue } from '../practice-venue.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { ApiError } from './api-error.ts';
import { MARGIN_ACCOUNT_ROUTES } from './margin/account-routes.ts';
import { MARGIN_LOAN_ROUTES } from './margin/loan-routes.ts';
import { MARGIN_TRADING_ROUTES } from './margin/trading-routes.ts';
import { MARKET_ROUTES } from './market-routes.ts';
import type { Parameters } from './parameters.ts';
import type { Route, Routes } from './route.ts';
import { authenticate, identify } from './signed-request.ts';
import { TRADING_ROUTES } from './trading-routes.ts';
import { USDM_ACCOUNT_ROUTES } from './usdm/account-routes.ts';
import { USDM_ALGO_ROUTES } from './usdm/algo-routes.ts';
import { USDM_MARKET_ROUTES } from './usdm/market-routes.ts';
import { USDM_TRADING_ROUTES } from './usdm/trading-routes.ts';

const ROUTES: Routes = {
  ...MARKET_ROUTES,
  ...TRADING_ROUTES,
  ...ACCOUNT_ROUTES,
  ...MARGIN_TRADING_ROUTES,
  ...MARGIN_ACCOUNT_ROUTES,
  ...MARGIN_LOAN_ROUTES,
  ...USDM_MARKET_ROUTES,
  ...USDM_TRADING_ROUTES,
  ...USDM_ALGO_ROUTES,
  ...USDM_ACCOUNT_ROUTES,
};

export type Call = {
  /** `METHOD /path`. */
  readonly route: string;
  readonly parameters: Parameters;
  readonly apiKey: string | undefined;
  /** The text a signature covers. */
  readonly payload: string;
  readonly address: string;
  /** Set when a WebSocket session is logged on: its calls need no signature. */
  readonly session?: string;
};

export type Answered = { readonly body: unknown; readonly account: string };

/** Runs one call as REST and the WebSocket API share it. Throws ApiError. */
export function dispatch(venue: PracticeVenue, call: Call): Answered {
  const route = ROUTES[call.route];
  const weight = weightOf(route, call.parameters);
  venue.limitsOf(call.route).spendWeight(call.address, weight, venue.clock.apiMs());
  if (route === undefined) throw new ApiError(-1000, `No route ${call.route}.`, { status: 404 });
  const account = accountOf(venue, route, call);
  return { account, body: route.handle({ venue, parameters: call.parameters, account }) };
}

function accountOf(venue: PracticeVenue, route: Route, call: Call): string {
  if (route.security === 'public') return '';
  return call.session ?? (route.security === 'key' ? identify(venue.keys, call.apiKey) : signedAccount(venue, call));
}

function signedAccount(venue: PracticeVenue, { apiKey, payload, parameters }: Call): string {
  return authenticate(venue.keys, { apiKey, payload, parameters, nowMs: venue.clock.apiMs() });
}

function weightOf(route: Route | undefined, parameters: Parameters): number {
  if (route === undefined) return 1;
  return typeof route.weight === 'number' ? route.weight : route.weight(parameters);
}
