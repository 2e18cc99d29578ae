/** A process of its own that writes until it is killed. Prints each sequence after, and only after, its commit returned. */
import { writeSync } from 'node:fs';
import { createSystemClock } from '../../system-clock/system-clock.ts';
import { openJournal } from '../open-journal.ts';
import { draft } from './journal-fixtures.ts';

const [directory = '', epoch = '1'] = process.argv.slice(2);
const opened = openJournal({
  directory,
  clock: createSystemClock(),
  engineEpoch: Number(epoch),
  checkpointEveryRows: 20,
});
if (!opened.ok) throw new Error(`${opened.error.code} ${opened.error.detail}`);
const store = opened.value;

/** One commit a turn, so that the checkpoint thread's answers come in. */
function writeOne(): void {
  const done = store.commit([draft('x'.repeat(200)), draft('y')]);
  if (!done.ok) throw new Error(done.error.detail);
  writeSync(1, `${done.value.sequence}\n`);
  setImmediate(writeOne);
}
writeOne();
