import { Agent } from 'node:http';
import { type CcxtClass, type CcxtExchange, loadCcxtClass } from './ccxt-exchange.ts';

/** The class of ccxt that speaks the practice exchange's protocol with unified calls alone, whatever venue it stands for. */
export const PRACTICE_CLASS = 'binanceus';

export type PracticeAddresses = { readonly rest: string; readonly stream: string; readonly wsApi: string };

/** Points an object of that class at a practice exchange. */
export const pointAtPractice =
  ({ rest, stream, wsApi }: PracticeAddresses) =>
  (exchange: CcxtExchange): void => {
    const api = exchange.urls.api as Record<string, unknown>;
    for (const [name, url] of Object.entries(api)) {
      if (typeof url === 'string') api[name] = url.replace(/^https:\/\/[^/]+/, rest);
    }
    const ws = api['ws'] as Record<string, unknown>;
    ws['spot'] = stream;
    ws['ws-api'] = { ...(ws['ws-api'] as object), spot: wsApi };
    // Sockets without TLS need an agent of their own, or every watch throws NotSupported.
    exchange.httpAgent = new Agent();
  };

/** What lets the adapter trade on, or read from, a practice exchange that stands for its venue. */
export const standingIn = (
  addresses: PracticeAddresses,
): { readonly load: () => Promise<CcxtClass>; readonly pointAt: (exchange: CcxtExchange) => void } => ({
  load: () => loadCcxtClass(PRACTICE_CLASS),
  pointAt: pointAtPractice(addresses),
});
