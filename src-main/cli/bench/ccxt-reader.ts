import { Agent } from 'node:http';
import Binance from '@ccxt/pro/binance';
import type { Reader, ReaderOptions } from './reader.ts';
import { nowNs, type StampLog } from './stamps.ts';

/** Symbols watched by one call; more make each wake-up dearer. */
const GROUP = 50;
const DEPTH = 100;

/** ccxt.pro as its users run it: watchOrderBookForSymbols in loops, without its rate limiter. */
export function openCcxtReader({ rest, stream, symbols }: ReaderOptions, log: StampLog): Reader {
  const client = new Binance({ enableRateLimit: false, options: { defaultType: 'spot', fetchMarkets: ['spot'] } });
  const api = client.urls['api'] as Record<string, unknown>;
  for (const [name, url] of Object.entries(api)) {
    if (typeof url === 'string') api[name] = url.replace(/^https:\/\/[^/]+/, rest);
  }
  (api['ws'] as Record<string, unknown>)['spot'] = stream;
  client.httpAgent = new Agent();
  const names = symbols.map(({ base, quote }) => `${base}/${quote}`);
  const index = new Map(names.map((name, position) => [name, position]));
  const seen = new Set<string>();
  const ready = new Promise<void>((resolve, reject) => {
    const watch = async (group: string[]): Promise<never> => {
      for (;;) {
        const { symbol, nonce } = (await client.watchOrderBookForSymbols(group, DEPTH)) as {
          symbol: string;
          nonce: number;
        };
        log.add(index.get(symbol) ?? -1, nonce, nowNs());
        if (seen.size < names.length && seen.add(symbol).size === names.length) resolve();
      }
    };
    client
      .loadMarkets()
      .then(() => {
        for (let first = 0; first < names.length; first += GROUP) {
          watch(names.slice(first, first + GROUP)).catch(reject);
        }
      })
      .catch(reject);
  });
  return { ready, begin: () => undefined, finish: () => undefined, close: () => client.close() };
}
