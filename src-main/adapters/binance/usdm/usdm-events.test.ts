import { beforeEach, describe, expect, it } from 'vitest';
import { ClientIdIndex } from '../client-id-index.ts';
import { ACCOUNT, BTC_PERPETUAL } from '../testing/gateway-fixture.ts';
import { ConditionalIndex } from './conditional-index.ts';
import { readUsdmEvent, type UsdmEventScope } from './usdm-events.ts';

let scope: UsdmEventScope;
beforeEach(() => {
  scope = {
    accountId: ACCOUNT,
    instrumentOf: (symbol) => (symbol === 'BTCUSDT' ? BTC_PERPETUAL : undefined),
    clientIds: new ClientIdIndex(),
    conditionals: new ConditionalIndex(),
    lockedOf: (asset) => (asset === 'USDT' ? '10' : '0'),
  };
});

const orderEvent = (fields: object = {}): object => ({
  e: 'ORDER_TRADE_UPDATE',
  o: {
    ...{ s: 'BTCUSDT', c: 'mine', S: 'SELL', o: 'LIMIT', f: 'GTC', q: '1', p: '100', x: 'TRADE', X: 'FILLED', i: 5 },
    ...{ l: '1', z: '1', L: '100', n: '0.05', N: 'USDT', T: 1_000, t: 7, m: false, ot: 'LIMIT' },
    ...fields,
  },
});
const algoEvent = (fields: object = {}): object => ({
  ...{ e: 'ALGO_UPDATE', E: 1_000 },
  o: {
    ...{ caid: 'mine', aid: 9, o: 'STOP_MARKET', s: 'BTCUSDT', S: 'SELL', q: '1', X: 'NEW', tp: '95', p: '0' },
    ...fields,
  },
});

describe('an event that cannot be used', () => {
  it.each([
    ['an order without a side', orderEvent({ S: 'UP' }), 'ORDER_TRADE_UPDATE not as documented at o.S'],
    ['an order elsewhere', orderEvent({ s: 'BTCUSDT_260327' }), 'unlisted symbol BTCUSDT_260327'],
    ['a conditional order of no known state', algoEvent({ X: 'ODD' }), 'ALGO_UPDATE not as documented at o.X'],
    ['a conditional order elsewhere', algoEvent({ s: 'XUSDT' }), 'unlisted symbol XUSDT'],
    [
      'a wallet that is no number',
      { e: 'ACCOUNT_UPDATE', a: { m: 'ORDER', B: [{ a: 'USDT', wb: '' }] } },
      'ACCOUNT_UPDATE not',
    ],
  ])('says what is lost: %s', (_name, message, detail) => {
    const read = readUsdmEvent(message, scope);
    expect(read.kind === 'unreadable' ? read.detail : read.kind).toContain(detail);
  });

  it.each([null, 'text', {}, { e: 'ACCOUNT_CONFIG_UPDATE' }])(
    'is ignored when it is of another kind: %j',
    (message) => {
      expect(readUsdmEvent(message, scope)).toEqual({ kind: 'ignored' });
    },
  );
});

describe('an event', () => {
  const eventsOf = (message: object) => {
    const read = readUsdmEvent(message, scope);
    return read.kind === 'read' ? read.events : [];
  };

  it('of a trade without a fee tells one of nothing, before the report', () => {
    expect(eventsOf(orderEvent({ n: null, N: null }))).toMatchObject([
      { kind: 'fill', fill: { fee: { amount: '0', asset: '' }, liquidity: 'taker', side: 'sell' } },
      { kind: 'report', report: { venueStatus: 'filled', clientOrderId: 'mine' } },
    ]);
  });

  it('of a nameless order, of another system, tells it as such', () => {
    const report = { clientOrderId: null, venueStatus: 'expired', rejectReason: '8' };
    const [event] = eventsOf(orderEvent({ c: '', x: 'EXPIRED', X: 'EXPIRED', er: 8 }));
    expect(event).toMatchObject({ kind: 'report', report });
  });

  it.each([
    [undefined, null],
    [null, null],
    ['', null],
    ['Margin is insufficient', 'Margin is insufficient'],
  ])('of a refused conditional order gives its reason: %j', (rm, rejectReason) => {
    expect(eventsOf(algoEvent({ X: 'REJECTED', rm }))).toMatchObject([
      { report: { venueStatus: 'expired', rejectReason, price: null, triggerPrice: '95' } },
    ]);
  });

  it.each(['TRIGGERED', 'FINISHED'])('of a conditional order that is %s leaves the word to the ordinary one', (X) => {
    expect(readUsdmEvent(algoEvent({ X }), scope)).toEqual({ kind: 'read', venueSymbol: 'BTCUSDT', events: [] });
  });

  it.each([
    ['more than', '25', { free: '15.00000000', locked: '10' }],
    ['less than', '4', { free: '0', locked: '4' }],
  ])('of a wallet of %s its margin splits it', (_name, wb, balance) => {
    const events = eventsOf({ e: 'ACCOUNT_UPDATE', a: { m: 'ORDER', B: [{ a: 'USDT', wb }] } });
    expect(events).toEqual([{ kind: 'balances', balances: [{ asset: 'USDT', ...balance }] }]);
  });
});

it.each([
  ['FUNDING_FEE', true],
  ['ORDER', undefined],
])('says of an account update for %s whether costs are to be asked for', (m, isCharged) => {
  const message = { e: 'ACCOUNT_UPDATE', a: { m, B: [{ a: 'USDT', wb: '10' }] } };
  expect(readUsdmEvent(message, scope)).toMatchObject({ kind: 'read', ...(isCharged && { isCharged }) });
});

it('forgets the oldest conditional order when it knows too many', () => {
  const { conditionals } = scope;
  const algo = { orderType: 'STOP_MARKET', price: '', triggerPrice: '95' } as const;
  for (let index = 0; index <= 20_000; index += 1) conditionals.remember({ ...algo, clientAlgoId: `id-${index}` });
  expect([conditionals.of('id-0'), conditionals.of('id-1')?.type]).toEqual([undefined, 'stopMarket']);
});
