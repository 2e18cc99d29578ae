import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { StreamClient, StreamHub } from './stream-hub.ts';
import { parseJson } from './parse-json.ts';

const REQUEST = z.object({
  method: z.enum(['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY']),
  params: z.array(z.union([z.string(), z.boolean()])).optional(),
  id: z.union([z.number(), z.string(), z.null()]).optional(),
});
type Request = z.infer<typeof REQUEST>;

/** Serves one market-data socket: `/ws[/<stream>]` sends bare events, `/stream?streams=a/b` wraps them. */
export function serveStreamSocket(hub: StreamHub, socket: WebSocket, url: URL): void {
  const client: StreamClient = { socket, isCombined: !url.pathname.includes('/ws'), streams: new Set() };
  const named = [...(url.searchParams.get('streams')?.split('/') ?? []), ...url.pathname.split('/')];
  hub.subscribe(
    client,
    named.filter((name) => name.includes('@')),
  );
  socket.on('message', (data: Buffer) => {
    const reply = answer(hub, client, data.toString());
    if (reply !== null) socket.send(JSON.stringify(reply));
  });
  socket.on('close', () => hub.unsubscribe(client, [...client.streams]));
}

function answer(hub: StreamHub, client: StreamClient, text: string): unknown {
  const parsed = REQUEST.safeParse(parseJson(text));
  if (!parsed.success)
    return { error: { code: 2, msg: 'Invalid request: request must be an object with a known method.' } };
  const id = parsed.data.id ?? null;
  return run(hub, client, parsed.data, id);
}

function run(hub: StreamHub, client: StreamClient, request: Request, id: number | string | null): unknown {
  const names = (request.params ?? []).filter((name) => typeof name === 'string');
  switch (request.method) {
    case 'SUBSCRIBE':
      if (hub.subscribe(client, names)) return { result: null, id };
      return { error: { code: 3, msg: 'Invalid request: too many streams; at most 1024 are allowed.' }, id };
    case 'UNSUBSCRIBE':
      hub.unsubscribe(client, names);
      return { result: null, id };
    case 'LIST_SUBSCRIPTIONS':
      return { result: [...client.streams], id };
    case 'SET_PROPERTY':
      if (request.params?.[0] === 'combined') client.isCombined = request.params[1] === true;
      return { result: null, id };
    case 'GET_PROPERTY':
      return { result: client.isCombined, id };
  }
}
