import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'guardian-intents.jsonl';

/** What the guardian is about to do, synced to its own file before the network call; the engine imports it on restart. */
export type GuardianIntent = {
  readonly timeUs: number;
  readonly epoch: number;
  readonly action: 'kill' | 'cancel' | 'exit';
  readonly accountId: string | null;
  readonly instrumentId: string | null;
  readonly clientOrderId: string | null;
  readonly quantity: string | null;
};

export type IntentLog = { write(intent: GuardianIntent): void; close(): void };

export function openIntentLog(dataDir: string): IntentLog {
  const file = openSync(join(dataDir, FILE), 'a', 0o600);
  return {
    write: (intent) => {
      writeSync(file, `${JSON.stringify(intent)}\n`);
      fsyncSync(file);
    },
    close: () => closeSync(file),
  };
}

/** All intents ever written; a torn last line is a write that never preceded a call, and is left out. */
export function readIntents(dataDir: string): readonly GuardianIntent[] {
  const path = join(dataDir, FILE);
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as GuardianIntent);
}
