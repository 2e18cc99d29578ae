import Binance from '@ccxt/pro/binance';
import { DepthScanner } from '../../adapters/binance/public/depth-scanner.ts';
import { DepthSynchronizer } from '../../engine/market-data/depth-synchronizer.ts';
import { stepSize } from '../../engine/market-data/steps.ts';
import { spreadOf } from './percentiles.ts';

/** CPU microseconds a message, from the buffer of the socket to the changed book. */
export type HandlerCost = {
  readonly levels: number;
  readonly depth: number;
  readonly nativeUs: number;
  readonly ccxtUs: number;
};

export type HandlerRun = { readonly messages: number; readonly rounds: number };

const FULL_RUN: HandlerRun = { messages: 10_000, rounds: 7 };
const FIRST_ID = 1_000;
const IDS = 3;
const MID = 6_000_000;
const SIZES = [
  [10, 100],
  [10, 1_000],
  [40, 1_000],
] as const;

/** Both handlers on the same messages of one process, in alternating rounds; medians. */
export function measureHandlers(run: HandlerRun = FULL_RUN): readonly HandlerCost[] {
  return SIZES.map(([levels, depth]) => {
    const events = depthEvents(run.messages, levels, depth);
    const native = events.map((event) => Buffer.from(`{"stream":"btcusdt@depth@100ms","data":${event}}`));
    const ccxt = events.map((event) => Buffer.from(event));
    const nativeUs: number[] = [];
    const ccxtUs: number[] = [];
    for (let round = 0; round < run.rounds; round++) {
      nativeUs.push(cpuUs(nativeHandler(depth), native));
      ccxtUs.push(cpuUs(ccxtHandler(depth), ccxt));
    }
    return { levels, depth, nativeUs: spreadOf(nativeUs).p50, ccxtUs: spreadOf(ccxtUs).p50 };
  });
}

function cpuUs(handle: (message: Buffer) => void, messages: readonly Buffer[]): number {
  const start = process.cpuUsage();
  for (const message of messages) handle(message);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / messages.length;
}

function nativeHandler(depth: number): (message: Buffer) => void {
  const steps = { tick: stepSize('0.01'), lot: stepSize('0.00001') };
  const sync = new DepthSynchronizer(steps);
  const scanner = new DepthScanner();
  const markets = new Map([['BTCUSDT', steps]]);
  const { bids, asks } = snapshot(depth);
  sync.offerSnapshot({ lastUpdateId: FIRST_ID, bids, asks });
  return (message) => {
    if (!scanner.scan(message, (symbol) => markets.get(symbol)) || sync.applySteps(scanner.update) !== 'applied') {
      throw new Error(`expected an applied update, was ${sync.lastProblem ?? 'refused'}`);
    }
  };
}

function ccxtHandler(depth: number): (message: Buffer) => void {
  const client = new Binance();
  client.setMarkets([
    {
      ...{ id: 'BTCUSDT', symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT', type: 'spot', spot: true, swap: false },
      ...{ future: false, option: false, contract: false, precision: { price: 0.01, amount: 0.00001 }, limits: {} },
    },
  ]);
  const { bids, asks } = snapshot(depth);
  const numbers = (levels: readonly (readonly [string, string])[]) => levels.map((level) => level.map(Number));
  const book = client.orderBook({ nonce: FIRST_ID, bids: numbers(bids), asks: numbers(asks) }, depth) as object;
  (client.orderbooks as Record<string, unknown>)['BTC/USDT'] = Object.assign(book, {
    symbol: 'BTC/USDT',
    nonce: FIRST_ID,
  });
  const socket = client.client('wss://stream.binance.com/stream/ws') as { onMessage(event: { data: Buffer }): void };
  return (data) => socket.onMessage({ data });
}

const priceText = (ticks: number): string => `${(ticks / 100).toFixed(2)}000000`;

function snapshot(depth: number): { bids: [string, string][]; asks: [string, string][] } {
  const side = (first: number, step: number): [string, string][] =>
    Array.from({ length: depth }, (_, level) => [priceText(first + level * step), '1.00000000']);
  return { bids: side(MID, -1), asks: side(MID + 1, 1) };
}

/** Changes gather near the touch; one in five removes its level. Seeded: every run measures the same messages. */
function depthEvents(messages: number, levels: number, depth: number): readonly string[] {
  let seed = 1;
  const uniform = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const changes = (first: number, step: number): [string, string][] =>
    Array.from({ length: levels / 2 }, () => [
      priceText(first + step * Math.floor(uniform() * uniform() * depth)),
      uniform() < 0.2 ? '0.00000000' : `${(uniform() * 10).toFixed(5)}000`,
    ]);
  return Array.from({ length: messages }, (_, index) => {
    const U = FIRST_ID + IDS * index + 1;
    const sides = { b: changes(MID, -1), a: changes(MID + 1, 1) };
    return JSON.stringify({
      e: 'depthUpdate',
      E: 1_700_000_000_000 + index,
      s: 'BTCUSDT',
      U,
      u: U + IDS - 1,
      ...sides,
    });
  });
}
