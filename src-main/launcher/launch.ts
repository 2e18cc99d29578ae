import type { Clock } from '../engine/ports/clock.ts';
import type { ChildMessage, LauncherMessage } from './boot.ts';
import type { Child, EntryName, ProcessHost } from './process-host.ts';

export type Started = { readonly child: Child; readonly detail: Readonly<Record<string, unknown>> };
export type Launch = (name: EntryName, boot: LauncherMessage) => Promise<Started>;

const READY_TIMEOUT_MS = 30_000;

export type LaunchOptions = {
  readonly host: ProcessHost;
  readonly clock: Clock;
  readonly log: (line: string) => void;
};

/**
 * Starts one entry, hands it its boot message and waits until it is ready. Throws when it fails, exits or stays silent.
 * `children` holds whatever runs at the moment.
 */
export function launcherOf(options: LaunchOptions, children: Child[]): Launch {
  return async (name, boot) => {
    const child = options.host.start(name);
    children.push(child);
    const ready = awaitReady(options, child);
    void child.exited.then(() => children.splice(children.indexOf(child), 1));
    child.send(boot);
    return ready;
  };
}

/** Resolves when the child says that it is ready. Throws when it fails, exits or stays silent; by then it is gone. */
export async function awaitReady({ clock, log }: LaunchOptions, child: Child): Promise<Started> {
  const { name } = child;
  return new Promise<Started>((resolve, reject) => {
    let failure: string | null = null;
    // What holds a lock, a port or a connection is gone before the next try.
    const fail = (detail: string): void => {
      failure = `${name}: ${detail}`;
      child.kill();
    };
    const cancel = clock.after(READY_TIMEOUT_MS, () => fail('expected ready within 30 s, was silent'));
    void child.exited.then(({ code, signal }) => {
      cancel();
      reject(new Error(failure ?? `${name} ended before it was ready (${signal ?? `code ${String(code)}`})`));
    });
    child.onMessage((message: ChildMessage) => {
      if (message.t === 'ready') {
        cancel();
        resolve({ child, detail: message.detail });
      } else if (message.t === 'failed') {
        cancel();
        fail(message.detail);
      } else if (message.t === 'log') log(`${name}: ${message.line}`);
    });
  });
}

/** Asks the guardian for the epoch of each next engine life. Throws when the guardian ended. */
export function livesOf(guardian: Child): () => Promise<number> {
  const waiting: ((epoch: number) => void)[] = [];
  guardian.onMessage((message) => {
    if (message.t === 'epoch') waiting.shift()?.(message.epoch);
  });
  return async () =>
    new Promise<number>((resolve, reject) => {
      waiting.push(resolve);
      void guardian.exited.then(() => reject(new Error('guardian ended')));
      guardian.send({ t: 'newLife' });
    });
}
