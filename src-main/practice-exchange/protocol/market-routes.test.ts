import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HandMadeMarket, TEST_START_MS } from '../testing/hand-made-market.ts';
import { call, startTestExchange } from '../testing/practice-client.ts';

type Row = Readonly<Record<string, unknown>>;
type Params = Readonly<Record<string, string | number>>;

let exchange: Awaited<ReturnType<typeof startTestExchange>>;
beforeAll(async () => {
  exchange = await startTestExchange({ speed: 0 });
});
afterAll(() => exchange.close());

const ask = async (path: string, params: Params = {}) => call(exchange, `GET /api/v3/${path}`, params);
const MINUTE_MS = 60_000;
const many = (count: number): string => JSON.stringify(Array.from({ length: count }, () => 'BTCUSDT'));

describe('public market data', () => {
  it('answers one symbol with one row, several or all with a list', async () => {
    const [one, several, all] = [
      await ask('ticker/price', { symbol: 'BTCUSDT' }),
      await ask('ticker/price', { symbols: '["BTCUSDT","ETHUSDT"]' }),
      await ask('ticker/price'),
    ];
    expect(one.body).toEqual({ symbol: 'BTCUSDT', price: '100.00000000' });
    expect((several.body as Row[]).map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(all.body).toEqual(several.body);
  });

  it.each<[string, Params, number]>([
    ['ticker/price', { symbol: 'BTCUSDT', symbols: '["ETHUSDT"]' }, -1128],
    ['ticker/price', { symbols: 'BTCUSDT' }, -1100],
    ['ticker/price', { symbols: '["NOPE"]' }, -1121],
    ['depth', { symbol: 'NOPE' }, -1121],
    ['klines', { symbol: 'BTCUSDT', interval: '7m' }, -1120],
  ])('refuses %s with %j', async (path, params, code) => {
    expect(await ask(path, params)).toMatchObject({ status: 400, body: { code } });
  });

  it.each<[string, Params, number]>([
    ['depth', { symbol: 'BTCUSDT' }, 5],
    ['depth', { symbol: 'BTCUSDT', limit: 500 }, 25],
    ['depth', { symbol: 'BTCUSDT', limit: 1_000 }, 50],
    ['depth', { symbol: 'BTCUSDT', limit: 5_000 }, 250],
    ['ticker/24hr', { symbol: 'BTCUSDT' }, 2],
    ['ticker/24hr', { symbols: '["BTCUSDT","ETHUSDT"]' }, 2],
    ['ticker/24hr', { symbols: many(21) }, 40],
    ['ticker/24hr', { symbols: many(101) }, 80],
    ['ticker/24hr', {}, 80],
  ])('charges for %s with %j its weight', async (path, params, weight) => {
    const used = async (): Promise<number> => Number((await ask('ping')).headers.get('x-mbx-used-weight-1m'));
    const before = await used();
    await ask(path, params);
    // The second look costs one itself.
    expect((await used()) - before - 1).toBe(weight);
  });

  it('shows a still day as flat, with the last price', async () => {
    const { body } = await ask('ticker/24hr', { symbol: 'ETHUSDT' });
    expect(body).toMatchObject({ lastPrice: '100.00000000', priceChangePercent: '0.000', bidPrice: '99.99000000' });
    expect((await ask('avgPrice', { symbol: 'ETHUSDT' })).body).toMatchObject({ mins: 5, price: '100.00000000' });
  });

  it('keeps bars to the window and the limit that were asked for', async () => {
    const opens = async (params: Params): Promise<number[]> => {
      const { body } = await ask('klines', { symbol: 'BTCUSDT', interval: '1m', ...params });
      return (body as number[][]).map(([open]) => ((open ?? 0) - TEST_START_MS) / MINUTE_MS);
    };
    const window = { startTime: TEST_START_MS - 5 * MINUTE_MS, endTime: TEST_START_MS - 2 * MINUTE_MS };
    expect(await opens(window)).toEqual([-5, -4, -3, -2]);
    expect(await opens({ ...window, limit: 2 })).toEqual([-5, -4]);
    expect((await opens({ limit: 3 })).length).toBe(3);
  });

  it('keeps aggregate trades to ids and times', async () => {
    const found = async (params: Params): Promise<number> =>
      ((await ask('aggTrades', { symbol: 'BTCUSDT', ...params })).body as Row[]).length;
    expect(await found({})).toBe(1);
    expect(await found({ fromId: 10_000 })).toBe(0);
    expect(await found({ startTime: TEST_START_MS, endTime: TEST_START_MS })).toBe(1);
    expect(await found({ endTime: TEST_START_MS - 1 })).toBe(0);
  });
});

/** Nothing is recorded: neither books nor trades nor bars. */
class SilentMarket extends HandMadeMarket {
  override advance(): [] {
    return [];
  }

  override history(): [] {
    return [];
  }
}

describe('a symbol of which nothing is known', () => {
  let silent: typeof exchange;
  beforeAll(async () => {
    silent = await startTestExchange({ market: new SilentMarket(), speed: 0 });
  });
  afterAll(() => silent.close());

  const ZERO = '0.00000000';
  const EMPTY = { bidPrice: ZERO, bidQty: ZERO, askPrice: ZERO, askQty: ZERO };
  it.each<[string, unknown]>([
    ['depth', { bids: [], asks: [] }],
    ['trades', []],
    ['avgPrice', { mins: 5, price: ZERO }],
    ['ticker/price', { symbol: 'BTCUSDT', price: ZERO }],
    ['ticker/bookTicker', { symbol: 'BTCUSDT', ...EMPTY }],
    [
      'ticker/24hr',
      {
        ...EMPTY,
        priceChangePercent: '0.000',
        weightedAvgPrice: ZERO,
        lastQty: ZERO,
        firstId: -1,
        lastId: -1,
        count: 0,
      },
    ],
  ])('answers %s with zeros', async (path, body) => {
    const answer = await call(silent, `GET /api/v3/${path}`, { symbol: 'BTCUSDT' });
    expect(answer).toMatchObject({ status: 200, body });
  });
});
