import type { Decision, EngineInput } from '../engine/domain/events.ts';
import { ordersOf, type OrderSpec } from '../engine/domain/order.ts';
import type { RouteFigures } from '../engine/domain/route.ts';
import type { LogDto, ParamsDto } from '../../src-preload/contract/state.ts';

/** What the event log leaves out: heartbeats of the engine that change nothing a person looks for. */
const QUIET: ReadonlySet<string> = new Set([
  'clock.ticked',
  'prices.referenced',
  'balances.reported',
  'margin.reported',
  'inference.answered',
  'stop.progressed',
]);

/** Undefined for events that a log line would only bury. */
export function logDto(sequence: number, timeUs: number, event: EngineInput | Decision): LogDto | undefined {
  if (QUIET.has(event.kind) || (event.kind === 'bar.closed' && event.warmUp)) return undefined;
  const { instrumentId, summary } = summarize(event);
  return { sequence, timeUs, kind: event.kind, instrumentId, summary };
}

type Summary = { readonly instrumentId: string | null; readonly summary: ParamsDto };

type Event = EngineInput | Decision;
type Summaries = { readonly [K in Event['kind']]?: (event: Extract<Event, { kind: K }>) => Summary };

/** Kinds whose own fields are nested; all others show their plain ones. */
const SUMMARIES: Summaries = {
  'order.filled': ({ fill: { instrumentId, price, quantity, side } }) => ({
    instrumentId,
    summary: { side, quantity, price },
  }),
  'order.reported': ({ report: { instrumentId, quantity, side, venueStatus } }) => ({
    instrumentId,
    summary: { status: venueStatus, side, quantity },
  }),
  'order.submit': ({ submission }) => {
    const [{ instrumentId, quantity, role, side }] = ordersOf(submission) as [OrderSpec];
    return { instrumentId, summary: { kind: submission.kind, role, side, quantity } };
  },
  'order.judged': ({ verdict }) => ({
    instrumentId: null,
    summary: { allowed: verdict.allowed, code: verdict.denials[0]?.code ?? null },
  }),
  'charge.booked': ({ charge: { amount, asset, instrumentId, kind } }) => ({
    instrumentId,
    summary: { charge: kind, amount, asset },
  }),
  'submit.answered': ({ outcome }) => ({ instrumentId: null, summary: { outcome: outcome.kind } }),
  'cancel.answered': ({ outcome }) => ({ instrumentId: null, summary: { outcome: outcome.kind } }),
  'tradingState.changed': ({ from, reason, to }) => ({ instrumentId: null, summary: { from, to, reason } }),
  'command.received': ({ envelope: { actor, command, origin } }) => ({
    instrumentId: null,
    summary: { command: command.kind, origin, actor },
  }),
  'alert.raised': ({ alert: { code, params } }) => ({
    instrumentId: textOf(params['instrumentId']),
    summary: { code },
  }),
  'outcome.resolved': ({ outcome: { instrumentId, command, role, resolution, resolvedBy, ...outcome } }) => ({
    instrumentId,
    summary: {
      command,
      role,
      resolution,
      resolvedBy,
      asked: outcome.questions.length,
      ms: Math.round(((outcome.resolvedAtUs ?? outcome.unknownAtUs) - outcome.unknownAtUs) / 1_000),
    },
  }),
  'order.routed': ({ instrumentId, side, quantity, route: { candidates, unrouted } }) => ({
    instrumentId,
    summary: {
      ...{ side, quantity, unrouted },
      ...Object.fromEntries(candidates.map((market) => [market.instrumentId, routeText(market)])),
    },
  }),
  'signal.raised': ({ signal: { instrumentId, side, strategyId } }) => ({
    instrumentId,
    summary: { strategyId, side },
  }),
};

/** What a market got and its average price after fees, or why it got nothing. */
const routeText = ({ netPrice, quantity, unfit }: RouteFigures): string =>
  unfit ?? (netPrice === null ? quantity : `${quantity} @ ${netPrice}`);

function summarize(event: Event): Summary {
  const summaryOf = SUMMARIES[event.kind] as ((event: Event) => Summary) | undefined;
  if (summaryOf !== undefined) return summaryOf(event);
  return { instrumentId: 'instrumentId' in event ? event.instrumentId : null, summary: plainFields(event) };
}

/** The event's own short fields; nested ones stay in the journal. */
function plainFields(event: object): ParamsDto {
  const fields = Object.entries(event).filter(
    ([name, value]) => name !== 'kind' && name !== 'instrumentId' && !isNested(value),
  );
  return Object.fromEntries(fields.slice(0, 6));
}

const isNested = (value: unknown): boolean => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
