import type { BracketRequest } from '../domain/command.ts';
import {
  compareDecimals,
  decimal,
  type DecimalText,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
} from '../domain/decimal.ts';
import type { Denial, DenialCode } from '../domain/denial.ts';
import type { DecisionReason, RoutableMarket } from '../domain/events.ts';
import type { AccountId } from '../domain/identifiers.ts';
import { instrumentOf } from '../domain/listed-instrument.ts';
import { Price } from '../domain/quantities.ts';
import type { RouteLeg } from '../domain/route.ts';
import { mayPass } from '../execution/breaker.ts';
import { venueLink, type Turn } from '../execution/execution-state.ts';
import { routeOrder } from '../routing/route-order.ts';
import type { RouteLevel, RouteMarket } from '../routing/take-levels.ts';
import { type Parts } from './core-state.ts';
import { enterBracket } from './entry-path.ts';
import { type Funds, fundsFor } from './free-funds.ts';
import { accountOf, failoverOf, isAway } from './venue-failover.ts';

export type Routed = {
  readonly request: BracketRequest;
  readonly markets: readonly RoutableMarket[];
  readonly reason: DecisionReason;
};

/**
 * Enters a bracket where it costs least after fees, depth and latency, over the venues that trade the underlying. Each
 * part is a bracket of its own at its venue and passes the gate there. Denies when it is no marketable buy, and when no
 * market can take any of it; otherwise answers with the first denial of a part.
 */
export function routeBracket(parts: Parts, turn: Turn, { request, markets, reason }: Routed): Denial | null {
  const denial = refusalOf(request);
  if (denial !== null) return denial;
  const route = routeOrder({
    side: request.side,
    quantity: request.quantity,
    costOfLatencyPerMs: failoverOf(parts).costOfLatencyPerMs,
    markets: markets.flatMap((market) => marketOf(parts, turn, request, market)),
  });
  const { accountId, instrumentId, side, quantity } = request;
  turn.emit({ kind: 'order.routed', accountId, instrumentId, side, quantity, route, reason });
  if (route.legs.length === 0) return { code: 'ROUTE_UNAVAILABLE', params: { instrumentId, quantity } };
  const denials = route.legs.map((leg) => enterLeg(parts, turn, { request, markets, reason }, leg));
  return denials.find((one) => one !== null) ?? null;
}

/** What is resting takes no levels, and what is sold short is paid by margin, not by a balance. */
function refusalOf({ side, entry, quantity, limitPrice }: BracketRequest): Denial | null {
  if (side !== 'buy' || entry !== 'fok') return { code: 'ROUTE_UNAVAILABLE', params: { side, entry } };
  if (!parseDecimal(quantity).ok) return { code: 'QUANTITY_INVALID', params: { quantity } };
  return Price.parse(limitPrice).ok
    ? null
    : { code: 'PRICE_INVALID', params: { field: 'limitPrice', price: limitPrice } };
}

function marketOf(parts: Parts, turn: Turn, request: BracketRequest, market: RoutableMarket): readonly RouteMarket[] {
  const listed = turn.state.instruments.get(market.instrumentId);
  const accountId =
    market.instrumentId === request.instrumentId ? request.accountId : accountOf(turn.state, market.instrumentId);
  if (listed === undefined || accountId === null) return [];
  const { takerFee, lotSize, minQuantity, minNotional } = listed;
  const instrument = instrumentOf(listed);
  const { answerUs } = venueLink(turn.state, accountId);
  return [
    {
      accountId,
      instrumentId: market.instrumentId,
      levels: market.asks.filter((level) => isWithin(level, request.limitPrice)),
      ...{ takerFee, lotSize, minQuantity, minNotional },
      funds: spendable(fundsFor(parts, turn, accountId, instrument, undefined)),
      latencyMs: answerUs === null ? null : Math.round(answerUs / 1_000),
      unfit: unfitness(parts, turn, accountId, market),
    },
  ];
}

/** What the funds buy; nothing when they cannot be told. */
const spendable = ({ free, leverage }: Funds): DecimalText =>
  free === null || free.units < 0n
    ? '0'
    : formatDecimal(multiplyDecimals(free, { units: BigInt(leverage ?? 1), scale: 0 }));

const isWithin = ({ price }: RouteLevel, limit: DecimalText): boolean =>
  compareDecimals(decimal(price), decimal(limit)) <= 0;

function unfitness(
  parts: Parts,
  turn: Turn,
  accountId: AccountId,
  { instrumentId }: RoutableMarket,
): DenialCode | null {
  const listed = turn.state.instruments.get(instrumentId);
  const link = venueLink(turn.state, accountId);
  if (listed === undefined || isAway(parts, instrumentOf(listed).venue)) return 'VENUE_SILENT';
  if (parts.state.feeds.get(instrumentId) !== 'live') return 'FEED_NOT_LIVE';
  if (link.state !== 'ready' || !link.synchronized) return 'VENUE_NOT_READY';
  return mayPass(link.breakers.entry, turn.timeUs) ? null : 'BREAKER_OPEN';
}

/** Prices of the request on the ticks of the leg's market: away from the entry where they protect, towards it where not. */
function enterLeg(parts: Parts, turn: Turn, { request, markets, reason }: Routed, leg: RouteLeg): Denial | null {
  const { accountId, instrumentId, quantity, worstPrice } = leg;
  const market = markets.find((candidate) => candidate.instrumentId === instrumentId);
  const listed = turn.state.instruments.get(instrumentId);
  if (market === undefined || listed === undefined) return { code: 'INSTRUMENT_UNKNOWN', params: { instrumentId } };
  const { tickSize } = instrumentOf(listed);
  const onTick = (price: DecimalText): DecimalText => {
    const parsed = Price.parse(price);
    return parsed.ok ? parsed.value.roundToTick(tickSize, 'down').toString() : price;
  };
  const part: BracketRequest = {
    ...request,
    ...{ accountId, instrumentId, quantity, limitPrice: worstPrice },
    stopTrigger: onTick(request.stopTrigger),
    stopLimit: onTick(request.stopLimit),
    target: onTick(request.target),
  };
  return enterBracket(parts, turn, { request: part, reference: market.reference, reason });
}
