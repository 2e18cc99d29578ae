import type { Denial, RiskCheck } from './domain/denial.ts';
import type { Decision } from './domain/events.ts';
import type { JournalRow, JsonValue } from './ports/store.ts';

type Judged = Extract<Decision, { readonly kind: 'order.judged' }>;

/**
 * A check as a row holds it: the name alone of a yes-or-no check that passed, which is most of them, else name, passed,
 * used, after, limit, headroom and unit.
 */
type CheckRow = string | readonly [string, boolean, string | null, string | null, string | null, string | null, string];

/**
 * `order.judged` as journaled since version 2. Account and order ids are columns of its row, and what they say stands in
 * the `order.submit` of the same transaction: a decision waits for its bytes to be on disk.
 */
type JudgmentRow = {
  readonly allowed: boolean;
  readonly denials: readonly Denial[];
  readonly checks: readonly CheckRow[];
  readonly reason: Judged['reason'];
};

export function judgmentPayload({ verdict, reason }: Pick<Judged, 'verdict' | 'reason'>): JsonValue {
  const { allowed, denials, checks } = verdict;
  return { allowed, denials, checks: checks.map(packed), reason } satisfies JudgmentRow;
}

/** The decision of a row of version 2. */
export function judgedOf({ payload, accountId, clientOrderIds }: JournalRow): Omit<Judged, 'kind'> {
  const { allowed, denials, checks, reason } = payload as unknown as JudgmentRow;
  return { verdict: { allowed, denials, checks: checks.map(unpacked) }, accountId, clientOrderIds, reason };
}

/** Version 1 held the verdict as the gate gave it, and the intent a second time. */
export const judgmentV1ToV2 = (payload: JsonValue): JsonValue => judgmentPayload(payload as unknown as Judged);

function packed({ name, passed, used, after, limit, headroom, unit }: RiskCheck): CheckRow {
  const isBare = passed && unit === '' && [used, after, limit, headroom].every((value) => value === null);
  return isBare ? name : [name, passed, used, after, limit, headroom, unit];
}

function unpacked(row: CheckRow): RiskCheck {
  if (typeof row === 'string') {
    return { name: row, passed: true, used: null, after: null, limit: null, headroom: null, unit: '' };
  }
  const [name, passed, used, after, limit, headroom, unit] = row;
  return { name, passed, used, after, limit, headroom, unit };
}
