import { createMarketSource } from '../../practice-exchange/market/create-market-source.ts';
import { startPracticeExchange } from '../../practice-exchange/start-practice-exchange.ts';
import { answerParent, tellParent } from './children.ts';
import { nowNs, StampLog } from './stamps.ts';

/** The venue under load: the practice exchange with synthetic pairs, which stamps each depth event as it sends it. */
export async function runVenuePart(json: string): Promise<never> {
  const options = JSON.parse(json) as { readonly instruments: number; readonly updatesPerSecond: number };
  const synthetic = { count: options.instruments, seed: 'bench', updatesPerSecond: options.updatesPerSecond };
  const market = createMarketSource({ kind: 'synthetic', synthetic });
  const symbols = market.symbols.map(({ symbol, base, quote, tickSize, lotSize }) => ({
    ...{ symbol, base, quote, tickSize, lotSize },
  }));
  const index = new Map(symbols.map(({ symbol }, position) => [`${symbol.toLowerCase()}@depth@100ms`, position]));
  const sent = new StampLog();
  const exchange = await startPracticeExchange({
    market,
    limits: { weightPerMinute: 1_000_000 },
    onStreamSend: (stream, event) => {
      const position = index.get(stream);
      if (position !== undefined) sent.add(position, lastUpdateId(event), nowNs());
    },
  });
  tellParent({ t: 'ready', rest: exchange.rest, stream: exchange.stream, symbols });
  return answerParent({
    begin: () => {
      sent.clear();
      return { t: 'begin' };
    },
    stamps: () => ({ t: 'stamps', stamps: sent.take() }),
  });
}

/** `u` of a depth event, without parsing the rest of it. */
export function lastUpdateId(event: string): number {
  const start = event.indexOf('"u":') + 4;
  return Number(event.slice(start, event.indexOf(',', start)));
}
