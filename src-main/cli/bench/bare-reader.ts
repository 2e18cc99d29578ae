import { WebSocket } from 'ws';
import type { Reader, ReaderOptions } from './reader.ts';
import { nowNs } from './stamps.ts';
import { lastUpdateId } from './venue-part.ts';

const STREAMS = 200;

/** The floor: sockets that take messages in and do nothing with them; they are read after the measurement. */
export function openBareReader({ stream, symbols }: ReaderOptions): Reader {
  const received: { readonly data: Buffer; readonly ns: number }[] = [];
  const index = new Map(symbols.map(({ symbol }, position) => [symbol, position]));
  const sockets: WebSocket[] = [];
  const opened: Promise<unknown>[] = [];
  for (let first = 0; first < symbols.length; first += STREAMS) {
    const names = symbols.slice(first, first + STREAMS).map(({ symbol }) => `${symbol.toLowerCase()}@depth@100ms`);
    const ws = new WebSocket(`${new URL('/stream', stream).href}?streams=${names.join('/')}`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    sockets.push(ws);
    ws.on('message', (data: Buffer) => void received.push({ data, ns: nowNs() }));
    opened.push(new Promise((resolve) => ws.on('open', resolve)));
  }
  return {
    ready: Promise.all(opened).then(() => undefined),
    begin: () => void (received.length = 0),
    close: async () => {
      for (const ws of sockets) ws.terminate();
    },
    finish: (log) => {
      for (const { data, ns } of received) {
        const text = data.toString();
        const symbol = /"s":"([^"]+)"/.exec(text)?.[1] ?? '';
        log.add(index.get(symbol) ?? -1, lastUpdateId(text), ns);
      }
    },
  };
}
