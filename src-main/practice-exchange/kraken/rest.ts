import type { IncomingHttpHeaders } from 'node:http';
import { type KrakenDesk, Fields } from './call.ts';
import { KrakenError } from './kraken-error.ts';
import { PUBLIC_ROUTES } from './public-routes.ts';

export type KrakenRequest = {
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
};

export type KrakenAnswer = { readonly status: number; readonly text: string };

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

function run(desk: KrakenDesk, { path, query, body }: KrakenRequest): unknown {
  const [, version, kind, name = ''] = path.split('/');
  const route = version === '0' && kind === 'public' ? PUBLIC_ROUTES[name] : undefined;
  if (route === undefined) throw new KrakenError('EGeneral:Unknown method', 404);
  return route(desk, Fields.fromForm(query, body));
}

/** A defect of the practice exchange itself: said as one, so that it is never taken for the venue's behavior. */
const defect = (error: unknown): KrakenError =>
  new KrakenError(`EGeneral:Internal error: practice exchange defect: ${String(error)}`, 500);
