import type { Socket } from 'node:net';
import { jsonFrame, readFrames } from '../launcher/framing.ts';
import { connectLocal } from '../launcher/local-socket.ts';
import type { GuardianAnswer, GuardianRequest, GuardianStatus, StopResult } from './protocol.ts';

/** Asks the guardian to stop everything; resolves with who acknowledged and how fast. Throws when no guardian listens. */
export async function requestStop(socketPath: string, origin: string): Promise<StopResult> {
  const answer = await ask(socketPath, { t: 'stop', origin }, 'stopResult');
  return answer.result;
}

/** Throws when no guardian listens. */
export async function requestStatus(socketPath: string): Promise<GuardianStatus> {
  const answer = await ask(socketPath, { t: 'status' }, 'status');
  return answer.status;
}

async function ask<T extends GuardianAnswer['t']>(
  socketPath: string,
  request: GuardianRequest,
  expected: T,
): Promise<Extract<GuardianAnswer, { t: T }>> {
  const socket = await connectLocal(socketPath);
  try {
    return await new Promise((resolve, reject) => {
      listen(socket, (answer) => {
        if (answer.t === expected) resolve(answer as Extract<GuardianAnswer, { t: T }>);
      });
      socket.once('close', () => reject(new Error('expected an answer of the guardian, was a closed connection')));
      socket.write(jsonFrame(request));
    });
  } finally {
    socket.destroy();
  }
}

export function listen(socket: Socket, onAnswer: (answer: GuardianAnswer) => void): void {
  readFrames(socket, {
    onJson: (message) => onAnswer(message as GuardianAnswer),
    onBook: () => undefined,
    onBroken: (detail) => socket.destroy(new Error(detail)),
  });
}
