import type { DevToolsSession } from './devtools-pipe.ts';
import { protocol } from './schemes.ts';

export type PausedRequest = {
  readonly requestId: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly postData?: string;
  };
  readonly resourceType: string;
  readonly frameId: string;
};

const LOOPBACK = /^https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?\//;

/** Our schemes go to the application's handler, loopback to the machine, everything else finds no network. */
export async function answerRequest(session: DevToolsSession, { requestId, request }: PausedRequest): Promise<void> {
  const url = protocol.fromBrowser(request.url);
  const handler = protocol.handlerOf(url);
  if (handler) {
    const { method, headers, postData } = request;
    const response = await handler(
      new Request(url, { method, headers, ...(postData !== undefined && { body: postData }) }),
    );
    await session.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: response.status,
      responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    });
  } else if (LOOPBACK.test(url) || /^(data|blob):/.test(url))
    await session.send('Fetch.continueRequest', { requestId });
  else await session.send('Fetch.failRequest', { requestId, errorReason: 'InternetDisconnected' });
}
