import Database from 'better-sqlite3';
import { statSync } from 'node:fs';

/** Answers whether the intent behind a create was on disk before the create arrived. */
export type IntentProbe = {
  /** True when every id is in the journal. */
  isOnDisk(clientOrderIds: readonly string[]): boolean;
  close(): void;
};

/** The newest rows first: the intent was written just before. */
const FIND = 'SELECT 1 FROM journal WHERE instr(client_order_ids, ?) > 0 ORDER BY sequence DESC LIMIT 1';

/**
 * Reads a Leeward journal beside its writer: table `journal`, where an intent's row names its client order ids. A journal
 * that does not exist yet, or has no table yet, holds nothing.
 */
export function openIntentProbe(path: string): IntentProbe {
  const probe = new JournalProbe(path);
  return { isOnDisk: (ids) => ids.every((id) => probe.has(id)), close: () => probe.close() };
}

class JournalProbe {
  private readonly path: string;
  private opened: { readonly db: Database.Database; readonly inode: number } | null = null;

  constructor(path: string) {
    this.path = path;
  }

  has(id: string): boolean {
    const inode = statSync(this.path, { throwIfNoEntry: false })?.ino;
    if (inode === undefined) return false;
    try {
      return this.open(inode).prepare(FIND).get(`"${id}"`) !== undefined;
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
      this.close();
      return false;
    }
  }

  close(): void {
    this.opened?.db.close();
    this.opened = null;
  }

  /** A journal that was replaced is another file under the same name. */
  private open(inode: number): Database.Database {
    if (this.opened?.inode !== inode) {
      this.close();
      this.opened = { db: new Database(this.path, { readonly: true, fileMustExist: true }), inode };
    }
    return this.opened.db;
  }
}
