import { describe, expect, it } from 'vitest';
import { EngineFixture, listWish, wish } from '../testing/engine-fixture.ts';
import { parseAmount } from './grid.ts';

const placed = (result: ReturnType<EngineFixture['place']>) => {
  if (!result.ok) throw new Error(result.error.msg);
  return result.value;
};
const refusalOf = (result: { readonly ok: boolean; readonly error?: { readonly msg: string } }) => result.error?.msg;

describe('takers', () => {
  it('consumes recorded liquidity until the recording changes the level', () => {
    const fixture = new EngineFixture();
    const first = placed(fixture.place(wish({ type: 'MARKET', quantity: '0.8' })));
    expect(first).toMatchObject({ status: 'FILLED', filledLots: 800 });
    const second = placed(fixture.place(wish({ type: 'MARKET', quantity: '0.5' })));
    expect(fixture.engine.state.fills.get(second.id)?.map(({ ticks, lots }) => [ticks, lots])).toEqual([
      [10_001, 200],
      [10_002, 300],
    ]);
    fixture.book([], [[10_001, 50]]);
    expect(fixture.engine.state.market('BTCUSDT').book.asks.visibleLots(10_001)).toBe(50);
  });

  it('tells the diff stream only of levels of the book, not of the price a market order does not have', () => {
    const fixture = new EngineFixture();
    const { book } = fixture.engine.state.market('BTCUSDT');
    const window = book.openWindow();
    placed(fixture.place(wish({ type: 'MARKET', quantity: '1.3' })));
    expect([...window.asks]).toEqual([10_001, 10_002]);
    expect([...window.bids]).toEqual([]);
  });

  it('expires the remainder of IOC and nothing-or-all of FOK', () => {
    const fixture = new EngineFixture();
    const ioc = placed(fixture.place(wish({ price: '100.01', quantity: '3', timeInForce: 'IOC' })));
    expect(ioc).toMatchObject({ status: 'EXPIRED', filledLots: 1000, expiryReason: 'UNFILLED_IOC_QUANTITY_EXPIRED' });
    const fok = placed(fixture.place(wish({ price: '100.02', quantity: '1.001', timeInForce: 'FOK' })));
    expect(fok).toMatchObject({ status: 'EXPIRED', filledLots: 0 });
  });

  it('sizes a market order by quote and charges the received asset', () => {
    const fixture = new EngineFixture();
    const order = placed(fixture.place(wish({ type: 'MARKET', quoteOrderQty: '50' })));
    expect(order).toMatchObject({ status: 'FILLED', lots: 499 });
    expect(fixture.account.balance('BTC').free).toBe(parseAmount('10.499') - parseAmount('0.000499'));
  });
});

describe('resting orders', () => {
  it('waits behind the recorded queue and fills in parts', () => {
    const fixture = new EngineFixture();
    const order = placed(fixture.place(wish({ price: '99.99', quantity: '0.5' })));
    fixture.trade(9_999, 900, 'sell');
    expect(fixture.engine.state.orders.get(order.id)?.filledLots).toBe(0);
    fixture.trade(9_999, 300, 'sell');
    expect(fixture.engine.state.orders.get(order.id)).toMatchObject({ filledLots: 200, status: 'PARTIALLY_FILLED' });
    fixture.trade(9_998, 1_000, 'sell');
    expect(fixture.path(order.clientOrderId)).toEqual(['NEW NEW', 'TRADE PARTIALLY_FILLED', 'TRADE FILLED']);
  });

  it('moves up when the recorded queue shrinks', () => {
    const fixture = new EngineFixture();
    const order = placed(fixture.place(wish({ price: '99.99', quantity: '0.5' })));
    fixture.book([[9_999, 100]], []);
    fixture.trade(9_999, 250, 'sell');
    expect(fixture.engine.state.orders.get(order.id)?.filledLots).toBe(150);
  });

  it('fills when a recorded level crosses it and consumes that level', () => {
    const fixture = new EngineFixture();
    const order = placed(fixture.place(wish({ price: '99.99', quantity: '0.5' })));
    fixture.book([[9_999, 0]], [[9_998, 200]]);
    expect(fixture.engine.state.orders.get(order.id)?.filledLots).toBe(200);
    expect(fixture.engine.state.market('BTCUSDT').book.asks.visibleLots(9_998)).toBe(0);
  });

  it('refuses a post-only order that would take', () => {
    const fixture = new EngineFixture();
    const order = fixture.place(wish({ type: 'LIMIT_MAKER', price: '100.01', quantity: '1' }));
    expect(refusalOf(order)).toBe('Order would immediately match and take.');
  });
});

describe('stops', () => {
  it('waits, locks the coins, triggers on the last trade and sells', () => {
    const fixture = new EngineFixture();
    const stop = wish({ side: 'SELL', type: 'STOP_LOSS_LIMIT', price: '98', stopPrice: '99', quantity: '1' });
    placed(fixture.place(stop));
    expect(fixture.account.balance('BTC').locked).toBe(parseAmount('1'));
    fixture.trade(9_901, 1, 'sell');
    expect(fixture.path(stop.clientOrderId)).toEqual(['NEW NEW']);
    fixture.trade(9_900, 1, 'sell');
    expect(fixture.path(stop.clientOrderId).slice(0, 2)).toEqual(['NEW NEW', 'NEW NEW']);
    expect(fixture.path(stop.clientOrderId).at(-1)).toBe('TRADE FILLED');
    expect(fixture.account.balance('BTC').locked).toBe(0n);
  });

  it('refuses a stop that would trigger at once', () => {
    const fixture = new EngineFixture();
    const stop = wish({ side: 'SELL', type: 'STOP_LOSS', stopPrice: '100', quantity: '1' });
    expect(refusalOf(fixture.place(stop))).toBe('Order would trigger immediately.');
  });

  it('waits no more once canceled', () => {
    const fixture = new EngineFixture();
    const stop = placed(fixture.place(wish({ side: 'SELL', type: 'STOP_LOSS', stopPrice: '90', quantity: '1' })));
    fixture.engine.cancel(fixture.engine.state.orders.get(stop.id), 'cancel', fixture.now);
    expect(fixture.engine.state.market('BTCUSDT').stops).toEqual([]);
    expect(fixture.account.balance('BTC').locked).toBe(0n);
  });

  it('holds at most five', () => {
    const fixture = new EngineFixture();
    const stop = () => wish({ side: 'SELL', type: 'STOP_LOSS', stopPrice: '90', quantity: '0.1' });
    for (let count = 0; count < 5; count++) placed(fixture.place(stop()));
    expect(refusalOf(fixture.place(stop()))).toBe('Filter failure: MAX_NUM_ALGO_ORDERS');
  });
});

const bracket = (fixture: EngineFixture, working = wish({ price: '100.05', quantity: '1', timeInForce: 'FOK' })) => {
  const above = wish({ side: 'SELL', type: 'LIMIT_MAKER', price: '101', quantity: '0.999' });
  const below = wish({ side: 'SELL', type: 'STOP_LOSS_LIMIT', price: '98', stopPrice: '99', quantity: '0.999' });
  const list = fixture.placeList(listWish({ working, legs: [above, below] }));
  return { list, working, above, below };
};

describe('order lists', () => {
  it('places the legs of an OTOCO once its working order is filled', () => {
    const fixture = new EngineFixture();
    const { list, above, below } = bracket(fixture);
    expect(list.ok && list.value.orders.map((order) => order.status)).toEqual(['FILLED', 'PENDING_NEW', 'PENDING_NEW']);
    expect(fixture.path(below.clientOrderId)).toEqual(['NEW PENDING_NEW', 'NEW NEW']);
    fixture.trade(9_900, 1, 'sell');
    expect(fixture.path(below.clientOrderId).at(-1)).toBe('TRADE FILLED');
    expect(fixture.path(above.clientOrderId).at(-1)).toBe('EXPIRED EXPIRED');
  });

  it('drops the stop at the first partial fill of the target', () => {
    const fixture = new EngineFixture();
    const { above, below } = bracket(fixture);
    fixture.book([], [[10_100, 0]]);
    fixture.trade(10_100, 100, 'buy');
    expect(fixture.path(above.clientOrderId).at(-1)).toBe('TRADE PARTIALLY_FILLED');
    expect(fixture.path(below.clientOrderId).at(-1)).toBe('EXPIRED EXPIRED');
  });

  it('expires the legs when the working order expires', () => {
    const fixture = new EngineFixture();
    const { below } = bracket(fixture, wish({ price: '100.01', quantity: '2', timeInForce: 'FOK' }));
    expect(fixture.path(below.clientOrderId)).toEqual(['NEW PENDING_NEW', 'EXPIRED EXPIRED']);
    expect(fixture.account.balance('USDT').locked).toBe(0n);
  });

  it('refuses the legs at activation when five stops rest already', () => {
    const fixture = new EngineFixture();
    for (let count = 0; count < 5; count++) {
      placed(fixture.place(wish({ side: 'SELL', type: 'STOP_LOSS', stopPrice: '90', quantity: '0.1' })));
    }
    const { below, above } = bracket(fixture);
    expect(fixture.path(below.clientOrderId)).toEqual(['NEW PENDING_NEW', 'EXPIRED EXPIRED']);
    expect(fixture.executions().at(-1)?.order.expiryReason ?? above).toBe('REJECTED');
  });

  it('cancels the whole list with one of its orders', () => {
    const fixture = new EngineFixture();
    const { above, below } = bracket(fixture);
    const stop = fixture.account.byClientOrderId.get(below.clientOrderId);
    fixture.engine.cancel(stop, 'cancel-1', fixture.now);
    expect(fixture.path(above.clientOrderId).at(-1)).toBe('CANCELED CANCELED');
    expect(fixture.account.balance('BTC').locked).toBe(0n);
  });

  it('sells what an OPO list bought, in whole lots', () => {
    const fixture = new EngineFixture();
    const buyer = fixture.fund('buyer', { USDT: '1000' });
    const working = wish({ price: '100.05', quantity: '1', timeInForce: 'FOK' });
    const leg = wish({ side: 'SELL', type: 'LIMIT', price: '103' });
    fixture.placeList(listWish({ working, legs: [leg], sizedByWorking: true }), buyer);
    expect(buyer.byClientOrderId.get(leg.clientOrderId)).toMatchObject({ status: 'NEW', lots: 999 });
    expect(buyer.balance('BTC').locked).toBe(parseAmount('0.999'));
    expect(buyer.balance('BTC').free).toBe(0n);
  });
});
