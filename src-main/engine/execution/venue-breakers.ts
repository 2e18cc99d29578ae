import type { CommandOutcome, EngineInput } from '../domain/events.ts';
import type { AccountId } from '../domain/identifiers.ts';
import { ordersOf, type Submission } from '../domain/order.ts';
import { coolDown, type EndpointClass, noteAnswer, noteSent, retryAtUs } from './breaker.ts';
import { configOf, type OrderRecord, type Turn, venueLink } from './execution-state.ts';

/** Refusals of our own making, before anything was sent: they say nothing about the venue. */
const OWN_REFUSALS: ReadonlySet<string> = new Set(['PAUSED', 'NO_WEIGHT', 'FENCED', 'UNSUPPORTED']);
/** Nothing was sent because the venue could not be reached. */
const UNREACHED: ReadonlySet<string> = new Set(['NOT_SENT', 'NOT_CONNECTED']);

/** The usual answer follows the newest by one part in so many. */
const USUAL_OF = 8;

type InputOf<K extends EngineInput['kind']> = Extract<EngineInput, { readonly kind: K }>;

/** Counts the answer to a create, also where the private stream or a look told of the order before it. */
export function countSubmitAnswer(turn: Turn, { clientOrderIds, outcome }: InputOf<'submit.answered'>): void {
  const records = clientOrderIds.map((id) => turn.state.orders.get(id)).filter((record) => record !== undefined);
  const [sent] = records;
  if (sent !== undefined) count(turn, sent, outcome, classOf(records.map(({ spec }) => spec)), sent.createdAtUs);
}

export function countCancelAnswer(turn: Turn, { clientOrderId, outcome }: InputOf<'cancel.answered'>): void {
  const record = turn.state.orders.get(clientOrderId);
  if (record?.pending?.command === 'cancel') count(turn, record, outcome, 'safety', record.pending.sinceUs);
}

/** Changing an order may open exposure, so it counts as what the order is. */
export function countModifyAnswer(turn: Turn, { clientOrderId, outcome }: InputOf<'modify.answered'>): void {
  const record = turn.state.orders.get(clientOrderId);
  if (record?.pending?.command !== 'modify') return;
  count(turn, record, outcome, classOf([record.spec]), record.pending.sinceUs);
}

const classOf = (specs: readonly { readonly role: string }[]): EndpointClass =>
  specs.some(({ role }) => role === 'entry') ? 'entry' : 'safety';

function count(
  turn: Turn,
  { spec }: OrderRecord,
  outcome: CommandOutcome,
  endpoint: EndpointClass,
  sentAtUs: number,
): void {
  if (outcome.kind === 'rejected' && OWN_REFUSALS.has(outcome.venueCode)) return;
  const answered = outcome.kind === 'accepted' || (outcome.kind === 'rejected' && !UNREACHED.has(outcome.venueCode));
  const tookUs = turn.timeUs - sentAtUs;
  const link = venueLink(turn.state, spec.accountId);
  if (answered) link.answerUs = Math.round(((link.answerUs ?? tookUs) * (USUAL_OF - 1) + tookUs) / USUAL_OF);
  countAnswer(turn, spec.accountId, endpoint, { answered, tookUs });
}

/** Counts a look at the account; `askedAtUs` null when none was awaited. */
export function countLook(turn: Turn, accountId: AccountId, answered: boolean): void {
  const { inFlight, requestedAtUs } = venueLink(turn.state, accountId);
  if (!inFlight || requestedAtUs === null) return;
  countAnswer(turn, accountId, 'query', { answered, tookUs: turn.timeUs - requestedAtUs });
}

function countAnswer(
  turn: Turn,
  accountId: AccountId,
  endpoint: EndpointClass,
  answer: { readonly answered: boolean; readonly tookUs: number },
): void {
  const breaker = venueLink(turn.state, accountId).breakers[endpoint];
  const was = breaker.state;
  noteAnswer(breaker, answer, turn.timeUs, configOf(turn.state));
  if (breaker.state === was) return;
  const { failures, slowAnswers } = breaker;
  const params = { accountId, endpoint, failures, slowAnswers, tookUs: answer.tookUs };
  if (breaker.state === 'open') {
    const detail = { ...params, retryAtUs: retryAtUs(breaker) };
    turn.emit({ kind: 'alert.raised', alert: { code: 'BREAKER_OPENED', severity: 'warning', params: detail } });
  } else {
    turn.emit({ kind: 'alert.raised', alert: { code: 'BREAKER_CLOSED', severity: 'info', params } });
  }
}

/** Lets cool-downs end; looks are sent whatever the breaker says, so the next one is its probe. */
export function coolBreakers(turn: Turn): void {
  for (const { accountId } of turn.state.accounts) {
    const { breakers } = venueLink(turn.state, accountId);
    for (const breaker of Object.values(breakers)) coolDown(breaker, turn.timeUs);
    noteSent(breakers.query, turn.timeUs);
    noteSent(breakers.safety, turn.timeUs);
  }
}

/** A submission on its way to the venue is the probe of a half-open breaker. */
export function noteSubmitted(turn: Turn, submission: Submission): void {
  const specs = ordersOf(submission);
  const [first] = specs;
  if (first !== undefined) noteSent(venueLink(turn.state, first.accountId).breakers[classOf(specs)], turn.timeUs);
}
