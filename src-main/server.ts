/** Entry of the headless web server: a client of the engine like any other, with no key and no venue. */
import type { AddressInfo } from 'node:net';
import { requestStatus, requestStop } from './guardian/client.ts';
import type { ServerBoot } from './launcher/boot.ts';
import { parentChannel } from './launcher/parent-channel.ts';
import { createAccess } from './server/access.ts';
import { createHttpServer } from './server/http-server.ts';
import { relayTerminal } from './server/relay.ts';

const HOST = '127.0.0.1';
const channel = parentChannel();
const log = (line: string): void => channel.send({ t: 'log', line });

async function boot(options: ServerBoot): Promise<void> {
  let port = options.port;
  const access = createAccess(options.entryToken, () => port);
  const emergencyStop = (origin: string): void => {
    requestStop(options.guardianSocket, origin).catch((error: unknown) =>
      log(`guardian unreachable: ${String(error)}`),
    );
  };
  const app = await createHttpServer({
    access,
    rendererDir: options.rendererDir,
    onTerminal: (socket) => void relayTerminal(socket, { ...options, emergencyStop, log }),
    health: async () => ({ guardian: await requestStatus(options.guardianSocket) }),
  });
  await app.listen({ host: HOST, port });
  ({ port } = app.server.address() as AddressInfo);
  channel.onMessage((message) => {
    if (message.t === 'shutdown') void app.close().then(() => process.exit(0));
  });
  channel.send({ t: 'ready', detail: { port, address: `http://${HOST}:${port}/enter?token=${options.entryToken}` } });
}

channel.onMessage((message) => {
  if (message.t !== 'boot' || !('rendererDir' in message)) return;
  boot(message).catch((error: unknown) => {
    const inUse = (error as { code?: unknown }).code === 'EADDRINUSE';
    channel.send({
      t: 'failed',
      detail: inUse ? `expected port ${message.port} free, was in use; choose another with --port` : String(error),
    });
  });
});
channel.onClosed(() => process.exit(0));
