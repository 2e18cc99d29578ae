import { Agent, request } from 'node:http';
import Binance from '@ccxt/pro/binance';
import type { ListedInstrument } from '../../engine/domain/events.ts';
import type { Price } from '../../engine/domain/quantities.ts';
import { signBinance } from '../../adapters/signing/venue-signatures.ts';
import type { PracticeVenueAddress } from './practice-process.ts';
import { SentBytes } from './sent-bytes.ts';
import { unfillableBracket } from './unfillable-bracket.ts';

export const OTOCO_PATH = '/api/v3/orderList/otoco';

/** Sends one bracket and resolves to the milliseconds from the call to the last byte, after the venue answered. */
export type Contestant = { readonly name: string; send(): Promise<number>; close(): Promise<void> };

type Market = { readonly listed: ListedInstrument; readonly price: Price };

/** ccxt as it comes, its limiter off: what the engine's path costs beside it. */
export function ccxtContestant(venue: PracticeVenueAddress, { listed, price }: Market): Contestant {
  const client = new Binance({ apiKey: venue.apiKey, secret: venue.secret, enableRateLimit: false });
  const api = client.urls.api as Record<string, unknown>;
  api['private'] = String(api['private']).replace(/^https:\/\/[^/]+/, venue.rest);
  const sent = new SentBytes(OTOCO_PATH);
  return {
    name: 'ccxt',
    async send() {
      const params = unfillableBracket(listed, price);
      const bytes = sent.next();
      const startMs = performance.now();
      await client.privatePostOrderListOtoco(params);
      return (await bytes) - startMs;
    },
    close: async () => sent.close(),
  };
}

/** The least one can do: sign and write to a kept-alive connection. */
export function bareContestant(venue: PracticeVenueAddress, { listed, price }: Market): Contestant {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { 'X-MBX-APIKEY': venue.apiKey, 'Content-Type': 'application/x-www-form-urlencoded' };
  return {
    name: 'bareSocket',
    send() {
      const params = unfillableBracket(listed, price);
      const startMs = performance.now();
      const query = new URLSearchParams({ ...params, timestamp: String(Date.now()), recvWindow: '5000' }).toString();
      const body = `${query}&signature=${signBinance(venue.secret, query)}`;
      return new Promise((resolve, reject) => {
        const outgoing = request(venue.rest + OTOCO_PATH, {
          method: 'POST',
          agent,
          headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
        });
        let sentMs = Number.NaN;
        outgoing.once('finish', () => (sentMs = performance.now() - startMs));
        outgoing.once('error', reject);
        outgoing.once('response', (response) => {
          response.resume().once('end', () => resolve(sentMs));
        });
        outgoing.end(body);
      });
    },
    close: async () => agent.destroy(),
  };
}
