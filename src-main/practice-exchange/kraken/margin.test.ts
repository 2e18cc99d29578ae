import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TEST_START_MS } from '../testing/hand-made-market.ts';
import { krakenCall, krakenClient } from '../testing/kraken-client.ts';
import { control, startTestExchange } from '../testing/practice-client.ts';

type Row = Record<string, unknown>;

let exchange: Awaited<ReturnType<typeof startTestExchange>>;
beforeEach(async () => {
  exchange = await startTestExchange({ krakenLimits: { callsMax: 10_000, ordersMax: 10_000 } });
});
afterEach(() => exchange.close());

const WAIT = { timeout: 15_000 };
const BUY = { pair: 'XBTUSDT', type: 'buy', ordertype: 'market', volume: '1', leverage: '5' };
const SELL = { ...BUY, type: 'sell' };
const STOP = { ...SELL, ordertype: 'stop-loss', price: '95', reduce_only: 'true' };
const result = async (method: string, params: Record<string, string | number> = {}): Promise<Row> => {
  const reply = await krakenCall(exchange, method, params);
  if (reply.error.length > 0) throw new Error(reply.error.join());
  return reply.result as Row;
};
const add = async (params: Record<string, string | number>) =>
  ((await result('AddOrder', params))['txid'] as string[])[0] ?? '';
const query = async (txid: string) => (await result('QueryOrders', { txid }))[txid] as Row;
const positions = () => result('OpenPositions', { consolidation: 'market', docalcs: 'true' });
/** Puts another market in place and waits until it is traded at. */
const market = async (bid: number) => {
  exchange.handMade.push({
    kind: 'book',
    symbol: 'BTCUSDT',
    marketTimeMs: TEST_START_MS,
    snapshot: true,
    bids: [[bid, 500_000]],
    asks: [[bid + 1, 500_000]],
  });
  const { book } = exchange.venue.engine.state.market('BTCUSDT');
  await vi.waitFor(() => expect(book.bestTicks('BUY')).toBe(bid), WAIT);
};
const print = (ticks: number) =>
  exchange.handMade.push({
    kind: 'trade',
    symbol: 'BTCUSDT',
    marketTimeMs: TEST_START_MS,
    ticks,
    lots: 1,
    aggressor: 'sell',
  });

describe('spot margin', () => {
  it('opens a long with margin held and both fees taken, and books its gain when it closes', async () => {
    await add(BUY);
    expect(await positions()).toMatchObject([
      { pair: 'XBTUSDT', type: 'buy', vol: '1.000', cost: '100.01000000', margin: '20.00200000', leverage: '5.00000' },
    ]);
    // 0.1 % for the trade and 0.02 % for the opening of 100.01.
    const balance = 10_000 - 0.10001 - 0.020002;
    expect(await result('BalanceEx')).toMatchObject({
      USDT: { balance: balance.toFixed(8), hold_trade: '20.00200000' },
      XXBT: { balance: '2.00000000' },
    });
    const figures = await result('TradeBalance');
    expect(figures).toMatchObject({ m: '20.00200000', c: '100.01000000' });
    expect(Number(figures['mf'])).toBeCloseTo(Number(figures['e']) - 20.002, 8);
    expect(Number(figures['ml'])).toBeCloseTo((Number(figures['e']) / 20.002) * 100, 1);
    await market(11_000);
    expect(Number((await result('TradeBalance'))['n'])).toBeCloseTo(110.005 - 100.01, 8);
    await add(SELL);
    expect(await positions()).toEqual([]);
    const earned = 110 - 100.01 - 0.11;
    expect(await result('BalanceEx')).toMatchObject({
      USDT: { balance: (balance + earned).toFixed(8), hold_trade: '0.00000000' },
    });
    expect(await result('TradeBalance')).not.toHaveProperty('ml');
  });

  it('sells short what the account does not hold, and buys it back', async () => {
    const opening = await add({ ...SELL, volume: '1', leverage: '2' });
    expect(Object.values(await result('OpenPositions'))).toMatchObject([
      { ordertxid: opening, type: 'sell', vol: '1.000', terms: '0.0200% per 4 hours', posstatus: 'open' },
    ]);
    await vi.waitFor(
      () =>
        expect(exchange.venue.ledger.report(exchange.venue.account('main'), Date.now()).positions[0]).toMatchObject({
          isProtected: false,
        }),
      WAIT,
    );
    await add({ ...STOP, type: 'buy', price: '105' });
    expect(exchange.venue.ledger.report(exchange.venue.account('main'), Date.now()).positions[0]).toMatchObject({
      isProtected: true,
    });
    await add({ ...BUY, volume: '0.4', leverage: '2' });
    expect(await positions()).toMatchObject([{ type: 'sell', vol: '0.600' }]);
    await add({ ...BUY, volume: '1' });
    expect(await positions()).toMatchObject([{ type: 'buy', vol: '0.400' }]);
  });

  it.each([
    [{ ...BUY, leverage: '7' }, 'EGeneral:Invalid arguments:leverage'],
    [{ ...BUY, ordertype: 'limit', price: '99', volume: '600' }, 'EOrder:Margin level too low'],
    [{ ...SELL, reduce_only: 'true' }, 'EOrder:Reduce only:No position exists'],
  ])('refuses %j with its words', async (params, error) => {
    expect(await krakenCall(exchange, 'AddOrder', params)).toEqual({ error: [error] });
  });

  it('keeps spot orders from the margin of positions, and margin orders from each other', async () => {
    const limit = { ...BUY, ordertype: 'limit', price: '99', volume: '300' };
    await add(limit);
    expect(await krakenCall(exchange, 'AddOrder', limit)).toEqual({ error: ['EOrder:Margin level too low'] });
    await result('CancelAll');
    await market(9_900);
    await add({ ...BUY, volume: '300' });
    expect(
      await krakenCall(exchange, 'AddOrder', {
        pair: 'XBTUSDT',
        type: 'buy',
        ordertype: 'limit',
        price: '90',
        volume: '60',
      }),
    ).toEqual({ error: ['EOrder:Insufficient funds'] });
  });

  it('closes by a reduce-only stop no more than there is, and ends one that finds nothing', async () => {
    await add(BUY);
    const [first, second] = [await add({ ...STOP, volume: '1.5' }), await add({ ...STOP, price: '94' })];
    expect(await query(first)).toMatchObject({ status: 'open', reduce_only: true, descr: { leverage: '5:1' } });
    print(9_500);
    await vi.waitFor(async () => expect(await query(first)).toMatchObject({ vol_exec: '1.000' }), WAIT);
    expect(await positions()).toEqual([]);
    expect(await query(second)).toMatchObject({ status: 'open' });
    print(9_400);
    await vi.waitFor(
      async () =>
        expect(await query(second)).toMatchObject({ status: 'canceled', reason: 'Reduce only:No position exists' }),
      WAIT,
    );
    expect(await positions()).toEqual([]);
  });

  it('takes a reduce-only stop before there is a position', async () => {
    const stop = await add(STOP);
    await add(BUY);
    print(9_500);
    await vi.waitFor(async () => expect(await query(stop)).toMatchObject({ status: 'closed' }), WAIT);
    expect(await positions()).toEqual([]);
  });

  it('shrinks a resting reduce-only limit with its position', async () => {
    await add(BUY);
    const target = await add({ ...SELL, ordertype: 'limit', price: '120', reduce_only: 'true' });
    await add({ ...SELL, volume: '0.6' });
    expect(await query(target)).toMatchObject({ status: 'open', vol: '0.400' });
    await add({ ...SELL, volume: '0.4' });
    expect(await query(target)).toMatchObject({ status: 'canceled', reason: 'Reduce only:Position is closed' });
  });

  it('makes a conditional close with the leverage of its entry', async () => {
    await add({ ...BUY, 'close[ordertype]': 'stop-loss', 'close[price]': '95' });
    expect(Object.values((await result('OpenOrders'))['open'] as Row)).toMatchObject([
      { vol: '1.000', stopprice: '95.00', descr: { type: 'sell', leverage: '5:1' } },
    ]);
    print(9_500);
    await vi.waitFor(async () => expect(await positions()).toEqual([]), WAIT);
  });

  it('charges a rollover fee every four hours of market time', async () => {
    await add(BUY);
    const before = Number((await result('Balance'))['USDT']);
    await control(exchange, 'POST', 'clock', { speed: 10_000 });
    await vi.waitFor(async () => expect(Number((await result('Balance'))['USDT'])).toBeLessThan(before), WAIT);
    await control(exchange, 'POST', 'clock', { speed: 1 });
    const paid = before - Number((await result('Balance'))['USDT']);
    expect(paid / 0.020002).toBeCloseTo(Math.round(paid / 0.020002), 3);
  });

  it('closes everything below a margin level of 40 %, and nothing above it', async () => {
    await market(10_000);
    await add({ ...BUY, volume: '400' });
    const { m, e } = await result('TradeBalance');
    const atLevel = (level: number) => Math.floor(10_000 - ((Number(e) - (Number(m) * level) / 100) / 400) * 100);
    await market(atLevel(42));
    expect(Number((await result('TradeBalance'))['ml'])).toBeGreaterThan(40);
    expect(await positions()).toHaveLength(1);
    await market(atLevel(38));
    await vi.waitFor(async () => expect(await positions()).toEqual([]), WAIT);
    const ledger = exchange.venue.ledger.report(exchange.venue.account('main'), Date.now());
    expect(ledger.orders.at(-1)?.clientOrderId).toMatch(/^autoclose-/);
  });

  it('speaks to unmodified ccxt', async () => {
    const client = krakenClient(exchange);
    let nonce = Date.now() * 1000 + 5_000_000;
    client.nonce = () => ++nonce;
    await client.loadMarkets();
    await client.createOrder('BTC/USDT', 'market', 'sell', 1, undefined, { leverage: '3' });
    expect(await client.fetchPositions()).toMatchObject([{ symbol: 'BTC/USDT', side: 'short', leverage: 3 }]);
    await client.createOrder('BTC/USDT', 'market', 'buy', 1, undefined, { leverage: '3', reduceOnly: true });
    expect(await client.fetchPositions()).toEqual([]);
    await client.close();
  });
});
