import type { TransferredPort } from '../launcher/parent-channel.ts';
import type { Door } from './door.ts';

/** The engine's door for a port that the desktop's main process handed over: from here on main is not in the way. */
export function servePort(port: TransferredPort, door: Pick<Door, 'open'>): void {
  const client = door.open({
    send: (message) => port.postMessage(message),
    // A copy: structured clone would send the whole buffer behind a view of it.
    sendBook: (frame) => port.postMessage(frame.slice()),
  });
  port.on('message', ({ data }) => client.receive(data));
  port.on('close', () => client.close());
  port.start();
}
