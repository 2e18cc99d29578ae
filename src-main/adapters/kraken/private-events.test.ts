import { describe, expect, it } from 'vitest';
import { accountId, instrumentId } from '../../engine/domain/identifiers.ts';
import { syntheticId } from './account-queries.ts';
import type { CloseLink } from './key-state.ts';
import { type KnownOrder, KnownOrders } from './known-orders.ts';
import { PairMap } from './pair-map.ts';
import { readExecutions } from './private-events.ts';

const ACCOUNT = accountId('paper-1');
const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KRAKEN', product: 'SPOT' });
const PAIRS = new PairMap(
  {
    XBTUSDT: {
      ...{ altname: 'XBTUSDT', base: 'XBT', quote: 'USDT', pair_decimals: 1, lot_decimals: 8 },
      ...{ fees: undefined, fees_maker: undefined },
    },
  },
  new Map(),
  'SPOT',
);
const LINK: CloseLink = { list: 'list-1', working: 'entry-1', stop: 'stop-1' };
const timestamp = '2024-01-03T09:00:00.000000Z';
const described = {
  ...{ order_id: 'O1', cl_ord_id: 'entry-1', exec_type: 'new', symbol: 'BTC/USDT', side: 'buy', order_type: 'limit' },
  ...{ order_qty: '1.0', limit_price: '99.5', timestamp },
};
const traded = { order_id: 'O1', exec_type: 'trade', exec_id: 'T1', last_price: '99.5', last_qty: '0.4', timestamp };

function account(links: readonly CloseLink[] = []) {
  const orders = new KnownOrders(ACCOUNT, () => links);
  const scope = { accountId: ACCOUNT, orders, pairs: PAIRS, links, seenTrades: new Set<string>() };
  return { orders, read: (...rows: readonly unknown[]) => readExecutions(rows, scope) };
}

describe('executions', () => {
  it.each([
    ['a row that is none', [4], 'executions not as documented at 0'],
    ['a damaged quantity', [{ ...described, order_qty: 'x' }], 'executions not as documented at 0.order_qty'],
    ['a total that is no number', [{ ...described, cum_qty: 'NaN' }], 'executions not as documented at 0.cum_qty'],
    ['a trade of no number', [described, { ...traded, last_qty: 'NaN' }], 'executions not as documented at 1.last_qty'],
    ['a second row without its order', [described, { exec_type: 'new', timestamp }], 'not as documented at 1.order_id'],
    ['an order nobody described', [{ order_id: 'OFAR', exec_type: 'canceled', timestamp }], 'unknown order OFAR'],
    ['a trade of an order nobody described', [{ ...traded, order_id: 'OFAR' }], 'unknown order OFAR'],
    ['an unknown pair', [{ ...described, symbol: 'ABC/XYZ' }], 'unknown order O1'],
    ['an unknown type', [{ ...described, order_type: 'novel' }], 'unknown order O1'],
    ['no type', [{ ...described, order_type: undefined }], 'unknown order O1'],
    ['no side', [{ ...described, side: undefined }], 'unknown order O1'],
  ])('ask for a look on %s', (_what, rows, problem) => {
    const read = account().read(...rows);
    expect(read.events).toEqual([]);
    expect(read.problem).toContain(problem);
  });

  it('use what can be used beside what cannot', () => {
    const { read } = account();
    expect(read({ order_id: 'OFAR', exec_type: 'canceled', timestamp }, described)).toMatchObject({
      problem: 'unknown order OFAR',
      events: [{ kind: 'report', report: { clientOrderId: 'entry-1', venueStatus: 'live', filledQuantity: '0' } }],
    });
  });

  it('show an order as live whose first message names no known status', () => {
    expect(account().read({ ...described, exec_type: 'status' }).events).toMatchObject([
      { report: { venueStatus: 'live' } },
    ]);
  });

  it.each([
    ['its id', { exec_id: undefined }],
    ['its price', { last_price: undefined }],
    ['its quantity', { last_qty: undefined }],
  ])('tell no fill of a trade without %s', (_what, more) => {
    const { read } = account();
    read(described);
    expect(read({ ...traded, ...more }).events.map(({ kind }) => kind)).toEqual(['report']);
  });

  it.each([
    ['none', undefined, { amount: '0', asset: '' }],
    ['an empty list', [], { amount: '0', asset: '' }],
    ['one', [{ asset: 'USDT', qty: '0.1' }], { amount: '0.1', asset: 'USDT' }],
  ])('tell the fee of a trade that states %s', (_what, fees, fee) => {
    const { read } = account();
    read(described);
    expect(read({ ...traded, fees, liquidity_ind: 'm' }).events[0]).toMatchObject({
      kind: 'fill',
      fill: { tradeId: 'T1', clientOrderId: 'entry-1', fee, liquidity: 'maker' },
    });
  });

  it("name a stranger's fill by an id of its own", () => {
    const { read } = account();
    read({ ...described, cl_ord_id: undefined });
    expect(read(traded).events).toMatchObject([
      { fill: { clientOrderId: syntheticId(ACCOUNT, 'O1') } },
      { report: { clientOrderId: null } },
    ]);
  });

  it('count trades without a total once each and never beyond the order', () => {
    const { read } = account();
    read(described);
    const filled = (row: object) => read(row).events.at(-1);
    expect(filled(traded)).toMatchObject({ report: { filledQuantity: '0.4', venueStatus: 'partiallyFilled' } });
    expect(filled(traded)).toMatchObject({ report: { filledQuantity: '0.4' } });
    expect(filled({ ...traded, exec_id: 'T2', last_qty: '0.9' })).toMatchObject({ report: { filledQuantity: '1.0' } });
  });

  it('count a trade once that a query told first', () => {
    const { orders, read } = account();
    read(described);
    orders.note({ ...orders.get('O1')!, filled: '0.4' });
    expect(read(traded).events.at(-1)).toMatchObject({ report: { filledQuantity: '0.4' } });
    const next = { ...traded, exec_id: 'T2', last_qty: '0.3' };
    expect(read(next).events.at(-1)).toMatchObject({ report: { filledQuantity: '0.7' } });
  });

  it('count trades on from the total that the stream stated', () => {
    const { read } = account();
    read({ ...described, cum_qty: '0.3' });
    expect(read(traded).events.at(-1)).toMatchObject({ report: { filledQuantity: '0.7' } });
  });

  it('believe a total that a trade states, and keep what ended ended', () => {
    const { read } = account();
    read(described);
    expect(read({ ...traded, cum_qty: '0.7' }).events.at(-1)).toMatchObject({ report: { filledQuantity: '0.7' } });
    read({ order_id: 'O1', exec_type: 'canceled', reason: 'User requested', timestamp });
    const late = { ...described, exec_type: 'restated', cum_qty: '0.2' };
    expect(read(late).events).toMatchObject([{ report: { venueStatus: 'canceled', filledQuantity: '0.7' } }]);
  });

  it.each([
    ['canceled', '0', 2],
    ['expired', '0', 2],
    ['canceled', '0.4', 1],
    ['restated', '0', 1],
  ])('end the stop of an entry that is %s with %s filled only if nothing traded', (exec_type, cum_qty, count) => {
    const { read } = account([LINK]);
    read(described);
    const { events } = read({ order_id: 'O1', exec_type, cum_qty, timestamp });
    expect(events.length).toBe(count);
    if (count === 2) {
      expect(events[1]).toMatchObject({
        report: { clientOrderId: 'stop-1', side: 'sell', venueStatus: 'canceled', quantity: '1.0' },
      });
    }
  });
});

describe('known orders', () => {
  const order = (txid: string, more: Partial<KnownOrder> = {}): KnownOrder => ({
    ...{ txid, clientOrderId: null, primary: null, instrumentId: BTC, side: 'buy', type: 'limit', quantity: '1.0' },
    ...{ filled: '0', price: '99.5', triggerPrice: null, triggered: false, status: 'live', reason: null, atUs: 1 },
    ...more,
  });
  const fill = (orders: KnownOrders, count: number, more: Partial<KnownOrder> = {}): void => {
    for (let at = 0; at < count; at++) orders.note(order(`O${at}`, more));
  };

  it('forget the oldest that ended beyond their capacity, and none that lives', () => {
    const { orders } = account();
    orders.note(order('OLIVE'));
    fill(orders, 5_000, { status: 'filled' });
    expect([orders.get('OLIVE')?.status, orders.get('O0'), orders.get('O1')?.status]).toEqual([
      'live',
      undefined,
      'filled',
    ]);
  });

  it('keep all while none of them ended', () => {
    const { orders } = account();
    fill(orders, 5_001);
    expect(orders.get('O0')?.status).toBe('live');
    expect(orders.get('O5000')?.status).toBe('live');
  });

  it('know the parts of a stop only by their entry', () => {
    const { orders } = account([LINK]);
    const part = orders.note(order('OPART', { primary: 'OENTRY', side: 'sell' }));
    expect(orders.clientIdOf(part)).toBeNull();
    expect(orders.closesOf('stop-1')).toEqual([]);
    orders.note(order('OENTRY', { clientOrderId: 'entry-1' }));
    expect(orders.clientIdOf(part)).toBe('stop-1');
    expect(orders.closesOf('stop-1')).toEqual([part]);
    expect(orders.closesOf('stop-2')).toEqual([]);
  });

  it.each([
    [['filled', 'filled'], 'filled', '2.0'],
    [['filled', 'canceled'], 'canceled', '2.0'],
    [['filled', 'pendingNew'], 'pendingNew', '2.0'],
    // What was canceled protects nothing, whatever still lives beside it.
    [['canceled', 'live'], 'live', '1.0'],
  ] as const)('report parts that are %j as one that is %s, of %s', (statuses, venueStatus, quantity) => {
    const { orders } = account([LINK]);
    orders.note(order('OENTRY', { clientOrderId: 'entry-1' }));
    const parts = statuses.map((status, at) =>
      orders.note(
        order(`O${at}`, {
          ...{ primary: 'OENTRY', status, triggered: at === 1, atUs: 5 + at },
          filled: status === 'filled' ? '1.0' : '0.0',
        }),
      ),
    );
    for (const part of parts) {
      expect(orders.report(part)).toMatchObject({
        ...{ clientOrderId: 'stop-1', venueStatus, quantity, triggered: true, reportedAtUs: 6 },
      });
    }
  });
});
