import type { ChildMessage, LauncherMessage } from './boot.ts';

/** A port that the launcher handed over, whoever is at its other end. Nothing arrives before `start`. */
export type TransferredPort = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
};

/** A child's end of the forked channel: `process` under plain Node, `process.parentPort` in a utilityProcess. */
export type ParentChannel = {
  send(message: ChildMessage): void;
  onMessage(listener: (message: LauncherMessage) => void): void;
  /** Only the desktop hands ports over; a plain Node child never gets one. */
  onPort(listener: (port: TransferredPort) => void): void;
  /** The launcher is gone. */
  onClosed(listener: () => void): void;
};

type ParentPort = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: ParentMessage) => void): void;
};
type ParentMessage = { readonly data: unknown; readonly ports: readonly TransferredPort[] };

/** Throws when the process was started by hand instead of by a launcher. */
export function parentChannel(): ParentChannel {
  const port = (process as { parentPort?: ParentPort }).parentPort;
  if (port !== undefined) {
    return {
      send: (message) => port.postMessage(message),
      onMessage: (listener) => port.on('message', (event) => listener(event.data as LauncherMessage)),
      onPort: (listener) => port.on('message', (event) => event.ports.forEach(listener)),
      onClosed: (listener) => process.once('disconnect', listener),
    };
  }
  if (process.send === undefined)
    throw new Error('expected to be started by the Leeward launcher, was started by hand');
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => process.on('message', (message) => listener(message as LauncherMessage)),
    onPort: () => undefined,
    onClosed: (listener) => process.once('disconnect', listener),
  };
}
