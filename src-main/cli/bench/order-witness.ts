import { readJournal } from '../../adapters/sqlite/journal-reader.ts';
import { idsOf, type Submission } from '../../engine/domain/order.ts';
import { CommandFailure } from '../command.ts';

/** What became of every order: ours on record against those the venue knows. */
export type OrderProof = {
  readonly journaled: number;
  readonly atVenue: number;
  /** On record as sent and not refused, and unknown to the venue. */
  readonly lost: number;
  /** At the venue, or on record, more than once. */
  readonly duplicated: number;
  /** At the venue and not on record. */
  readonly strangers: number;
};

/** `refused`: orders the venue said it did not take. All are client order ids of orders, not of lists. */
export function proveOrders(
  journaled: readonly string[],
  venue: readonly string[],
  refused: ReadonlySet<string>,
): OrderProof {
  const ours = new Set(journaled);
  const theirs = new Set(venue);
  return {
    journaled: journaled.length,
    atVenue: venue.length,
    lost: [...ours].filter((id) => !theirs.has(id) && !refused.has(id)).length,
    duplicated: journaled.length - ours.size + (venue.length - theirs.size),
    strangers: [...theirs].filter((id) => !ours.has(id)).length,
  };
}

/** Client order ids of every submission in the journal. Throws CommandFailure when it is not whole. */
export function journaledOrders(directory: string): readonly string[] {
  const journal = readJournal(directory);
  if (!journal.ok) throw new CommandFailure(journal.error.detail);
  try {
    const proof = journal.value.verify();
    if (!proof.ok) throw new CommandFailure(`journal row ${proof.sequence}: ${proof.reason}`);
    return [...journal.value.rows({ kind: 'order.submit' })].flatMap(({ payload }) => {
      const { submission } = payload as unknown as { readonly submission: Submission };
      return idsOf(submission).slice(submission.kind === 'single' ? 0 : 1);
    });
  } finally {
    journal.value.close();
  }
}

/** Client order ids of every order the venue ever held for its first account. */
export async function ordersAtVenue(control: string): Promise<readonly string[]> {
  const reply = await fetch(new URL('/practice/ledger', control));
  const { orders } = (await reply.json()) as { readonly orders: readonly { readonly clientOrderId: string }[] };
  return orders.map(({ clientOrderId }) => clientOrderId);
}
