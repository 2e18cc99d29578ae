import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createMarketSource } from '../../practice-exchange/market/create-market-source.ts';
import { type PracticeExchange, startPracticeExchange } from '../../practice-exchange/start-practice-exchange.ts';
import { openBareReader } from './bare-reader.ts';
import { openCcxtReader } from './ccxt-reader.ts';
import { measureHandlers } from './handler-cost.ts';
import { measureLoad } from './depth-load.ts';
import { openNativeReader } from './native-reader.ts';
import type { Reader, ReaderOptions } from './reader.ts';
import { latenciesUs, nowNs, StampLog } from './stamps.ts';
import { lastUpdateId } from './venue-part.ts';

let exchange: PracticeExchange;
afterEach(() => exchange.close());

const sent = new StampLog();
let onSent: () => void = () => undefined;

async function venue(): Promise<ReaderOptions> {
  const market = createMarketSource({ kind: 'synthetic', synthetic: { count: 2, seed: 'x', updatesPerSecond: 20 } });
  const names = market.symbols.map(({ symbol }) => `${symbol.toLowerCase()}@depth@100ms`);
  sent.clear();
  exchange = await startPracticeExchange({
    market,
    onStreamSend: (stream, event) => {
      sent.add(names.indexOf(stream), lastUpdateId(event), nowNs());
      onSent();
    },
  });
  return { mode: 'bare', rest: exchange.rest, stream: exchange.stream, symbols: [...market.symbols] };
}

describe('the readers of the bench', () => {
  it.each([
    ['bare', (options: ReaderOptions, _: StampLog): Reader => openBareReader(options)],
    ['native', openNativeReader],
    ['ccxt', openCcxtReader],
  ])('%s sees updates that were sent, later than they were sent', async (_, open) => {
    const seen = new StampLog();
    const reader = open(await venue(), seen);
    await reader.ready;
    // A snapshot by REST shows updates before the stream sends them: only what comes from here on counts.
    sent.clear();
    seen.clear();
    reader.begin();
    for (let events = 0; events < 10; events++) await new Promise<void>((resolve) => (onSent = resolve));
    reader.finish(seen);
    await reader.close();
    const latencies = latenciesUs(sent.take(), seen.take());
    expect(latencies.length).toBeGreaterThan(0);
    expect(Math.min(...latencies)).toBeGreaterThan(0);
  });

  it('handle the same messages in process', async () => {
    await venue();
    for (const { nativeUs, ccxtUs } of measureHandlers({ messages: 100, rounds: 1 })) {
      expect(nativeUs).toBeGreaterThan(0);
      expect(ccxtUs).toBeGreaterThan(0);
    }
  });
});

describe('the load of the bench', () => {
  const entry = process.argv[1] ?? '';
  afterEach(() => void (process.argv[1] = entry));

  it('plays one venue to readers in processes of their own', async () => {
    await venue();
    process.argv[1] = join(import.meta.dirname, '../../cli.ts');
    const progress: string[] = [];
    const io = { out: () => undefined, error: (line: string) => void progress.push(line) };
    const modes = ['bare', 'native'] as const;
    const load = { instruments: 2, updatesPerSecond: 20, seconds: 0.5, warmUpSeconds: 0.1, rounds: 1, modes };
    const { bare, native } = await measureLoad(load, io);
    for (const result of [bare, native]) {
      expect(result?.sent).toBeGreaterThan(0);
      expect(result?.seenRatio).toBeGreaterThan(0);
      expect(result?.latencyUs.p50).toBeGreaterThan(0);
    }
    expect(progress).toEqual(['bare', 'native'].map((mode) => `bench: 2 instruments, round 1 of 1, ${mode}`));
  });
});
