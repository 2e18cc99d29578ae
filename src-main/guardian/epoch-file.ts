import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from './durable-file.ts';

const FILE = 'engine-epoch';
/** Six hex digits of every client order id. */
const MAX_EPOCH = 0xffffff;

/** The persisted count of engine lives. A number once given out is never given out again, whatever is lost at power off. */
export type EpochFile = { current(): number; raise(): number };

/** Throws when the file holds anything but an epoch: guessing could reuse an order id. */
export function openEpochFile(dataDir: string): EpochFile {
  const path = join(dataDir, FILE);
  let epoch = existsSync(path) ? parseEpoch(readFileSync(path, 'utf8'), path) : 0;
  return {
    current: () => epoch,
    raise: () => {
      if (epoch >= MAX_EPOCH) throw new Error(`expected an epoch below ${MAX_EPOCH} in ${path}, was ${epoch}`);
      writeDurably(path, `${epoch + 1}\n`);
      epoch += 1;
      return epoch;
    },
  };
}

function parseEpoch(text: string, path: string): number {
  const epoch = /^\d{1,8}\n?$/.test(text) ? Number(text) : Number.NaN;
  if (!(epoch >= 0 && epoch <= MAX_EPOCH))
    throw new Error(`expected an epoch in ${path}, was ${JSON.stringify(text.slice(0, 40))}`);
  return epoch;
}
