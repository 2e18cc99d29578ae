import type { ClientMessage, CommandDto, ServerMessage } from '../../src-preload/contract/messages.ts';
import type { InstrumentDto, TerminalState } from '../../src-preload/contract/state.ts';
import { CONTRACT_VERSION } from '../../src-preload/contract/version.ts';
import { jsonFrame, readFrames } from './framing.ts';
import { connectLocal } from './local-socket.ts';

type Reply = Extract<ServerMessage, { t: 'reply' }>;

export type EngineClient = {
  readonly instruments: readonly InstrumentDto[];
  readonly accounts: readonly string[];
  send(message: ClientMessage): void;
  /** A fresh snapshot of the whole numbered state. */
  snapshot(): Promise<TerminalState>;
  /** The answer to a command. */
  command(command: CommandDto): Promise<Reply>;
  close(): void;
};

/** A local client of the engine's door, for the command line. Throws when no engine listens or the token is wrong. */
export async function connectEngine(path: string, token: string): Promise<EngineClient> {
  const socket = await connectLocal(path);
  const replies = new Map<string, (reply: Reply) => void>();
  let welcome: Extract<ServerMessage, { t: 'welcome' }> | undefined;
  const waiting: ((state: TerminalState) => void)[] = [];
  let failed: (error: Error) => void = () => undefined;
  const closed = new Promise<never>((_resolve, reject) => {
    failed = reject;
  });
  // Observed even when nobody waits for a snapshot at the moment the engine ends.
  closed.catch(() => undefined);
  readFrames(socket, {
    onJson: (raw) => {
      const message = raw as ServerMessage;
      if (message.t === 'snapshot') for (const resolve of waiting.splice(0)) resolve(message.state);
      else if (message.t === 'welcome') welcome = message;
      else if (message.t === 'reply') {
        replies.get(message.id)?.(message);
        replies.delete(message.id);
      } else if (message.t === 'refused') failed(new Error(`the engine refused this client: ${message.error.code}`));
    },
    onBook: () => undefined,
    onBroken: (detail) => failed(new Error(detail)),
  });
  socket.on('error', (error) => failed(error));
  socket.on('close', () => failed(new Error('expected the engine to answer, was a closed connection')));
  const next = async (): Promise<TerminalState> =>
    Promise.race([new Promise<TerminalState>((resolve) => waiting.push(resolve)), closed]);
  socket.write(jsonFrame({ t: 'client', token }));
  const greeted = next();
  socket.write(jsonFrame({ t: 'hello', contractVersion: CONTRACT_VERSION }));
  await greeted;
  let queries = 0;
  return {
    instruments: welcome?.instruments ?? [],
    accounts: welcome?.accounts ?? [],
    send: (message) => void socket.write(jsonFrame(message)),
    snapshot: async () => {
      const answer = next();
      queries += 1;
      socket.write(jsonFrame({ t: 'query', id: `q${queries}`, query: { kind: 'snapshot' } }));
      return answer;
    },
    command: async (command) => {
      queries += 1;
      const id = `c${queries}`;
      const reply = new Promise<Reply>((resolve) => replies.set(id, resolve));
      socket.write(jsonFrame({ t: 'command', id, origin: 'cli', issuedAtUs: Date.now() * 1_000, command }));
      return Promise.race([reply, closed]);
    },
    close: () => socket.destroy(),
  };
}
