import type { CoreView } from '../core.ts';
import type { CommandOutcome, Decision, EngineInput } from '../domain/events.ts';
import type { AccountId } from '../domain/identifiers.ts';
import { ordersOf } from '../domain/order.ts';
import type { InferenceRuntime } from '../ports/inference-runtime.ts';
import type { VenueGateway, VenueSnapshot } from '../ports/venue-gateway.ts';
import type { Failpoints } from './failpoints.ts';

export type EffectParts = {
  readonly gateways: ReadonlyMap<AccountId, VenueGateway>;
  readonly inference: InferenceRuntime | null;
  readonly view: CoreView;
  readonly failpoint: Failpoints;
  /** Looks begun, by account. */
  readonly looks: Map<AccountId, number>;
  readonly dispatch: (input: EngineInput) => void;
};

type DecisionOf<K extends Decision['kind']> = Extract<Decision, { readonly kind: K }>;

/** Does what a decision says; each answer comes back as an input. */
export function carryOut(parts: EffectParts, decision: Decision): void {
  switch (decision.kind) {
    case 'order.submit':
      submit(parts, decision);
      return;
    case 'order.cancel':
      cancel(parts, decision);
      return;
    case 'order.modify':
      modify(parts, decision);
      return;
    case 'venue.armDeadMan':
      armDeadMan(parts, decision);
      return;
    case 'venue.reconcile':
      look(parts, decision);
      return;
    case 'inference.request':
      infer(parts, decision);
      return;
    default:
      return;
  }
}

function submit(parts: EffectParts, { submission, lane }: DecisionOf<'order.submit'>): void {
  const orders = ordersOf(submission);
  const clientOrderIds = orders.map(({ clientOrderId }) => clientOrderId);
  const gateway = gatewayOf(parts, orders[0]?.accountId);
  parts.failpoint('submit.before');
  const sent = settled(gateway?.submit(submission, lane));
  parts.failpoint('submit.after');
  void sent.then((outcome) => {
    parts.failpoint('submit.answered');
    parts.dispatch({ kind: 'submit.answered', clientOrderIds, outcome });
  });
}

function cancel(parts: EffectParts, decision: DecisionOf<'order.cancel'>): void {
  const { accountId, instrumentId, clientOrderId, listId, venueOrderId, lane } = decision;
  const request = { instrumentId, clientOrderId, listId, ...(venueOrderId !== undefined && { venueOrderId }) };
  parts.failpoint('cancel.before');
  const sent = settled(gatewayOf(parts, accountId)?.cancel(request, lane));
  parts.failpoint('cancel.after');
  void sent.then((outcome) => {
    parts.failpoint('cancel.answered');
    parts.dispatch({ kind: 'cancel.answered', clientOrderId, outcome });
  });
}

function modify(parts: EffectParts, decision: DecisionOf<'order.modify'>): void {
  const { accountId, instrumentId, clientOrderId, price, quantity, triggerPrice, lane } = decision;
  const request = { instrumentId, clientOrderId, price, quantity, triggerPrice };
  const sent = settled(gatewayOf(parts, accountId)?.modify(request, lane));
  void sent.then((outcome) => parts.dispatch({ kind: 'modify.answered', clientOrderId, outcome }));
}

function armDeadMan(parts: EffectParts, { accountId, timeoutMs }: DecisionOf<'venue.armDeadMan'>): void {
  const sent = settled(gatewayOf(parts, accountId)?.armDeadMan?.(timeoutMs));
  void sent.then((outcome) => parts.dispatch({ kind: 'deadMan.answered', accountId, timeoutMs, outcome }));
}

function gatewayOf(parts: EffectParts, accountId: AccountId | undefined): VenueGateway | undefined {
  return accountId === undefined ? undefined : parts.gateways.get(accountId);
}

/** A gateway that throws instead of answering proves nothing about the command. */
async function settled(answer: Promise<CommandOutcome> | undefined): Promise<CommandOutcome> {
  if (answer === undefined)
    return { kind: 'rejected', venueCode: 'NO_GATEWAY', message: 'account without a gateway', unread: true };
  try {
    return await answer;
  } catch (error) {
    return { kind: 'unknown', reason: String(error) };
  }
}

/** A look that was given up may still answer: what it shows is older than the question it would be taken to answer. */
function look(parts: EffectParts, { accountId, lookups, lane }: DecisionOf<'venue.reconcile'>): void {
  const number = (parts.looks.get(accountId) ?? 0) + 1;
  parts.looks.set(accountId, number);
  void takeLook(parts, accountId, lookups, lane).then((inputs) => {
    parts.failpoint('look.answered');
    if (parts.looks.get(accountId) === number) for (const input of inputs) parts.dispatch(input);
  });
}

/** Charges and the standing are events of their own, after the look whose trades they may belong to. */
function inputsOf(accountId: AccountId, { charges = [], standing, ...look }: VenueSnapshot): readonly EngineInput[] {
  const { positions = [] } = look;
  return [
    { kind: 'venue.reconciled', accountId, ...look },
    ...charges.map((charge): EngineInput => ({ kind: 'charge.booked', accountId, charge })),
    ...(standing === undefined ? [] : [{ kind: 'margin.reported', accountId, standing, positions } as const]),
  ];
}

async function takeLook(
  parts: EffectParts,
  accountId: AccountId,
  lookups: DecisionOf<'venue.reconcile'>['lookups'],
  lane: DecisionOf<'venue.reconcile'>['lane'],
): Promise<readonly EngineInput[]> {
  const own = parts.view.exposures().filter((exposure) => exposure.accountId === accountId);
  const busy = own.filter(({ openOrders, quantity }) => openOrders.length > 0 || quantity !== '0');
  parts.failpoint('look.before');
  try {
    const gateway = parts.gateways.get(accountId);
    const taken = await gateway?.snapshot(
      lookups,
      busy.map(({ instrumentId }) => instrumentId),
      lane,
    );
    if (taken?.ok === true) return inputsOf(accountId, taken.value);
    const detail = taken?.error.detail ?? 'account without a gateway';
    return [{ kind: 'venue.reconcileFailed', accountId, detail }];
  } catch (error) {
    return [{ kind: 'venue.reconcileFailed', accountId, detail: String(error) }];
  }
}

function infer(parts: EffectParts, { requestId, modelId, inputs }: DecisionOf<'inference.request'>): void {
  const answered = (outputs: readonly number[] | null): void => {
    parts.dispatch({ kind: 'inference.answered', requestId, outputs });
  };
  if (parts.inference === null) answered(null);
  else parts.inference.request(modelId, inputs, answered);
}
