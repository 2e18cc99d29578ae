import { fileURLToPath } from 'node:url';
import { MessageChannelMain, type MessagePortMain, utilityProcess, type UtilityProcess } from 'electron';
import type { ChildMessage } from '../launcher/boot.ts';
import {
  type Child,
  type ChildExit,
  type EntryName,
  inheritedEnvironment,
  prioritize,
  type ProcessHost,
} from '../launcher/process-host.ts';

export type UtilityProcessHost = ProcessHost & {
  /** A port to the running engine; undefined while there is none. */
  openPort(): MessagePortMain | undefined;
};

/** Starts entries as utility processes. `onEngineReady` is called for each engine life. */
export function utilityProcessHost(
  entryUrl: (name: EntryName) => URL,
  onEngineReady: (engine: Child) => void,
): UtilityProcessHost {
  let engine: UtilityProcess | undefined;
  return {
    start(name) {
      const forked = utilityProcess.fork(fileURLToPath(entryUrl(name)), [], {
        serviceName: `leeward ${name}`,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: inheritedEnvironment(),
      });
      const child = childOf(name, forked);
      if (name === 'engine') {
        child.onMessage((message) => {
          if (message.t !== 'ready') return;
          engine = forked;
          onEngineReady(child);
        });
        void child.exited.then(() => {
          if (engine === forked) engine = undefined;
        });
      }
      return child;
    },
    openPort() {
      if (!engine) return undefined;
      const { port1, port2 } = new MessageChannelMain();
      engine.postMessage({ t: 'terminal' }, [port2]);
      return port1;
    },
  };
}

function childOf(name: EntryName, forked: UtilityProcess): Child {
  const exited = new Promise<ChildExit>((resolve) => {
    forked.once('exit', (code) => resolve({ code, signal: null }));
  });
  forked.once('spawn', () => {
    if (forked.pid !== undefined) prioritize(name, forked.pid);
  });
  return {
    name,
    get pid() {
      return forked.pid ?? -1;
    },
    send: (message) => forked.postMessage(message),
    onMessage: (listener) => forked.on('message', (message: ChildMessage) => listener(message)),
    exited,
    kill: () => {
      // Electron's own kill asks politely; a supervisor that decided must not be asked back.
      if (forked.pid !== undefined) process.kill(forked.pid, 'SIGKILL');
    },
  };
}
