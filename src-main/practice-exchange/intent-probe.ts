import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';

/** Answers whether the intent behind a create was on disk before the create arrived. */
export type IntentProbe = {
  /** True when every id is in the journal. */
  isOnDisk(clientOrderIds: readonly string[]): boolean;
  close(): void;
};

/**
 * Reads a Leeward journal beside its writer: table `journal`, where an intent's row names its client order ids. A journal
 * that does not exist yet holds nothing.
 */
export function openIntentProbe(path: string): IntentProbe {
  let journal: Database.Database | null = null;
  let statement: Database.Statement | null = null;
  const find = (id: string): boolean => {
    if (journal === null && existsSync(path)) {
      journal = new Database(path, { readonly: true, fileMustExist: true });
      statement = journal.prepare(FIND);
    }
    return statement?.get(`%${id}%`) !== undefined;
  };
  return { isOnDisk: (ids) => ids.every(find), close: () => journal?.close() };
}

/** The newest rows first: the intent was written just before. */
const FIND = 'SELECT 1 FROM journal WHERE client_order_ids LIKE ? ORDER BY sequence DESC LIMIT 1';
