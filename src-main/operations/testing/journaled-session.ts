import type { JournalStore } from '../../adapters/sqlite/journal-store.ts';
import { type Core, createCore } from '../../engine/core.ts';
import { decisionRow, inputRow } from '../../engine/journal-rows.ts';
import { CoreSession } from '../../engine/testing/core-session.ts';

/** A core that journals what it consumes and decides, as the engine's shell does. */
export function journaledCore(store: JournalStore, core: Core = createCore()): Core {
  return {
    ...core,
    apply: (_sequence, timeUs, input) => {
      const sequence = store.nextSequence;
      const decisions = core.apply(sequence, timeUs, input);
      const rows = [inputRow(input, timeUs), ...decisions.map((each) => decisionRow(each, timeUs, sequence))];
      const done = store.commit(rows);
      if (!done.ok) throw new Error(done.error.detail);
      return decisions;
    },
  };
}

/** A session against a venue in memory, journaled to `store`. */
export function journaledSession(store: JournalStore, core?: Core): CoreSession {
  const session = new CoreSession();
  session.core = journaledCore(store, core);
  return session;
}
