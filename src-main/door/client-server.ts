import type { Server, Socket } from 'node:net';
import { clientMessageSchema } from '../../src-preload/contract/messages.ts';
import { bookFrame, jsonFrame, readFrames } from '../launcher/framing.ts';
import { listenLocal } from '../launcher/local-socket.ts';
import type { ClientOutput } from './client-session.ts';

export type DoorClient = { receive(message: unknown): void; close(): void };

export type ClientServerOptions = {
  readonly path: string;
  readonly token: string;
  readonly open: (output: ClientOutput) => DoorClient;
  readonly log: (line: string) => void;
};

/** A local client that does not read gets no more book frames; one that lets this much pile up is cut off. */
const MAX_QUEUED_FOR_BOOKS = 512 * 1024;
const MAX_QUEUED = 32 * 1024 * 1024;

/** The engine's door for local clients: the first frame must carry the token, each further one a message of the contract. */
export async function serveClients(options: ClientServerOptions): Promise<Server> {
  return listenLocal(options.path, (socket) => accept(socket, options));
}

/** A client that ends while it is written to, as every `leeward status` does, is no news. */
const hasLeft = ({ code }: NodeJS.ErrnoException): boolean => code === 'EPIPE' || code === 'ECONNRESET';

function accept(socket: Socket, options: ClientServerOptions): void {
  let client: DoorClient | undefined;
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (!hasLeft(error)) options.log(`client: ${error.message}`);
  });
  socket.on('close', () => client?.close());
  readFrames(socket, {
    onJson: (message) => {
      if (client === undefined) {
        if (!isGreeting(message, options.token)) socket.destroy();
        else client = options.open(outputOf(socket));
      } else client.receive(message);
    },
    onBook: () => socket.destroy(),
    onBroken: (detail) => options.log(`client: ${detail}`),
  });
}

function outputOf(socket: Socket): ClientOutput {
  return {
    send: (message) => {
      if (socket.writableLength > MAX_QUEUED) socket.destroy();
      else if (socket.writable) socket.write(jsonFrame(message));
    },
    sendBook: (frame) => {
      if (socket.writable && socket.writableLength <= MAX_QUEUED_FOR_BOOKS) socket.write(bookFrame(frame));
    },
  };
}

/** Undefined for anything that is not a message of the contract: the door believes no client, however local. */
export function contractMessage(message: unknown): ReturnType<typeof clientMessageSchema.safeParse>['data'] {
  return clientMessageSchema.safeParse(message).data;
}

function isGreeting(message: unknown, token: string): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    't' in message &&
    message.t === 'client' &&
    'token' in message &&
    message.token === token
  );
}
