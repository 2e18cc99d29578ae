import { createHash } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Unix socket paths end at 107 bytes; longer ones move to a short name derived from the folder. */
const MAX_PATH = 100;

/** Address of a local socket of a data directory: a 0600 Unix socket, or a named pipe on Windows. */
export function socketPath(dataDir: string, name: string): string {
  const digest = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\leeward-${digest}-${name}`;
  const path = join(dataDir, `${name}.sock`);
  return path.length <= MAX_PATH ? path : join(tmpdir(), `leeward-${digest}-${name}.sock`);
}

/** Listens for this user only. A socket file left by a dead process is replaced: the data directory's lock is held. */
export async function listenLocal(path: string, onConnection: (socket: Socket) => void): Promise<Server> {
  if (process.platform !== 'win32') rmSync(path, { force: true });
  const server = createServer(onConnection);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return server;
}

/** Throws when nobody listens. */
export async function connectLocal(path: string): Promise<Socket> {
  const socket = createConnection(path);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}
