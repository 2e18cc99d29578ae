/** Writes the table of generic venues out of ccxt. Run it with Node when ccxt changed, then format the file it names. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statedVenues } from '../stated-venues.ts';

const target = join(import.meta.dirname, '../../../engine/domain/generic-venues.ts');
const [head = '', tail = ''] = readFileSync(target, 'utf8').split(/(?<=\/\/ <table>\n)[\s\S]*?(?= *\/\/ <\/table>)/);
const rows = Object.entries(await statedVenues()).map(([id, abilities]) => `  ${id}: '${abilities.join(' ')}',\n`);
writeFileSync(target, head + rows.join('') + tail);
process.stdout.write(`${target}: ${rows.length} venues\n`);
