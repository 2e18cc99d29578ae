import type { IncomingHttpHeaders } from 'node:http';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { parseJson } from '../protocol/parse-json.ts';
import { Fields } from './fields.ts';
import type { KrakenDesk } from './desk.ts';
import { KrakenError } from './kraken-error.ts';
import { PUBLIC_ROUTES } from './public-routes.ts';
import { type PrivateRoute, TRADING_ROUTES } from './trading-routes.ts';

export type KrakenRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
};

export type KrakenAnswer = { readonly status: number; readonly text: string };

const PRIVATE_ROUTES: Readonly<Record<string, PrivateRoute>> = { ...ACCOUNT_ROUTES, ...TRADING_ROUTES };
/** History costs twice; orders have counters of their own. */
const HISTORY = new Set(['TradesHistory']);

/** Answers a request to `/0/...`: always JSON with `error` and, when it is empty, `result`. */
export function answerKraken(desk: KrakenDesk, request: KrakenRequest): KrakenAnswer {
  try {
    return { status: 200, text: JSON.stringify({ error: [], result: run(desk, request) }) };
  } catch (error) {
    const known = error instanceof KrakenError ? error : defect(error);
    return { status: known.status, text: krakenErrorText(known.message) };
  }
}

export const krakenErrorText = (message: string): string => JSON.stringify({ error: [message] });

function run(desk: KrakenDesk, request: KrakenRequest): unknown {
  const [, version, kind, name = ''] = request.path.split('/');
  const open = version === '0' && kind === 'public' ? PUBLIC_ROUTES[name] : undefined;
  if (open !== undefined) return open(desk, Fields.fromForm(request.query, request.body));
  const route = version === '0' && kind === 'private' ? PRIVATE_ROUTES[name] : undefined;
  if (route === undefined) throw new KrakenError('EGeneral:Unknown method', 404);
  return runPrivate(desk, request, name, route);
}

function runPrivate(desk: KrakenDesk, request: KrakenRequest, name: string, route: PrivateRoute): unknown {
  const { method, path, body, headers } = request;
  if (method !== 'POST') throw new KrakenError('EGeneral:Unknown method');
  const { account, key } = desk.access.authenticate(headers, path, body);
  if (TRADING_ROUTES[name] === undefined) {
    desk.rates.countCall(key, HISTORY.has(name) ? 2 : 1, desk.venue.clock.apiMs());
  }
  const result = route({ desk, account, body, fields: fieldsOf(body) });
  desk.settle();
  return result;
}

function fieldsOf(body: string): Fields {
  if (!body.trimStart().startsWith('{')) return Fields.fromForm(body);
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null) throw new KrakenError('EGeneral:Invalid arguments');
  return Fields.fromObject(parsed);
}

/** A defect of the practice exchange itself: said as one, so that it is never taken for the venue's behavior. */
const defect = (error: unknown): KrakenError =>
  new KrakenError(`EGeneral:Internal error: practice exchange defect: ${String(error)}`, 500);
