import type { BridgeReply } from '../../src-preload/contract/bridge.ts';
import type { ClientMessage } from '../../src-preload/contract/messages.ts';
import { requestStop } from '../guardian/client.ts';
import type { EngineLine } from './engine-line.ts';

export type StopOrigin = Extract<ClientMessage, { readonly t: 'command' }>['origin'];
export type StopEverything = (origin: StopOrigin) => Promise<BridgeReply>;

/**
 * Two ways at once: the engine stops, and the guardian acts itself when the engine does not say so in time. The engine
 * latches, so that any number of presses from any source is one stop. Rejects only when both ways failed.
 */
export function stopEverything(
  line: EngineLine,
  guardianSocket: () => string | undefined,
  nowUs: () => number,
): StopEverything {
  return async (origin) => {
    const socket = guardianSocket();
    const byEngine = line.ask((id) => ({
      ...{ t: 'command', id, origin, issuedAtUs: nowUs() },
      command: { kind: 'emergencyStop' },
    }));
    if (socket === undefined) return byEngine;
    const byGuardian = requestStop(socket, origin).then((result): BridgeReply => ({ ok: true, result }));
    return Promise.any([byEngine, byGuardian]);
  };
}
