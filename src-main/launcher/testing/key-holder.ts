/** A process of its own that holds the lock of a venue key until it is killed. Prints one line once it does. */
import { writeSync } from 'node:fs';
import { lockAccounts } from '../account-locks.ts';

const [directory = '', apiKey = '', dataDir = ''] = process.argv.slice(2);
lockAccounts(directory, [{ accountId: 'first', mode: 'paper', apiKey, secret: 'made-up' }], dataDir);
writeSync(1, 'held\n');
setInterval(() => undefined, 60_000);
