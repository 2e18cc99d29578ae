import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CommandFailure } from '../command.ts';

export type PracticeVenueAddress = {
  readonly rest: string;
  readonly stream: string;
  readonly wsApi: string;
  /** Faults, clock and ledger. */
  readonly control: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly limits: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
};

/** Starts `leeward practice-exchange` as a process of its own, so that it shares no thread with what is measured. */
export async function startPracticeProcess(args: readonly string[]): Promise<PracticeVenueAddress> {
  const entry = process.argv[1] ?? '';
  const child = spawn(process.execPath, [entry, 'practice-exchange', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then(() => undefined),
  ]);
  if (line === undefined) throw new CommandFailure('expected a practice exchange that starts, was one that ended');
  const ready = JSON.parse(line) as Omit<PracticeVenueAddress, 'close'>;
  return {
    ...ready,
    close: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}
