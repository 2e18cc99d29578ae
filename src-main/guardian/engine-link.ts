import type { Clock } from '../engine/ports/clock.ts';
import { jsonFrame } from '../launcher/framing.ts';
import { connectLocal } from '../launcher/local-socket.ts';
import { listen } from './client.ts';
import {
  BEAT_INTERVAL_MS,
  type Finding,
  GUARDIAN_SILENCE_MS,
  type HeldPosition,
  type WorkedParent,
} from './protocol.ts';

export type EngineLinkOptions = {
  readonly socketPath: string;
  readonly token: string;
  readonly pid: number;
  readonly epoch: number;
  readonly clock: Clock;
  readonly beat: () => {
    readonly tradingState: string;
    readonly positions: readonly HeldPosition[] | null;
    readonly findings?: readonly Finding[];
    readonly executors?: readonly WorkedParent[];
  };
  /** Latches the emergency stop; resolves once it is journaled, and only then is it acknowledged. */
  readonly onStop: (origin: string) => Promise<void>;
  /** No guardian: entries end now, the process within a second. */
  readonly onLost: (detail: string) => void;
};

export type EngineLink = {
  /** False once a newer life exists or the guardian is silent: nothing may be sent. */
  isCurrent(): boolean;
  /** Milliseconds since the guardian was last heard. */
  silentMs(): number;
  close(): void;
};

/** The engine's end of the heartbeat. Resolves when the guardian has accepted this epoch. Throws when it refuses. */
export async function connectGuardian(options: EngineLinkOptions): Promise<EngineLink> {
  const { clock } = options;
  const socket = await connectLocal(options.socketPath);
  let lastHeardUs = clock.monotonicUs();
  let current = true;
  let closed = false;
  const lose = (detail: string): void => {
    if (closed || !current) return;
    current = false;
    options.onLost(detail);
  };
  const accepted = new Promise<void>((resolve, reject) => {
    listen(socket, (answer) => {
      lastHeardUs = clock.monotonicUs();
      if (answer.t === 'accepted') resolve();
      else if (answer.t === 'refused') reject(new Error(answer.detail));
      else if (answer.t === 'beat' && answer.epoch !== options.epoch) lose(`fenced by epoch ${answer.epoch}`);
      else if (answer.t === 'stop') {
        const { origin, stopId } = answer;
        options.onStop(origin).then(
          () => socket.write(jsonFrame({ t: 'stopAcknowledged', stopId })),
          // Not acknowledged: the guardian acts itself.
          (error: unknown) => lose(`stop not carried out: ${String(error)}`),
        );
      }
    });
  });
  const silentMs = (): number => (clock.monotonicUs() - lastHeardUs) / 1000;
  socket.on('close', () => lose('guardian connection closed'));
  socket.on('error', (error) => lose(error.message));
  socket.write(jsonFrame({ t: 'engine', token: options.token, pid: options.pid, epoch: options.epoch }));
  await accepted;
  let lastTickUs = clock.monotonicUs();
  const stopBeating = clock.every(BEAT_INTERVAL_MS, () => {
    socket.write(jsonFrame({ t: 'beat', ...options.beat() }));
    // Beats that came while this process itself was held up are still unread: they are heard before it judges.
    const heldUpMs = (clock.monotonicUs() - lastTickUs) / 1000 - BEAT_INTERVAL_MS;
    lastTickUs = clock.monotonicUs();
    if (heldUpMs > GUARDIAN_SILENCE_MS / 2) return;
    if (silentMs() > GUARDIAN_SILENCE_MS) lose(`guardian silent for ${Math.round(silentMs())} ms`);
  });
  return {
    isCurrent: () => current && silentMs() <= GUARDIAN_SILENCE_MS,
    silentMs,
    close: () => {
      closed = true;
      stopBeating();
      socket.destroy();
    },
  };
}
