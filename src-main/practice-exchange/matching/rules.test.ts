import { describe, expect, it } from 'vitest';
import { EngineFixture, FEES, listWish, wish } from '../testing/engine-fixture.ts';
import { HandMadeMarket, TEST_FILTERS, testSymbol } from '../testing/hand-made-market.ts';
import { formatAmount, Grid, parseAmount } from './grid.ts';
import { MatchingEngine } from './matching-engine.ts';
import { isLive } from './venue-order.ts';

type Result = { readonly ok: boolean; readonly error?: { readonly msg: string } };
const refusalOf = (result: Result) => result.error?.msg;
const filtersBut = (...changed: readonly Readonly<Record<string, unknown>>[]) => [
  ...TEST_FILTERS.filter((filter) => !changed.some((change) => change['filterType'] === filter.filterType)),
  ...changed,
];
const fixtureWith = (...changed: readonly Readonly<Record<string, unknown>>[]) =>
  new EngineFixture(new HandMadeMarket([{ ...testSymbol('BTCUSDT', 'BTC'), filters: filtersBut(...changed) }]));

describe('grids', () => {
  it('writes steps as the venue does and reads them back', () => {
    expect(new Grid('0.00001').format(12_345_678)).toBe('123.45678000');
    expect(new Grid('1.00000000').format(3_747_042_142_490)).toBe('3747042142490.00000000');
    expect(new Grid('0.5').format(3)).toBe('1.50000000');
    const tick = new Grid('0.05');
    expect(tick.stepsOf({ units: 1005n, scale: 2 })).toBe(201);
    expect(tick.stepsOf({ units: 1006n, scale: 2 })).toBeUndefined();
    expect(() => new Grid('0')).toThrow('expected a step');
  });

  it('prints amounts down to eight digits', () => {
    expect(formatAmount(parseAmount('0.000000019'))).toBe('0.00000001');
  });
});

describe('filters', () => {
  it('limits the position a buy can build, open buys included', () => {
    const fixture = fixtureWith({ filterType: 'MAX_POSITION', maxPosition: '10.5' });
    fixture.place(wish({ price: '99', quantity: '0.3' }));
    expect(refusalOf(fixture.place(wish({ price: '99', quantity: '0.201' })))).toBe('Filter failure: MAX_POSITION');
    expect(fixture.place(wish({ price: '99', quantity: '0.2' })).ok).toBe(true);
    expect(fixture.place(wish({ side: 'SELL', price: '101', quantity: '5' })).ok).toBe(true);
  });

  it('knows the older filters by their names', () => {
    const fixture = fixtureWith(
      { filterType: 'NOTIONAL', minNotional: '0', applyMinToMarket: false },
      {
        filterType: 'PERCENT_PRICE_BY_SIDE',
        bidMultiplierUp: '9',
        bidMultiplierDown: '0',
        askMultiplierUp: '9',
        askMultiplierDown: '0',
        avgPriceMins: 0,
      },
    );
    expect(fixture.place(wish({ price: '99', quantity: '0.001' })).ok).toBe(true);
    const older = TEST_FILTERS.filter(
      ({ filterType }) => filterType !== 'NOTIONAL' && filterType !== 'PERCENT_PRICE_BY_SIDE',
    );
    const filters = [
      ...older,
      { filterType: 'MIN_NOTIONAL', minNotional: '10', applyToMarket: true, avgPriceMins: 5 },
      { filterType: 'PERCENT_PRICE', multiplierUp: '1.1', multiplierDown: '0.9', avgPriceMins: 5 },
    ];
    const old = new EngineFixture(new HandMadeMarket([{ ...testSymbol('BTCUSDT', 'BTC'), filters }]));
    expect(refusalOf(old.place(wish({ price: '99', quantity: '0.1' })))).toBe('Filter failure: MIN_NOTIONAL');
    expect(refusalOf(old.place(wish({ price: '89', quantity: '1' })))).toBe('Filter failure: PERCENT_PRICE');
    expect(refusalOf(old.place(wish({ type: 'MARKET', quantity: '0.05' })))).toBe('Filter failure: MIN_NOTIONAL');
  });

  it('limits open orders and lists, pending legs included', () => {
    const fixture = fixtureWith(
      { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 3 },
      { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: 1 },
    );
    const list = () => {
      const leg = wish({ side: 'SELL', type: 'STOP_LOSS', stopPrice: '90', quantity: '0.1' });
      return fixture.placeList(listWish({ working: wish({ price: '99', quantity: '0.1' }), legs: [leg] }));
    };
    expect(list().ok).toBe(true);
    expect(refusalOf(list())).toBe('Filter failure: MAX_NUM_ORDERS');
    fixture.engine.state.market('BTCUSDT').rules.changeFilters([{ filterType: 'MAX_NUM_ORDERS', maxNumOrders: 9 }]);
    expect(refusalOf(list())).toBe('Filter failure: MAX_NUM_ORDER_LISTS');
  });

  it('checks market orders by MARKET_LOT_SIZE', () => {
    const fixture = fixtureWith({ filterType: 'MARKET_LOT_SIZE', minQty: '0.5', maxQty: '1', stepSize: '0.1' });
    expect(refusalOf(fixture.place(wish({ type: 'MARKET', quantity: '0.4' })))).toBe('Filter failure: MARKET_LOT_SIZE');
    expect(refusalOf(fixture.place(wish({ type: 'MARKET', quoteOrderQty: '20' })))).toBe(
      'Filter failure: MARKET_LOT_SIZE',
    );
    expect(fixture.place(wish({ type: 'MARKET', quantity: '0.6' })).ok).toBe(true);
  });
});

describe('fees', () => {
  it('are paid in the discount asset at three quarters while it lasts', () => {
    const market = new HandMadeMarket();
    const discountPrices = new Map([['USDT', parseAmount('300')]]);
    const engine = new MatchingEngine({ symbols: market.symbols, emit: () => undefined, discountPrices });
    const now = { wallMs: 0, marketMs: market.startTimeMs };
    for (const event of market.advance(market.startTimeMs)) engine.apply(event, now);
    const account = engine.addAccount('thrifty', { ...FEES, discountAsset: 'BNB' });
    account.credit('USDT', parseAmount('1000'));
    account.credit('BNB', parseAmount('0.0003'));
    engine.place(account, wish({ type: 'MARKET', quantity: '1' }), now);
    expect(account.balance('BNB').free).toBe(parseAmount('0.0003') - parseAmount('0.00025002'));
    expect(account.balance('BTC').free).toBe(parseAmount('1'));
    engine.place(account, wish({ type: 'MARKET', quantity: '1' }), now);
    expect(account.balance('BTC').free).toBe(parseAmount('1.999'));
  });
});

describe('orders of every kind', () => {
  it('sells for a quote amount and refuses one too small for a lot', () => {
    const fixture = new EngineFixture();
    const sold = fixture.place(wish({ side: 'SELL', type: 'MARKET', quoteOrderQty: '150' }));
    expect(sold.ok && sold.value).toMatchObject({ status: 'FILLED', lots: 1_500 });
    expect(refusalOf(fixture.place(wish({ type: 'MARKET', quoteOrderQty: '0.05' })))).toContain(
      'liquidity is less than',
    );
    expect(refusalOf(fixture.place(wish({ side: 'SELL', type: 'MARKET', quantity: '9' })))).toContain(
      'insufficient balance',
    );
  });

  it('triggers take-profits and buy stops from their own side', () => {
    const fixture = new EngineFixture();
    const target = wish({ side: 'SELL', type: 'TAKE_PROFIT_LIMIT', price: '99', stopPrice: '102', quantity: '0.1' });
    const breakout = wish({ type: 'STOP_LOSS', stopPrice: '103', quantity: '0.1' });
    const dip = wish({ type: 'TAKE_PROFIT', stopPrice: '98', quantity: '0.1' });
    for (const order of [target, breakout, dip]) expect(fixture.place(order).ok).toBe(true);
    fixture.trade(10_200, 1, 'buy');
    expect(fixture.path(target.clientOrderId).at(-1)).toBe('TRADE FILLED');
    fixture.trade(10_300, 1, 'buy');
    expect(fixture.path(breakout.clientOrderId).at(-1)).toBe('TRADE FILLED');
    fixture.trade(9_800, 1, 'sell');
    expect(fixture.path(dip.clientOrderId).at(-1)).toBe('TRADE FILLED');
    expect(fixture.account.balance('USDT').locked).toBe(0n);
  });

  it('expires a triggered buy that costs more than there is', () => {
    const fixture = new EngineFixture();
    const poor = fixture.fund('poor', { USDT: '105' });
    const stop = wish({ type: 'STOP_LOSS', stopPrice: '101', quantity: '1' });
    expect(fixture.place(stop, poor).ok).toBe(true);
    fixture.book(
      [],
      Array.from({ length: 50 }, (_, index) => [10_001 + index, 0] as const),
    );
    fixture.book([], [[11_000, 5_000]]);
    fixture.trade(10_100, 1, 'buy');
    expect(fixture.path(stop.clientOrderId).at(-1)).toBe('EXPIRED EXPIRED');
    expect(poor.balance('USDT')).toEqual({ free: parseAmount('105'), locked: 0n });
  });

  it('expires what the book cannot fill of a market order', () => {
    const fixture = new EngineFixture();
    fixture.book(
      [],
      Array.from({ length: 49 }, (_, index) => [10_002 + index, 0] as const),
    );
    const order = fixture.place(wish({ type: 'MARKET', quantity: '1.5' }));
    expect(order.ok && order.value).toMatchObject({
      status: 'EXPIRED',
      filledLots: 1_000,
      expiryReason: 'INSUFFICIENT_LIQUIDITY',
    });
  });

  it('places a pending market order once its working order is filled', () => {
    const fixture = new EngineFixture();
    const leg = wish({ side: 'SELL', type: 'MARKET', quantity: '0.9' });
    fixture.placeList(listWish({ working: wish({ price: '100.05', quantity: '1', timeInForce: 'FOK' }), legs: [leg] }));
    expect(fixture.path(leg.clientOrderId)).toEqual(['NEW PENDING_NEW', 'NEW NEW', 'TRADE FILLED']);
  });

  it('refuses pending legs without funds', () => {
    const fixture = new EngineFixture();
    const buyer = fixture.fund('buyer', { USDT: '200' });
    const leg = wish({ side: 'SELL', type: 'STOP_LOSS', stopPrice: '90', quantity: '1' });
    fixture.placeList(
      listWish({ working: wish({ price: '100.05', quantity: '1', timeInForce: 'FOK' }), legs: [leg] }),
      buyer,
    );
    expect(fixture.executions().at(-1)).toMatchObject({
      reason: 'INSUFFICIENT_BALANCES',
      order: { expiryReason: 'REJECTED' },
    });
    expect(buyer.balance('BTC')).toEqual({ free: parseAmount('0.999'), locked: 0n });
  });

  it('fills our own orders with each other', () => {
    const fixture = new EngineFixture();
    const other = fixture.fund('other', { USDT: '1000' });
    const resting = wish({ price: '100', quantity: '0.5' });
    fixture.place(resting, other);
    const taker = wish({ side: 'SELL', price: '100', quantity: '0.5' });
    fixture.place(taker);
    expect(fixture.path(resting.clientOrderId).at(-1)).toBe('TRADE FILLED');
    const prints = fixture.events.filter((event) => event.kind === 'print');
    expect(prints).toMatchObject([{ ticks: 10_000, lots: 500, buyerIsMaker: true, isOurs: true }]);
    const ids = [...fixture.engine.state.fills.values()].flat().map((fill) => fill.tradeId);
    expect(new Set(ids).size).toBe(1);
  });

  it('keeps our orders when the recording jumps', () => {
    const fixture = new EngineFixture();
    const order = fixture.place(wish({ price: '99', quantity: '1' }));
    const event = { kind: 'discontinuity', symbol: 'BTCUSDT', marketTimeMs: fixture.now.marketMs } as const;
    fixture.engine.apply(event, fixture.now);
    const { book } = fixture.engine.state.market('BTCUSDT');
    expect([book.bids.top(10), book.asks.top(10)]).toEqual([[[9_900, 1_000]], []]);
    expect(order.ok && isLive(order.value)).toBe(true);
  });

  it('judges without placing', () => {
    const fixture = new EngineFixture();
    expect(fixture.engine.test(fixture.account, wish({ price: '99', quantity: '1' }), fixture.now).ok).toBe(true);
    expect(fixture.account.openOrders()).toEqual([]);
    expect(fixture.engine.test(fixture.account, wish({ price: '99.001', quantity: '1' }), fixture.now).ok).toBe(false);
  });
});

describe('lists', () => {
  it('refuses the same list id while the list is open', () => {
    const fixture = new EngineFixture();
    const list = (id: string) => {
      const legs = [wish({ side: 'SELL', type: 'STOP_LOSS', stopPrice: '90', quantity: '0.1' })];
      return fixture.placeList(
        listWish({ listClientOrderId: id, working: wish({ price: '99', quantity: '0.1' }), legs }),
      );
    };
    expect(list('same').ok).toBe(true);
    expect(refusalOf(list('same'))).toBe('Duplicate order sent.');
    fixture.engine.cancelList(fixture.engine.state.lists.get(0), 'cancel', fixture.now);
    expect(list('same').ok).toBe(true);
    expect(fixture.engine.cancelList(undefined, 'cancel', fixture.now).ok).toBe(false);
  });

  it('holds the larger need of a buy OCO and gives it back', () => {
    const fixture = new EngineFixture();
    const above = wish({ type: 'STOP_LOSS_LIMIT', price: '106', stopPrice: '105', quantity: '1' });
    const below = wish({ type: 'LIMIT_MAKER', price: '95', quantity: '1' });
    expect(fixture.placeList(listWish({ contingency: 'OCO', legs: [above, below] })).ok).toBe(true);
    expect(fixture.account.balance('USDT').locked).toBe(parseAmount('106'));
    fixture.trade(10_500, 1, 'buy');
    expect(fixture.path(above.clientOrderId).at(-1)).toBe('TRADE FILLED');
    expect(fixture.path(below.clientOrderId).at(-1)).toBe('EXPIRED EXPIRED');
    expect(fixture.account.balance('USDT').locked).toBe(0n);
  });

  it('refuses legs that stand on the wrong side of each other or of the market', () => {
    const fixture = new EngineFixture();
    const pair = (abovePrice: string, belowStop: string) => [
      wish({ side: 'SELL', type: 'LIMIT_MAKER', price: abovePrice, quantity: '1' }),
      wish({ side: 'SELL', type: 'STOP_LOSS', stopPrice: belowStop, quantity: '1' }),
    ];
    const refused = 'The relationship of the prices for the orders is not correct.';
    expect(refusalOf(fixture.placeList(listWish({ contingency: 'OCO', legs: pair('105', '101') })))).toBe(refused);
    const working = wish({ price: '99', quantity: '1' });
    expect(refusalOf(fixture.placeList(listWish({ working, legs: pair('90', '95') })))).toBe(refused);
    const poor = fixture.fund('poor', { USDT: '5' });
    expect(refusalOf(fixture.placeList(listWish({ contingency: 'OCO', legs: pair('105', '95') }), poor))).toContain(
      'insufficient',
    );
  });
});
