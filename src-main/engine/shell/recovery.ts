import type { Core } from '../core.ts';
import { inputOf } from '../journal-rows.ts';
import type { Store } from '../ports/store.ts';

/**
 * Rebuilds the state from the last snapshot and the inputs after it. Decisions are not carried out again: what of them
 * reached the venue is asked there. Throws when the journal holds what this version does not understand.
 */
export function recover(core: Core, store: Store): { readonly replayed: number; readonly snapshotSequence: number } {
  const snapshot = store.latestSnapshot();
  if (snapshot !== null) core.restore(snapshot.state);
  let replayed = 0;
  for (const row of store.read(snapshot === null ? 1 : snapshot.sequence + 1)) {
    if (row.role !== 'input') continue;
    core.apply(row.sequence, row.timeUs, inputOf(row));
    replayed += 1;
  }
  return { replayed, snapshotSequence: snapshot?.sequence ?? 0 };
}
