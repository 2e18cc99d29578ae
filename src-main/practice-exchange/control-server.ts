import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { formatDecimal } from '../engine/domain/decimal.ts';
import { FAULT_KINDS, type FaultKind, type FaultSpec } from './faults.ts';
import type { MarginAccount } from './margin/loans.ts';
import type { SymbolMarket } from './matching/exchange-state.ts';
import { formatAmount } from './matching/grid.ts';
import type { PracticeVenue } from './practice-venue.ts';
import { readBody } from './protocol/rest-server.ts';
import { parseJson } from './protocol/parse-json.ts';
import { isKrakenOrder, tradeTxid } from './kraken/terms.ts';

const KINDS = Object.keys(FAULT_KINDS) as [FaultKind, ...FaultKind[]];

const FAULT = z.strictObject({
  kind: z.enum(KINDS),
  method: z.string().exactOptional(),
  path: z.string().exactOptional(),
  stream: z.string().exactOptional(),
  symbol: z.string().exactOptional(),
  times: z.number().int().positive().exactOptional(),
  forMs: z.number().positive().exactOptional(),
  apply: z.boolean().exactOptional(),
  status: z.number().int().min(400).max(599).exactOptional(),
  retryAfterSeconds: z.number().int().nonnegative().exactOptional(),
  code: z.number().int().exactOptional(),
  msg: z.string().exactOptional(),
  ms: z.number().exactOptional(),
  filters: z.array(z.record(z.string(), z.unknown())).exactOptional(),
});

const CLOCK = z.strictObject({ speed: z.number().min(0).max(10_000).optional(), skewMs: z.number().int().optional() });

export type Controls = {
  /** Closes sockets whose path or streams contain the text; code 1006 breaks them without a close frame. */
  readonly closeSockets: (containing: string, code: number) => number;
  readonly status: () => object;
  /** Kraken's keys: another program has used each with a nonce that far, in microseconds, above its last one. */
  readonly raiseNonces: (byUs: number) => void;
  /** Ends the process at once. */
  readonly kill: () => void;
};

type Reply = { readonly status: number; readonly body: unknown };
const fine = (body: unknown): Reply => ({ status: 200, body });
const bad = (error: string): Reply => ({ status: 400, body: { error } });

/** The loopback control port: faults, the clock and the ledger. It is no part of the venue's protocol. */
export function createControlServer(venue: PracticeVenue, controls: Controls): Server {
  return createServer((request, response) => {
    readBody(request).then(
      (body) =>
        reply(
          response,
          attempt(() => route(venue, controls, request, body)),
        ),
      (error: unknown) => reply(response, bad(textOf(error))),
    );
  });
}

function attempt(run: () => Reply): Reply {
  try {
    return run();
  } catch (error) {
    return bad(textOf(error));
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function reply(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

function route(venue: PracticeVenue, controls: Controls, request: IncomingMessage, body: string): Reply {
  if (!isLoopback(request.headers.host)) return { status: 403, body: { error: 'expected a loopback host' } };
  const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
  if (url === null) return bad('expected a path, was none');
  switch (`${request.method ?? 'GET'} ${url.pathname}`) {
    case 'GET /practice/ledger':
      return ledger(venue, url);
    case 'GET /practice/status':
      return fine({
        ...controls.status(),
        ...clockState(venue),
        limits: venue.limits.options,
        symbols: venue.tapes.size,
      });
    case 'GET /practice/faults':
      return fine(
        venue.faults
          .list()
          .map((fault) => ({ ...fault, remaining: finite(fault.remaining), untilMs: finite(fault.untilMs) })),
      );
    case 'POST /practice/faults':
      return arm(venue, controls, body);
    case 'DELETE /practice/faults':
      return disarm(venue, url);
    case 'DELETE /practice/weight':
      venue.limits.forgetWeight();
      return fine({});
    case 'GET /practice/clock':
      return fine(clockState(venue));
    case 'POST /practice/clock':
      return setClock(venue, body);
    default:
      return { status: 404, body: { error: `expected a path under /practice, was ${url.pathname}` } };
  }
}

/** A page elsewhere must not reach this port through a name that points here. */
const isLoopback = (host: string | undefined): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** `balances=all` adds every change of every balance. The book of a USD-M wallet is `name@usdm`, or asked for by `product=usdm`. */
function ledger(venue: PracticeVenue, url: URL): Reply {
  const name = url.searchParams.get('account') ?? [...venue.engine.state.accounts.keys()][0] ?? '';
  if (name.endsWith('@usdm')) return futuresLedger(venue, name.slice(0, -'@usdm'.length));
  const account = venue.engine.state.accounts.get(name);
  if (account === undefined) return bad(`expected a known account, was ${name}`);
  if (url.searchParams.get('product') === 'usdm') return futuresLedger(venue, name);
  const margin = venue.margin.byName(name);
  const told = venue.ledger.report(account, venue.clock.now().wallMs);
  const report = {
    ...told,
    fills: told.fills.map((fill) => ({ ...fill, ...krakenNames(venue, fill) })),
    ...(margin === undefined ? {} : { debts: debtsOf(margin) }),
  };
  if (url.searchParams.get('balances') !== 'all') return fine(report);
  return fine({ ...report, balanceChanges: venue.ledger.balanceChanges(name) });
}

/** Kraken's own names of a trade in its protocol; an order that a conditional close made has none of ours. */
function krakenNames({ engine: { state } }: PracticeVenue, { orderId, tradeId, symbol }: TradeName) {
  const order = state.orders.get(orderId);
  if (order === undefined || !isKrakenOrder(order)) return {};
  const { phase } = state.market(symbol);
  return { tradeId: tradeTxid(phase, tradeId, orderId), clientOrderId: order.terms.clientOrderId ?? '' };
}

type TradeName = { readonly orderId: number; readonly tradeId: number; readonly symbol: string };

const debtsOf = (margin: MarginAccount) =>
  [...margin.debts].map(([asset, { borrowed, interest }]) => ({
    asset,
    borrowed: formatAmount(borrowed),
    interest: formatAmount(interest),
  }));

/** Creates of all products are counted in one place. */
function futuresLedger(
  { usdm, clock, ledger: { creates, sentBeforeCommit, intentsChecked } }: PracticeVenue,
  name: string,
): Reply {
  const account = usdm?.account(name);
  if (usdm === null || account === undefined) return bad(`expected an account with a USD-M wallet, was ${name}`);
  const conditional = usdm.algos.of(name).map((algo) => {
    const { id, clientAlgoId, symbol, side, type, status, actualOrderId } = algo;
    const quantity = algo.quantity === null ? null : formatDecimal(algo.quantity);
    return { algoId: id, clientAlgoId, symbol, side, type, status, quantity, actualOrderId };
  });
  return fine({
    ...usdm.ledger.report(account.orders, clock.now().wallMs),
    ...{ creates, sentBeforeCommit, intentsChecked },
    conditionalOrders: conditional,
    incomes: account.futures.incomes.map((income) => ({ ...income, amount: formatAmount(income.amount) })),
  });
}

function disarm(venue: PracticeVenue, url: URL): Reply {
  const id = url.searchParams.get('id');
  venue.faults.clear(id === null ? undefined : Number(id));
  venue.engine.state.refusePendingLegs = 0;
  venue.clock.skewMs = 0;
  return fine({});
}

function clockState(venue: PracticeVenue) {
  return { ...venue.clock.now(), apiMs: venue.clock.apiMs(), speed: venue.clock.speed, skewMs: venue.clock.skewMs };
}

function setClock(venue: PracticeVenue, body: string): Reply {
  const parsed = CLOCK.safeParse(parseJson(body));
  if (!parsed.success) return bad(z.prettifyError(parsed.error));
  const { speed, skewMs } = parsed.data;
  if (speed !== undefined) venue.clock.setSpeed(speed);
  if (skewMs !== undefined) venue.clock.skewMs = skewMs;
  return fine(clockState(venue));
}

function arm(venue: PracticeVenue, controls: Controls, body: string): Reply {
  const parsed = FAULT.safeParse(parseJson(body));
  if (!parsed.success) return bad(z.prettifyError(parsed.error));
  const spec: FaultSpec = parsed.data;
  const fault = venue.faults.arm(spec);
  if (FAULT_KINDS[spec.kind] === 'venue' || spec.kind === 'close') {
    const problem = strikeNow(venue, controls, spec);
    if (problem !== null) return bad(problem);
    venue.faults.strike((one) => one.id === fault.id);
    venue.faults.clear(fault.id);
  }
  return fine({ id: fault.id });
}

type Strike = (venue: PracticeVenue, controls: Controls, spec: FaultSpec) => void;

/** Faults of the venue itself happen when they are armed. */
const AT_ONCE: Readonly<Partial<Record<FaultKind, Strike>>> = {
  refusePendingLeg: ({ engine }, _controls, { times = 1 }) => (engine.state.refusePendingLegs += times),
  clockSkew: ({ clock }, _controls, { ms = 0 }) => (clock.skewMs = ms),
  kill: (_venue, { kill }, { ms = 0 }) => setTimeout(kill, ms),
  expireListenKey: ({ usdm }) => usdm?.listenKeys.expireAll(),
  nonceAhead: (_venue, { raiseNonces }, { ms = 1_000 }) => raiseNonces(ms * 1_000),
  close: (_venue, { closeSockets }, { stream = '', code = 1006 }) => closeSockets(stream, code),
};

/** Returns what is missing in the request. */
function strikeNow(venue: PracticeVenue, controls: Controls, spec: FaultSpec): string | null {
  const strike = AT_ONCE[spec.kind];
  if (strike === undefined) return changeRules(venue.engine.state.markets.get(spec.symbol ?? ''), spec);
  strike(venue, controls, spec);
  return null;
}

function changeRules(market: SymbolMarket | undefined, spec: FaultSpec): string | null {
  if (market === undefined) return `expected a known symbol, was ${spec.symbol ?? 'none'}`;
  if (spec.kind === 'filterChange') {
    if (spec.filters === undefined) return 'expected the filters to change, was none';
    market.rules.changeFilters(spec.filters);
    return null;
  }
  market.rules.status = 'HALT';
  if (spec.forMs !== undefined) setTimeout(() => (market.rules.status = 'TRADING'), spec.forMs);
  return null;
}
