import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { vi } from 'vitest';
import type { ChildMessage, LauncherMessage } from '../boot.ts';
import type { Child, ChildExit, EntryName, ProcessHost } from '../process-host.ts';

/** Which child the running code belongs to: `process.exit` ends that one and nobody else. */
const current = new AsyncLocalStorage<InProcessChild>();

/**
 * The entries in the process of the test, each with modules of its own, over the channel a utilityProcess has. What an entry
 * does to its process it does to its child here. Only for tests: a child that is killed still finishes what it began.
 */
export function inProcessHost(): ProcessHost {
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    current.getStore()?.end({ code: Number(code ?? 0), signal: null });
    return undefined as never;
  });
  return { start: (name) => new InProcessChild(name) };
}

class InProcessChild implements Child {
  readonly name: EntryName;
  readonly pid = process.pid;
  readonly exited: Promise<ChildExit>;
  private readonly toChild = new EventEmitter();
  private readonly toLauncher = new EventEmitter();
  private readonly loaded: Promise<void>;
  private settle: (exit: ChildExit) => void = () => undefined;
  private ended = false;

  constructor(name: EntryName) {
    this.name = name;
    this.toLauncher.setMaxListeners(0);
    this.exited = new Promise((resolve) => (this.settle = resolve));
    this.loaded = current.run(this, async () => this.load());
  }

  send(message: LauncherMessage): void {
    const data = structuredClone(message);
    void this.loaded.then(() => current.run(this, () => this.toChild.emit('message', { data, ports: [] })));
  }

  onMessage(listener: (message: ChildMessage) => void): void {
    this.toLauncher.on('message', listener);
  }

  kill(): void {
    this.send({ t: 'shutdown' });
    this.end({ code: null, signal: 'SIGKILL' });
  }

  end(exit: ChildExit): void {
    this.ended = true;
    this.settle(exit);
  }

  private async load(): Promise<void> {
    const parentPort = {
      on: (event: string, listener: (message: unknown) => void) => this.toChild.on(event, listener),
      postMessage: (message: ChildMessage) => {
        const copy = structuredClone(message);
        // Outside of this child's context: what the launcher does about it is the launcher's own doing.
        if (!this.ended) current.exit(() => queueMicrotask(() => this.toLauncher.emit('message', copy)));
      },
    };
    vi.resetModules();
    Object.assign(process, { parentPort });
    try {
      await import(`../../${this.name}.ts`);
    } finally {
      Object.assign(process, { parentPort: undefined });
    }
  }
}
