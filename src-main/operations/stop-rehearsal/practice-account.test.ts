import { describe, expect, it } from 'vitest';
import { isOpen, kindOf, type PracticeAccount, type PracticeOrder, remainders } from './practice-account.ts';

const order = (over: Partial<PracticeOrder> = {}): PracticeOrder => ({
  ...{ clientOrderId: 'a', orderListId: -1, symbol: 'BTCUSDT', side: 'SELL', type: 'LIMIT', status: 'NEW' },
  ...{ quantity: '2', executedQuantity: '0', ...over },
});
const account = (
  orders: readonly PracticeOrder[],
  positions: readonly { held: string; isProtected: boolean }[] = [],
): PracticeAccount => ({
  account: 'paper-01',
  orders: [...orders],
  positions: positions.map((position) => ({ symbol: 'BTCUSDT', longestUnprotectedMs: 0, ...position })),
});

describe('the books of the practice exchange', () => {
  it.each([
    [{ type: 'LIMIT_MAKER' }, 'limit'],
    [{ type: 'STOP_LOSS' }, 'stop'],
    [{ type: 'STOP_LOSS_LIMIT', orderListId: 3 }, 'stop'],
    [{ type: 'LIMIT_MAKER', orderListId: 0 }, 'list'],
  ])('take %j for a %s order', (over, kind) => expect(kindOf(order(over))).toBe(kind));

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
});
