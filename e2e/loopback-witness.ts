import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type LoopbackWitness = {
  readonly address: string;
  /** Every request and upgrade that reached it. */
  heard(): readonly string[];
  close(): Promise<void>;
};

/** A server on this machine that nothing should ever reach. */
export async function startWitness(page = 'heard'): Promise<LoopbackWitness> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.setHeader('access-control-allow-origin', '*').setHeader('content-type', 'text/html').end(page);
  });
  server.on('upgrade', (request, socket) => {
    heard.push(`UPGRADE ${request.url ?? ''}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    heard: () => [...heard],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
