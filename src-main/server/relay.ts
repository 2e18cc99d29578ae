import { clientMessageSchema, type ClientMessage } from '../../src-preload/contract/messages.ts';
import { jsonFrame, readFrames } from '../launcher/framing.ts';
import { connectLocal } from '../launcher/local-socket.ts';
import type { TerminalSocket } from './http-server.ts';

export type RelayOptions = {
  /** The engine's local socket and the proof that this server may speak on it. */
  readonly clientSocket: string;
  readonly clientToken: string;
  /** Tells the guardian too, so that a deaf engine does not swallow the stop. */
  readonly emergencyStop: (origin: string) => void;
  readonly log: (line: string) => void;
};

/** A browser this slow gets no more book frames until it drains; numbered messages are never dropped. */
const MAX_BUFFERED_FOR_BOOKS = 256 * 1024;
/** A browser that does not read at all is cut off and starts again with a snapshot. */
const MAX_BUFFERED = 16 * 1024 * 1024;
const POLICY_VIOLATION = 1008;
const TRY_AGAIN = 1013;

/** Joins one browser to the engine: its messages checked by schema, the engine's frames passed on as they are. */
export async function relayTerminal(terminal: TerminalSocket, options: RelayOptions): Promise<void> {
  const early: Buffer[] = [];
  const collect = (data: Buffer): void => void early.push(data);
  let handle = collect;
  terminal.on('message', (data, isBinary) => (isBinary ? terminal.close(POLICY_VIOLATION, 'text only') : handle(data)));
  terminal.on('error', (error) => options.log(`terminal connection: ${error.message}`));
  const engine = await connectLocal(options.clientSocket).catch((error: unknown) => {
    options.log(`engine unreachable: ${String(error)}`);
    return undefined;
  });
  if (engine === undefined) {
    terminal.close(TRY_AGAIN, 'engine unreachable');
    return;
  }
  engine.on('error', (error) => options.log(`engine connection: ${error.message}`));
  engine.on('close', () => terminal.close(TRY_AGAIN, 'engine gone'));
  terminal.on('close', () => engine.destroy());
  readFrames(engine, {
    onJson: (message) => {
      if (terminal.bufferedAmount > MAX_BUFFERED) terminal.close(TRY_AGAIN, 'reads too slowly');
      else terminal.send(JSON.stringify(message));
    },
    onBook: (bytes) => {
      if (terminal.bufferedAmount <= MAX_BUFFERED_FOR_BOOKS) terminal.send(bytes);
    },
    onBroken: (detail) => options.log(`engine frames: ${detail}`),
  });
  engine.write(jsonFrame({ t: 'client', token: options.clientToken }));
  handle = (data) => {
    const message = parseClientMessage(data);
    if (message === undefined) return terminal.close(POLICY_VIOLATION, 'expected a message of the contract');
    if (message.t === 'command' && message.command.kind === 'emergencyStop') options.emergencyStop(message.origin);
    engine.write(jsonFrame(message));
  };
  for (const data of early) handle(data);
}

/** Undefined for anything that is not a message of the contract. */
export function parseClientMessage(data: Buffer): ClientMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
  const parsed = clientMessageSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
