import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { removeDurably, writeDurably } from './durable-file.ts';
import { type HeldPosition, heldPosition } from './protocol.ts';

const STOP_FILE = 'guardian-stop';
const HELD_FILE = 'guardian-held.json';
/** Of a stop whose file cannot be read: that there was one is certain. */
const UNREADABLE_ORIGIN = 'unknown';

/** What of the guardian outlives it. Every call may throw where the disk fails. */
export type GuardianMemory = {
  /** Where the stop came from that is not proven done; null when there is none. */
  stop(): string | null;
  noteStop(origin: string | null): void;
  held(): readonly HeldPosition[];
  noteHeld(held: readonly HeldPosition[]): void;
};

/**
 * The latch of an emergency stop, synced before it counts, and the positions last heard of. The latter only survive the
 * process: after a power cut the venue and the journal say more than a minute-old list.
 */
export function openGuardianMemory(dataDir: string, log: (line: string) => void): GuardianMemory {
  const [stopPath, heldPath] = [join(dataDir, STOP_FILE), join(dataDir, HELD_FILE)];
  let stop = existsSync(stopPath) ? originIn(readFileSync(stopPath, 'utf8')) : null;
  let held = readHeld(heldPath, log);
  let written = JSON.stringify(held);
  return {
    stop: () => stop,
    noteStop: (origin) => {
      if (origin === stop) return;
      stop = origin;
      if (origin === null) removeDurably(stopPath);
      else writeDurably(stopPath, `${origin}\n`);
    },
    held: () => held,
    noteHeld: (next) => {
      held = next;
      const text = JSON.stringify(next);
      if (text === written) return;
      writeFileSync(`${heldPath}.new`, text, { mode: 0o600 });
      renameSync(`${heldPath}.new`, heldPath);
      written = text;
    },
  };
}

function originIn(text: string): string {
  const origin = text.trim();
  return /^[a-zA-Z]{1,40}$/.test(origin) ? origin : UNREADABLE_ORIGIN;
}

function readHeld(path: string, log: (line: string) => void): readonly HeldPosition[] {
  if (!existsSync(path)) return [];
  try {
    return z.array(heldPosition).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    // The engine's first beat tells them anew.
    log(`remembered positions not readable: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}
