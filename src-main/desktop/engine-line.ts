import type { BridgeReply } from '../../src-preload/contract/bridge.ts';
import type { ClientMessage, ServerMessage } from '../../src-preload/contract/messages.ts';
import { CONTRACT_VERSION } from '../../src-preload/contract/version.ts';
import type { TransferredPort } from '../launcher/parent-channel.ts';

export type EngineLine = {
  /** The line of a new engine life takes the place of the last. */
  attach(port: TransferredPort): void;
  /** Rejects when no engine is there, or it ends before it answers. */
  ask(message: (id: string) => ClientMessage): Promise<BridgeReply>;
  /** Own working orders as last told; null before the engine said so. */
  workingOrders(): number | null;
};

type Waiting = { readonly resolve: (reply: BridgeReply) => void; readonly reject: (error: Error) => void };

/** Main's own seat at the engine's door: it forwards commands and knows how many orders work. */
export function createEngineLine(): EngineLine {
  let current: TransferredPort | undefined;
  let working: number | null = null;
  let nextId = 1;
  const waiting = new Map<string, Waiting>();

  const onMessage = (message: ServerMessage): void => {
    if (message.t === 'snapshot') working = message.state.strip.workingOrders.own;
    else if (message.t === 'update' && message.update.topic === 'strip')
      working = message.update.value.workingOrders.own;
    else if (message.t === 'reply') {
      const { id } = message;
      waiting.get(id)?.resolve(message.ok ? { ok: true, result: message.result } : { ok: false, error: message.error });
      waiting.delete(id);
    }
  };
  const onClosed = (port: TransferredPort): void => {
    if (current !== port) return;
    current = undefined;
    for (const { reject } of waiting.values()) reject(new Error('expected an answer of the engine, was its end'));
    waiting.clear();
  };
  return {
    attach(port) {
      current = port;
      port.on('message', ({ data }) => onMessage(data as ServerMessage));
      port.on('close', () => onClosed(port));
      port.start();
      port.postMessage({ t: 'hello', contractVersion: CONTRACT_VERSION } satisfies ClientMessage);
    },
    ask: (message) =>
      new Promise((resolve, reject) => {
        if (!current) {
          reject(new Error('expected a running engine, was none'));
          return;
        }
        const id = `m${nextId++}`;
        waiting.set(id, { resolve, reject });
        current.postMessage(message(id));
      }),
    workingOrders: () => working,
  };
}
