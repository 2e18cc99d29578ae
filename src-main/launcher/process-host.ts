import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { ChildMessage, LauncherMessage } from './boot.ts';

export type EntryName = 'guardian' | 'engine' | 'worker' | 'server' | 'practice-exchange';

export type ChildExit = { readonly code: number | null; readonly signal: string | null };

/** One forked process, whoever forked it. */
export type Child = {
  readonly name: EntryName;
  readonly pid: number;
  send(message: LauncherMessage): void;
  onMessage(listener: (message: ChildMessage) => void): void;
  readonly exited: Promise<ChildExit>;
  kill(): void;
};

/** Starts the entries: plain Node here, utilityProcess on the desktop, so that supervision is written once. */
export type ProcessHost = { start(name: EntryName): Child };

/**
 * What must never disturb the engine runs at a lower priority. Guardian and engine run at a higher one where the system lets
 * this user raise it: a stop does not wait for whatever else the machine is busy with.
 */
const NICENESS: Partial<Record<EntryName, number>> = {
  ...{ guardian: -10, engine: -5 },
  ...{ worker: 10, server: 5, 'practice-exchange': 5 },
};

/** A user who may not raise a priority does without. */
export function prioritize(name: EntryName, pid: number): void {
  const niceness = NICENESS[name];
  if (niceness === undefined || pid <= 0) return;
  try {
    setPriority(pid, niceness);
  } catch (error) {
    if (niceness > 0) throw error;
  }
}

/** Starts entries as plain Node children with structured-clone messages. Nothing secret is in argv or environment. */
export function nodeProcessHost(entryUrl: (name: EntryName) => URL): ProcessHost {
  return {
    start(name) {
      const child = fork(fileURLToPath(entryUrl(name)), [], {
        serialization: 'advanced',
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: inheritedEnvironment(),
        execArgv: [],
      });
      const exited = new Promise<ChildExit>((resolve) => {
        child.once('exit', (code, signal) => resolve({ code, signal }));
        child.once('error', (error) => resolve({ code: null, signal: error.message }));
      });
      const pid = child.pid ?? -1;
      prioritize(name, pid);
      return {
        name,
        pid,
        send: (message) => {
          if (child.connected) child.send(message);
        },
        onMessage: (listener) => child.on('message', (message) => listener(message as ChildMessage)),
        exited,
        kill: () => child.kill('SIGKILL'),
      };
    },
  };
}

/** The operating system's own variables only: a key exported in the shell by mistake does not travel. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'APPDATA', 'NODE_V8_COVERAGE'];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
