import { describe, expect, it } from 'vitest';
import { ClientIdIndex } from './client-id-index.ts';
import { readPrivateEvent } from './private-events.ts';
import { ACCOUNT, BTC } from './testing/gateway-fixture.ts';

const clientIds = new ClientIdIndex();
const scope = {
  accountId: ACCOUNT,
  instrumentOf: (symbol: string): typeof BTC | undefined => (symbol === 'BTCUSDT' ? BTC : undefined),
  clientIds,
};
const BASE = {
  e: 'executionReport',
  E: 1_700_000_000_100,
  s: 'BTCUSDT',
  c: 'ours',
  S: 'SELL',
  o: 'STOP_LOSS_LIMIT',
  f: 'GTC',
  q: '0.00200',
  p: '58900.00',
  P: '59000.00',
  F: '0.0',
  g: 3,
  C: '',
  x: 'NEW',
  X: 'NEW',
  r: 'NONE',
  i: 29,
  l: '0.00000',
  z: '0.00000',
  L: '0.00',
  n: '0',
  N: null,
  T: 1_700_000_000_099,
  t: -1,
  I: 1,
  w: false,
  m: false,
  M: false,
  O: 1,
  Z: '0.0',
  Y: '0.0',
  Q: '0.0',
  V: 'NONE',
};
const read = (fields: object): ReturnType<typeof readPrivateEvent> => readPrivateEvent({ ...BASE, ...fields }, scope);
const reportIn = (fields: object): unknown => {
  const result = read(fields);
  return result.kind === 'read' ? result.events.find((event) => event.kind === 'report')?.report : result;
};

describe('execution reports', () => {
  it.each([
    ['a placed stop', {}, { venueStatus: 'live', triggered: false }],
    ['a stop whose limit rests', { w: true }, { venueStatus: 'live', triggered: true }],
    ['a leg not placed yet', { X: 'PENDING_NEW', x: 'PENDING_NEW' }, { venueStatus: 'pendingNew', triggered: false }],
    [
      'a working limit',
      { o: 'LIMIT', P: '0.00000000', w: true },
      { type: 'limit', triggered: false, triggerPrice: null },
    ],
    ['a market order', { o: 'MARKET', p: '0.00', P: '0' }, { type: 'market', price: null, triggerPrice: null }],
    ['an expired FOK', { o: 'LIMIT', x: 'EXPIRED', X: 'EXPIRED' }, { venueStatus: 'expired' }],
    ['self-trade prevention', { x: 'TRADE_PREVENTION', X: 'EXPIRED_IN_MATCH' }, { venueStatus: 'expired' }],
    [
      'a refused leg',
      { x: 'REJECTED', X: 'REJECTED', r: 'INSUFFICIENT_BALANCE' },
      { venueStatus: 'rejected', rejectReason: 'INSUFFICIENT_BALANCE' },
    ],
    [
      'a cancel, which carries the id of its own request',
      { c: 'cancel-request', C: 'ours', x: 'CANCELED', X: 'CANCELED' },
      { venueStatus: 'canceled', clientOrderId: 'ours' },
    ],
    ['ids that ccxt turned into text', { i: '123456789012345678' }, { venueOrderId: '123456789012345678' }],
  ])('%s', (_name, fields, expected) => {
    expect(reportIn(fields)).toMatchObject({
      accountId: ACCOUNT,
      instrumentId: BTC,
      clientOrderId: 'ours',
      side: 'sell',
      quantity: '0.00200',
      reportedAtUs: 1_700_000_000_099_000,
      ...expected,
    });
  });

  it('gives a trade as fill before the report that counts it', () => {
    const result = read({
      x: 'TRADE',
      X: 'PARTIALLY_FILLED',
      l: '0.00100',
      z: '0.00100',
      L: '58950.00',
      n: '0.05',
      N: 'USDT',
      t: 77,
      w: true,
      m: true,
    });
    expect(result).toMatchObject({
      kind: 'read',
      venueSymbol: 'BTCUSDT',
      events: [
        {
          kind: 'fill',
          fill: {
            tradeId: '77',
            clientOrderId: 'ours',
            venueOrderId: '29',
            side: 'sell',
            price: '58950.00',
            quantity: '0.00100',
            fee: { amount: '0.05', asset: 'USDT' },
            liquidity: 'maker',
          },
        },
        { kind: 'report', report: { venueStatus: 'partiallyFilled', filledQuantity: '0.00100' } },
      ],
    });
    expect(clientIds.of('BTCUSDT', '29')).toBe('ours');
  });

  it.each([
    ['a missing field', { X: undefined }],
    ['a number where text belongs', { q: 0.002 }],
    ['an unknown status', { X: 'SOMETHING_NEW' }],
    ['an unlisted symbol', { s: 'NEWUSDT' }],
  ])('reports %s as unreadable', (_name, fields) => {
    expect(read(fields)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('other private events', () => {
  it('takes over balances', () => {
    const event = { e: 'outboundAccountPosition', E: 1, u: 1, B: [{ a: 'BTC', f: '0.5', l: '0.1' }] };
    expect(readPrivateEvent(event, scope)).toEqual({
      kind: 'read',
      venueSymbol: null,
      events: [{ kind: 'balances', balances: [{ asset: 'BTC', free: '0.5', locked: '0.1' }] }],
    });
  });

  it('asks for a look when a list is rejected, and not when it goes on', () => {
    const list = {
      e: 'listStatus',
      E: 1,
      s: 'BTCUSDT',
      g: 3,
      c: 'OTO',
      l: 'RESPONSE',
      L: 'REJECT',
      r: 'INSUFFICIENT_BALANCE',
      C: 'list',
      T: 1,
      O: [],
    };
    expect(readPrivateEvent(list, scope)).toMatchObject({
      kind: 'unreadable',
      detail: expect.stringContaining('INSUFFICIENT_BALANCE') as string,
    });
    expect(readPrivateEvent({ ...list, L: 'EXECUTING' }, scope)).toEqual({ kind: 'ignored' });
  });

  it.each([[null], ['text'], [{}], [{ e: 'balanceUpdate' }], [[1]]])('ignores %j', (message) => {
    expect(readPrivateEvent(message, scope)).toEqual({ kind: 'ignored' });
  });
});
