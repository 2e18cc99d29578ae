import { describe, expect, it } from 'vitest';
import { isOpen, kindOf, type PracticeAccount, type PracticeOrder, remainders } from './practice-account.ts';

const order = (over: Partial<PracticeOrder> = {}): PracticeOrder => ({
  ...{ clientOrderId: 'a', orderListId: -1, symbol: 'BTCUSDT', side: 'SELL', type: 'LIMIT', status: 'NEW' },
  ...{ quantity: '2', executedQuantity: '0', space: 'book', ...over },
});
const account = (
  orders: readonly PracticeOrder[],
  positions: readonly { held: string; isProtected: boolean }[] = [],
): PracticeAccount => ({
  account: 'paper-01',
  debts: [],
  orders,
  positions: positions.map((position) => ({ symbol: 'BTCUSDT', longestUnprotectedMs: 0, ...position })),
});

describe('the books of the practice exchange', () => {
  it.each([
    [{ type: 'LIMIT_MAKER' }, 'limit'],
    [{ type: 'STOP_LOSS' }, 'stop'],
    [{ type: 'STOP_LOSS' }, 'stop'],
    [{ type: 'STOP_LOSS_LIMIT', orderListId: 3 }, 'stopLimit'],
    [{ type: 'TAKE_PROFIT_LIMIT' }, 'conditional'],
    [{ type: 'TRAILING_STOP' }, 'conditional'],
    [{ type: 'STOP_MARKET', space: 'conditional' }, 'algo'],
    [{ type: 'LIMIT_MAKER', orderListId: 0 }, 'list'],
  ] as const)('take %j for a %s order', (over, kind) => expect(kindOf(order(over))).toBe(kind));

  it.each([
    ['NEW', true],
    ['PARTIALLY_FILLED', true],
    ['PENDING_NEW', true],
    ['FILLED', false],
    ['CANCELED', false],
    ['EXPIRED', false],
  ])('take %s for open: %j', (status, open) => expect(isOpen(order({ status }))).toBe(open));

  it('show what remains: open orders and bare positions, not dust and not what ended', () => {
    const left = remainders([
      account([order({ status: 'PENDING_NEW' }), order({ clientOrderId: 'b', status: 'FILLED' })]),
      account([], [{ held: '0.5', isProtected: false }]),
      account([], [{ held: '0.0000001', isProtected: true }]),
    ]);
    expect(left).toMatchObject([
      { what: 'order', clientOrderId: 'a', quantity: '2' },
      { what: 'position', clientOrderId: null, quantity: '0.5' },
    ]);
  });

  it('show a debt that is not paid back, and its interest', () => {
    const debts = [
      { asset: 'USDT', borrowed: '20', interest: '0.01' },
      { asset: 'BTC', borrowed: '0.00000000', interest: '0.00000000' },
    ];
    expect(remainders([{ ...account([]), debts }])).toMatchObject([
      { what: 'debt', symbol: 'USDT', quantity: '20' },
      { what: 'debt', symbol: 'USDT', quantity: '0.01' },
    ]);
  });
});
