import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ArmedFault, FaultKind } from '../faults.ts';
import type { KrakenDesk } from '../kraken/desk.ts';
import { answerKraken, krakenErrorText } from '../kraken/rest.ts';
import type { PracticeVenue } from '../practice-venue.ts';
import { ApiError, defect } from './api-error.ts';
import { dispatch } from './dispatch.ts';
import { Parameters } from './parameters.ts';
import { signedPayload } from './signed-request.ts';

const MAX_BODY_BYTES = 65_536;
const HTML = '<html><body><h1>Log in to the network</h1></body></html>';

type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};

/** The venue's REST side. Public errors keep the venue's shapes; whatever else goes wrong here is a 500. */
export function createRestServer(venue: PracticeVenue, kraken: KrakenDesk): Server {
  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => serve(venue, kraken, request, response, body),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError(`expected at most ${MAX_BODY_BYTES} bytes, was more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function serve(
  venue: PracticeVenue,
  kraken: KrakenDesk,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): void {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const method = request.method ?? 'GET';
  const run = (): Answer =>
    path.startsWith('/0/')
      ? { headers: {}, ...answerKraken(kraken, { method, path, query, body, headers: request.headers }) }
      : answer(venue, { method, path, query, body, request });
  const fault = venue.faults.strikeRest(method, path);
  if (fault === undefined) send(response, run());
  else fail(fault, path, response, run);
}

function send(response: ServerResponse, { status, headers, text }: Answer): void {
  response.writeHead(status, {
    'Content-Type': 'application/json;charset=UTF-8',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** What each fault does to the answer. `executed` is null when the request was not run. */
const FAILURES: Readonly<Partial<Record<FaultKind, Failure>>> = {
  slow: ({ response, fault, executed, run }) => {
    setTimeout(() => send(response, executed ?? run()), fault.ms ?? 2000);
  },
  reset: ({ response }) => response.socket?.resetAndDestroy(),
  executeThenLose: ({ response }) => response.socket?.resetAndDestroy(),
  html200: ({ response, fault }) =>
    send(response, { status: fault.status ?? 200, headers: { 'Content-Type': 'text/html' }, text: HTML }),
  truncated: ({ response, executed }) => sendHalf(response, executed?.text ?? '{}'),
  empty: ({ response }) => send(response, { status: 200, headers: {}, text: '' }),
  status: ({ response, fault, path }) => send(response, statusAnswer(fault, path)),
  hang: () => undefined,
};

type Failure = (failing: {
  readonly response: ServerResponse;
  readonly path: string;
  readonly fault: ArmedFault;
  readonly executed: Answer | null;
  readonly run: () => Answer;
}) => void;

/** With `apply`, and always for executeThenLose and truncated, the request runs although its answer fails. */
function fail(fault: ArmedFault, path: string, response: ServerResponse, run: () => Answer): void {
  const mustRun = fault.apply === true || fault.kind === 'executeThenLose' || fault.kind === 'truncated';
  FAILURES[fault.kind]?.({ fault, path, response, executed: mustRun ? run() : null, run });
}

function sendHalf(response: ServerResponse, text: string): void {
  send(response, { status: 200, headers: {}, text: text.slice(0, Math.max(1, Math.floor(text.length / 2))) });
}

/** Kraken says what is wrong in the body, Binance in a code. */
function statusAnswer(fault: ArmedFault, path: string): Answer {
  const { status = 503, retryAfterSeconds, code = -1000 } = fault;
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  if (path.startsWith('/0/')) return { status, headers, text: krakenErrorText(fault.msg ?? 'EService:Unavailable') };
  const msg = fault.msg ?? 'Unknown error, please check your request or try again later.';
  return { status, headers, text: JSON.stringify({ code, msg }) };
}

type Asked = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly request: IncomingMessage;
};

function answer(venue: PracticeVenue, { method, path, query, body, request }: Asked): Answer {
  const address = request.socket.remoteAddress ?? '';
  const apiKey = request.headers['x-mbx-apikey'];
  try {
    const { body: result, account } = dispatch(venue, {
      route: `${method} ${path}`,
      parameters: Parameters.fromQuery(query, body),
      apiKey: typeof apiKey === 'string' ? apiKey : undefined,
      payload: signedPayload(query, body),
      address,
    });
    return { status: 200, headers: limitHeaders(venue, { path, address, account }), text: JSON.stringify(result) };
  } catch (error) {
    const known = error instanceof ApiError ? error : defect(error);
    const headers = { ...limitHeaders(venue, { path, address, account: '' }), ...known.headers };
    return { status: known.status, headers, text: JSON.stringify(known.body()) };
  }
}

function limitHeaders(
  venue: PracticeVenue,
  { path, address, account }: { readonly path: string; readonly address: string; readonly account: string },
): Record<string, string> {
  const nowMs = venue.clock.apiMs();
  const limits = venue.limitsOf(path);
  const used = String(limits.usedWeight(address, nowMs));
  const headers: Record<string, string> = { 'X-MBX-USED-WEIGHT': used, 'X-MBX-USED-WEIGHT-1M': used };
  if (account === '') return headers;
  const [short, long] = limits.orderCounts(account, nowMs);
  return {
    ...headers,
    'X-MBX-ORDER-COUNT-10S': String(short),
    [`X-MBX-ORDER-COUNT-${limits.long.header}`]: String(long),
  };
}
