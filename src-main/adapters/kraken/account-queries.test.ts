import { describe, expect, it } from 'vitest';
import { accountId, type ClientOrderId, instrumentId } from '../../engine/domain/identifiers.ts';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import type { CcxtKraken, KrakenParams } from '../ccxt/ccxt-kraken.ts';
import { AccountQueries, syntheticId } from './account-queries.ts';
import type { CloseLink } from './key-state.ts';
import { KnownOrders } from './known-orders.ts';
import { PairMap } from './pair-map.ts';
import { KrakenSender } from './sender.ts';

const ACCOUNT = accountId('paper-1');
const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KRAKEN', product: 'SPOT' });
const PAIRS = new PairMap(
  {
    XBTUSDT: {
      ...{ altname: 'XBTUSDT', base: 'XXBT', quote: 'USDT', pair_decimals: 1, lot_decimals: 8 },
      ...{ fees: undefined, fees_maker: undefined },
    },
  },
  new Map([['XXBT', 'XBT']]),
  'SPOT',
);
const LINK: CloseLink = { list: 'list-1', working: 'entry-1', stop: 'stop-1' };
const DOWN: CallFailure = { outcome: 'unknown', code: 'DOWN', message: 'down', remedy: 'none', retryAfterMs: null };

const info = (more: object = {}) => ({
  ...{ status: 'open', opentm: 100, vol: '1.0', vol_exec: '0', cl_ord_id: 'entry-1' },
  descr: { pair: 'XBTUSDT', type: 'buy', ordertype: 'limit', price: '99.5', price2: '0' },
  ...more,
});
const trade = (ordertxid: string, more: object = {}) => ({
  ...{ ordertxid, pair: 'XBTUSDT', time: 100.5, type: 'buy', price: '99.5', cost: '99.5', fee: '0.1', vol: '1.0' },
  ...more,
});
const ORDINARY: Readonly<Record<string, unknown>> = {
  privatePostOpenOrders: { open: {} },
  privatePostClosedOrders: { closed: {} },
  privatePostQueryOrders: {},
  privatePostTradesHistory: { trades: {}, count: 0 },
  privatePostQueryTrades: {},
  privatePostBalanceEx: {},
  privatePostOpenPositions: {},
  privatePostTradeBalance: { mf: '10' },
  privatePostLedgers: { ledger: {}, count: 0 },
};

/** Replies by call, the first one first; the last one stays. A failure is one of `CallFailure`. */
type Script = Readonly<Record<string, readonly unknown[]>>;

function account(script: Script, more: { isMargin?: boolean; links?: readonly CloseLink[] } = {}) {
  const asked: { call: string; params: KrakenParams }[] = [];
  const replies = new Map(Object.entries(script).map(([call, list]) => [call, [...list]]));
  const ccxt: CcxtKraken = {
    call: async (call, params): Promise<Result<unknown, CallFailure>> => {
      asked.push({ call, params });
      const left = replies.get(call);
      const reply = left === undefined ? ORDINARY[call] : left.length > 1 ? left.shift() : left[0];
      return reply === DOWN ? err(DOWN) : ok(reply);
    },
    close: async () => undefined,
  };
  const links = () => more.links ?? [];
  const orders = new KnownOrders(ACCOUNT, links);
  const failures: CallFailure[] = [];
  const sender = new KrakenSender({
    ...{ ccxt, tier: 'pro', clock: new VirtualClock() },
    isCurrentEpoch: () => true,
    onFailure: (failure) => failures.push(failure),
  });
  const isMargin = more.isMargin ?? false;
  const queries = new AccountQueries({ sender, accountId: ACCOUNT, pairs: PAIRS, orders, links, isMargin });
  const look = (...ids: string[]) =>
    queries.snapshot(ids.map((id) => ({ clientOrderId: id as ClientOrderId, instrumentId: BTC })));
  return { asked, orders, failures, queries, look };
}

const OPEN = 'privatePostOpenOrders';
const CLOSED = 'privatePostClosedOrders';
const QUERY = 'privatePostQueryOrders';
const HISTORY = 'privatePostTradesHistory';
const TRADES = 'privatePostQueryTrades';
const close = info({ cl_ord_id: null, refid: 'OENTRY', descr: { ...info().descr, type: 'sell' } });
const filled = info({ status: 'closed', vol_exec: '1.0', trades: ['T1'] });

describe('a look of which a part fails', () => {
  const cases: readonly (readonly [string, Script])[] = [
    ['the open orders', { [OPEN]: [DOWN] }],
    ['the primary order of an open close', { [OPEN]: [{ open: { OCLOSE: close } }], [QUERY]: [DOWN] }],
    ['the trades', { [HISTORY]: [DOWN] }],
    ['the orders of the trades', { [HISTORY]: [{ trades: { T1: trade('O1') }, count: 1 }], [QUERY]: [DOWN] }],
    [
      'the primary orders of the orders of the trades',
      { [HISTORY]: [{ trades: { T1: trade('OCLOSE') }, count: 1 }], [QUERY]: [{ OCLOSE: close }, DOWN] },
    ],
    ['the balances', { privatePostBalanceEx: [DOWN] }],
    ['the positions', { privatePostOpenPositions: [DOWN] }],
    ['the closed orders of a lookup', { [CLOSED]: [DOWN] }],
    ['the primary orders of a lookup', { [CLOSED]: [{ closed: { OCLOSE: close } }], [QUERY]: [DOWN] }],
    ['the second look of a lookup', { [OPEN]: [{ open: {} }, DOWN] }],
    ['the primary orders of the second look', { [OPEN]: [{ open: {} }, { open: { OCLOSE: close } }], [QUERY]: [DOWN] }],
    ['the trades of a lookup', { [CLOSED]: [{ closed: { OENTRY: filled } }], [TRADES]: [DOWN] }],
  ];

  it.each(cases)('fails as a whole: %s', async (_part, script) => {
    const { look, failures } = account(script, { isMargin: true });
    expect(await look('entry-1')).toEqual({ ok: false, error: DOWN });
    expect(failures).toEqual([DOWN]);
  });

  it.each([
    ['the closes', { [OPEN]: [{ open: { OENTRY: info() } }], [CLOSED]: [DOWN] }],
    [
      'the primary orders of the closes',
      {
        [OPEN]: [{ open: { OENTRY: info() } }],
        [CLOSED]: [{ closed: { OOTHER: { ...close, refid: 'OFAR' } } }],
        [QUERY]: [DOWN],
      },
    ],
  ] satisfies [string, Script][])('fails as a whole when a stop is looked up: %s', async (_part, script) => {
    expect(await account(script, { links: [LINK] }).look('stop-1')).toEqual({ ok: false, error: DOWN });
  });

  it('asks again for the trades that nobody was shown', async () => {
    const history = { trades: { T1: trade('OENTRY') }, count: 1 };
    const { look, asked } = account({
      [HISTORY]: [history],
      [QUERY]: [{ OENTRY: filled }],
      privatePostBalanceEx: [DOWN, {}],
    });
    expect(await look()).toMatchObject({ ok: false });
    expect(await look()).toMatchObject({ ok: true, value: { fills: [{ tradeId: 'T1', clientOrderId: 'entry-1' }] } });
    await look();
    expect(asked.filter(({ call }) => call === HISTORY).map(({ params }) => params['start'])).toEqual([
      undefined,
      undefined,
      '99',
    ]);
  });

  it.each([
    ['a part that is missing', {}, 'open: '],
    ['a damaged number', { open: { O1: info({ vol: 'x' }) } }, 'open.O1.vol: '],
  ])('takes a reply with %s for no information', async (_what, reply, where) => {
    const { look } = account({ [OPEN]: [reply] });
    const looked = await look();
    expect(looked).toMatchObject({ ok: false, error: { outcome: 'unknown', code: 'UNREADABLE_REPLY' } });
    expect(!looked.ok && looked.error.message).toContain(`reply to ${OPEN} as documented, was otherwise at ${where}`);
  });
});

describe('what a look finds', () => {
  it('reads on while a page of new trades is full', async () => {
    const page = (from: number, count: number) => ({
      trades: Object.fromEntries(Array.from({ length: count }, (_, at) => [`T${from + at}`, trade('OENTRY')])),
      count: 60,
    });
    const { look, asked } = account({
      [HISTORY]: [page(0, 1), page(0, 50), page(50, 10)],
      [QUERY]: [{ OENTRY: filled }],
    });
    await look();
    const looked = await look();
    expect(looked.ok && looked.value.fills.length).toBe(60);
    expect(asked.filter(({ call }) => call === HISTORY).map(({ params }) => params['ofs'])).toEqual(['0', '0', '50']);
  });

  it("tells a stranger's trade under an id of its own, and none of an unknown pair", async () => {
    const { look } = account({
      [HISTORY]: [
        {
          trades: { T1: trade('OFAR', { maker: 'true' }), T2: trade('OFAR', { pair: 'ABCXYZ' }) },
          count: 2,
        },
      ],
      // The venue no longer lists the order of the trade.
      [QUERY]: [{}],
    });
    expect(await look()).toMatchObject({
      ok: true,
      value: { fills: [{ tradeId: 'T1', clientOrderId: syntheticId(ACCOUNT, 'OFAR'), liquidity: 'maker' }] },
    });
  });

  it.each([
    ['of an unknown pair', { ...info(), descr: { ...info().descr, pair: 'ABCXYZ' } }, 0],
    ['of an unknown type', { ...info(), descr: { ...info().descr, ordertype: 'novel' } }, 0],
    ['of a stranger', info({ cl_ord_id: null }), 1],
  ])('shows an open order %s only if it can be read', async (_what, order, count) => {
    const looked = await account({ [OPEN]: [{ open: { O1: order } }] }).look();
    expect(looked.ok && looked.value.openOrders.length).toBe(count);
    if (count === 1) expect(looked).toMatchObject({ value: { openOrders: [{ clientOrderId: null }] } });
  });

  it('shows two orders of strangers as two', async () => {
    const stranger = info({ cl_ord_id: null });
    const looked = await account({ [OPEN]: [{ open: { O1: stranger, O2: stranger } }] }).look();
    expect(looked.ok && looked.value.openOrders.map(({ venueOrderId }) => venueOrderId)).toEqual(['O1', 'O2']);
  });

  it('leaves parts of a balance that cannot be traded out', async () => {
    const { queries } = account({
      privatePostBalanceEx: [{ XXBT: { balance: '2' }, 'ETH.B': { balance: '7' }, NEW: { balance: '1' } }, {}],
    });
    expect(await queries.balances()).toEqual(
      ok([
        { asset: 'BTC', free: '2', locked: '0' },
        { asset: 'NEW', free: '1', locked: '0' },
      ]),
    );
    expect(await queries.balances()).toEqual(
      ok([
        { asset: 'BTC', free: '0', locked: '0' },
        { asset: 'NEW', free: '0', locked: '0' },
      ]),
    );
  });

  it('counts only what is still open of positions', async () => {
    const row = { pair: 'XBTUSDT', type: 'buy', vol: '2', vol_closed: '0.5', cost: '200' };
    const positionsIn = async (rows: Readonly<Record<string, object>>): Promise<unknown> => {
      const looked = await account({ privatePostOpenPositions: [rows] }, { isMargin: true }).look();
      return looked.ok ? looked.value.positions : looked.error;
    };
    const told = { instrumentId: BTC, quantity: '1.5', entryPrice: '100.00000000', liquidationPrice: null };
    expect(await positionsIn({ T1: row, T2: { ...row, pair: 'ABCXYZ' } })).toEqual([told]);
    // A second position of the pair, opened at 110.
    const second = { ...row, vol: '1', vol_closed: '0', cost: '110' };
    expect(await positionsIn({ T1: row, T3: second })).toEqual([
      { ...told, quantity: '2.5', entryPrice: '103.33333333' },
    ]);
    expect(await positionsIn({ T1: { ...row, vol_closed: '2' } })).toEqual([]);
  });

  it('tells the rollover fees of a position once, and how safe the account is', async () => {
    const position = { pair: 'XBTUSDT', type: 'buy', vol: '2', vol_closed: '0', cost: '200' };
    const fee = { refid: 'T1', time: 14_400.5, asset: 'USDT', fee: '0.04' };
    const { look, asked } = account(
      {
        privatePostOpenPositions: [{ T1: position }, {}],
        privatePostTradeBalance: [{ mf: '900', ml: '250.50' }, DOWN],
        privatePostLedgers: [
          { ledger: { L1: fee }, count: 1 },
          { ledger: { L2: { ...fee, time: 28_800 } }, count: 1 },
        ],
      },
      { isMargin: true },
    );
    const first = await look();
    expect(first.ok && first.value).toMatchObject({
      standing: { level: '2.5050', liquidationLevel: '0.4', freeMargin: '900', asset: 'USDT' },
      charges: [
        {
          ...{ chargeId: 'rollover-L1', kind: 'rollover', asset: 'USDT', amount: '-0.04', instrumentId: BTC },
          chargedAtUs: 14_400_500_000,
        },
      ],
    });
    // The position ended meanwhile; whose fee it was is still known. What the venue does not say is left out.
    const second = await look();
    expect(second.ok && second.value.standing).toBeUndefined();
    expect(second).toMatchObject({ value: { charges: [{ chargeId: 'rollover-L2', instrumentId: BTC }] } });
    const starts = asked.filter(({ call }) => call === 'privatePostLedgers').map(({ params }) => params['start']);
    expect(starts).toEqual([undefined, '14399']);
  });

  it('is whole without the costs that the venue does not tell', async () => {
    const { look } = account({ privatePostLedgers: [DOWN] }, { isMargin: true });
    expect(await look()).toMatchObject({ ok: true, value: { charges: [], standing: { level: null } } });
  });
});

describe('a lookup', () => {
  it('finds an order that was placed after the open orders were read', async () => {
    const { look } = account({ [OPEN]: [{ open: {} }, { open: { OENTRY: info() } }] });
    expect(await look('entry-1')).toMatchObject({
      value: { lookups: [{ found: true, report: { venueOrderId: 'OENTRY', venueStatus: 'live' }, fills: [] }] },
    });
  });

  it.each([
    ['an order', 'entry-1', []],
    ['the entry of a stop', 'stop-1', [LINK]],
  ])('finds %s that cannot be read as little as none', async (_what, id, links) => {
    const odd = { ...info(), descr: { ...info().descr, pair: 'ABCXYZ' } };
    expect(await account({ [CLOSED]: [{ closed: { OENTRY: odd } }] }, { links }).look(id)).toMatchObject({
      ok: true,
      value: { lookups: [{ clientOrderId: id, found: false }] },
    });
  });

  it.each<[object, string, string | null, string | null]>([
    [info({ descr: { ...info().descr, close: 'close position @ stop loss 95.0' } }), 'stopMarket', '95.0', null],
    [
      info({ descr: { ...info().descr, close: 'close position @ stop loss 95.0 -> limit 94.0' } }),
      'stopLimit',
      '95.0',
      '94.0',
    ],
    [info(), 'stopMarket', null, null],
  ])('tells a stop that is not made yet as its entry announces it', async (entry, type, triggerPrice, price) => {
    expect(await account({ [OPEN]: [{ open: { OENTRY: entry } }] }, { links: [LINK] }).look('stop-1')).toMatchObject({
      value: {
        lookups: [{ found: true, report: { side: 'sell', venueStatus: 'pendingNew', type, triggerPrice, price } }],
      },
    });
  });

  it('calls a stop lost when two looks miss it after its entry has traded', async () => {
    const { look } = account({ [CLOSED]: [{ closed: { OENTRY: filled } }] }, { links: [LINK] });
    const told = async () => {
      const looked = await look('stop-1');
      return looked.ok ? looked.value.lookups : looked.error;
    };
    expect(await told()).toMatchObject([{ found: true, report: { venueStatus: 'pendingNew' } }]);
    expect(await told()).toMatchObject([{ found: true, report: { venueStatus: 'rejected' } }]);
  });

  it('tells a stop above a short entry as a buy', async () => {
    const entry = info({ descr: { ...info().descr, type: 'sell' } });
    expect(await account({ [OPEN]: [{ open: { OENTRY: entry } }] }, { links: [LINK] }).look('stop-1')).toMatchObject({
      value: { lookups: [{ report: { side: 'buy' } }] },
    });
  });

  it.each([
    ['closed', 'closed', 'filled'],
    ['closed', 'canceled', 'canceled'],
    ['open', 'closed', 'live'],
  ])('tells the parts of a stop as one: %s and %s are %s', async (first, second, venueStatus) => {
    const part = (status: string) => ({ ...close, status, vol: '0.5', vol_exec: status === 'closed' ? '0.5' : '0' });
    const parts = { OA: part(first), OB: part(second) };
    const looked = await account(
      { [OPEN]: [{ open: { OENTRY: info() } }], [CLOSED]: [{ closed: parts }] },
      { links: [LINK] },
    ).look('stop-1');
    const total = venueStatus === 'filled' ? '1.0' : '0.5';
    expect(looked).toMatchObject({
      value: {
        lookups: [
          {
            found: true,
            report: {
              clientOrderId: 'stop-1',
              quantity: '1.0',
              filledQuantity: total,
              venueStatus: venueStatus === 'live' ? 'partiallyFilled' : venueStatus,
            },
          },
        ],
      },
    });
  });
});

describe('the lane of a look', () => {
  it('lets one that a stop waits for pass when looks have filled the counter', async () => {
    const { asked, queries, look } = account({});
    // Each look costs 4 of the 16 that queries may use.
    for (let looks = 0; looks < 4; looks++) expect(await look()).toMatchObject({ ok: true });
    const held = queries.snapshot([]);
    expect(await queries.inLane('reduce').snapshot([])).toMatchObject({ ok: true });
    expect(asked.filter(({ call }) => call === OPEN)).toHaveLength(5);
    expect(await Promise.race([held, Promise.resolve('held back')])).toBe('held back');
  });
});
