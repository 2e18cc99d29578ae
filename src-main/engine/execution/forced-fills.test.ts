import { describe, expect, it } from 'vitest';
import type { Decision } from '../domain/events.ts';
import { accountId, type ClientOrderId, type InstrumentId, tradeId, venueOrderId } from '../domain/identifiers.ts';
import type { Fill } from '../domain/order.ts';
import { emptyExecutionState, touchExposure, type Turn } from './execution-state.ts';
import { bookForcedFill } from './forced-fills.ts';

const ACCOUNT = accountId('futures-1');
const BTC = 'BTC/USDT.BINANCE.USDM' as InstrumentId;

function held(quantity: string) {
  const decisions: Decision[] = [];
  const state = { ...emptyExecutionState(), tradingState: 'active' as const };
  const turn: Turn = {
    ...{ timeUs: 5, state, isTick: false, touched: new Set(), applied: [] },
    emit: (decision) => void decisions.push(decision),
  };
  const exposure = touchExposure(turn, ACCOUNT, BTC);
  exposure.quantity = quantity;
  return { turn, exposure, decisions };
}

const fill = (over: Partial<Fill> = {}): Fill => ({
  ...{ accountId: ACCOUNT, instrumentId: BTC, side: 'sell', price: '90.00', quantity: '1', liquidity: 'taker' },
  ...{ tradeId: tradeId('7'), clientOrderId: 'autoclose-1' as ClientOrderId, venueOrderId: venueOrderId('1') },
  ...{ fee: { amount: '0.05', asset: 'USDT' }, tradedAtUs: 1, forced: 'liquidation' },
  ...over,
});

describe('a trade by which the venue closed', () => {
  it.each<[string, Partial<Fill>, string]>([
    ['1', {}, '0'],
    ['1.5', {}, '0.5'],
    ['-2', { side: 'buy', forced: 'deleveraging' }, '-1'],
  ])('a position of %s is booked, told and halts', (quantity, over, rest) => {
    const { turn, exposure, decisions } = held(quantity);
    expect(bookForcedFill(turn, fill(over))).toBe(true);
    expect(exposure.quantity).toBe(rest);
    expect(turn.applied).toEqual([fill(over)]);
    expect(turn.state.tradingState).toBe('halted');
    expect(decisions).toContainEqual(
      expect.objectContaining({ kind: 'position.forced', cause: fill(over).forced, quantity: '1', price: '90.00' }),
    );
  });

  it.each<[string, string, Partial<Fill>]>([
    ['more than we hold', '0.5', {}],
    ['a position that is gone', '0', {}],
    ['the other side', '-1', {}],
    ['nothing: it is an ordinary trade', '1', { forced: undefined as never }],
  ])('%s is not booked', (_name, quantity, over) => {
    const { turn, exposure, decisions } = held(quantity);
    const { forced, ...ordinary } = fill(over);
    expect(bookForcedFill(turn, forced === undefined ? ordinary : fill(over))).toBe(false);
    expect([exposure.quantity, turn.applied, decisions]).toEqual([quantity, [], []]);
    // History tells it again: by then a new position may stand.
    expect(turn.state.trades.size).toBe(forced === undefined ? 0 : 1);
  });

  it('is of an instrument that we never held', () => {
    const { turn } = held('1');
    expect(bookForcedFill(turn, fill({ instrumentId: 'ETH/USDT.BINANCE.USDM' as InstrumentId }))).toBe(false);
  });
});
