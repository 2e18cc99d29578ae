/**
 * Writes the golden journal: a session whose decisions and states later versions must come to again. Run it with Node
 * while its release is in the making; once released, the file stays and a kind that changes gets an upcaster.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { JOURNAL_FILE, openJournal } from '../../adapters/sqlite/open-journal.ts';
import { ed25519PrivateKey } from '../../adapters/signing/ed25519.ts';
import { bracket } from '../../engine/testing/core-session.ts';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import { journaledSession } from './journaled-session.ts';

const directory = mkdtempSync(join(tmpdir(), 'leeward-golden-'));
const opened = openJournal({
  directory,
  clock: new VirtualClock(),
  engineEpoch: 1,
  signingKey: ed25519PrivateKey(Buffer.alloc(32, 0x5a)),
  checkpoints: 'inline',
  checkpointEveryRows: 20,
});
if (!opened.ok) throw new Error(opened.error.detail);
const store = opened.value;
const session = journaledSession(store);

session.start();
session.command({ kind: 'enterBracket', request: bracket() });
session.pump();
session.advance(3_000);
store.saveSnapshot(store.head().sequence, session.core.snapshot());
session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
session.pump();
session.command({ kind: 'enterBracket', request: bracket({ quantity: '999' }) });
session.answers = 'lose';
session.command({ kind: 'enterBracket', request: bracket() });
session.pump();
session.answers = 'deliver';
session.advance(30_000);
session.command({ kind: 'setReducing', reason: 'golden' });
session.command({ kind: 'emergencyStop' });
session.advance(5_000);
store.saveSnapshot(store.head().sequence, session.core.snapshot());
store.close();

const target = join(import.meta.dirname, 'golden-journal-0.1.db.gz');
writeFileSync(target, gzipSync(readFileSync(join(directory, JOURNAL_FILE)), { level: 9 }));
rmSync(directory, { recursive: true });
process.stdout.write(`${target}\n`);
