import { describe, expect, it } from 'vitest';
import { createCore } from '../core.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import { ACCOUNT, bracket, BTC, PRICES } from '../testing/core-session.ts';

describe('the view of a core that was not started', () => {
  const { view } = createCore();

  it.each([
    ['config', () => view.config()],
    ['equity', () => view.equity(ACCOUNT)],
    ['pnl', () => view.pnl(ACCOUNT)],
    ['day', () => view.day(ACCOUNT)],
    ['stop', () => view.stop()],
  ])('knows no %s', (_name, ask) => {
    expect(ask()).toBeNull();
  });

  it('has nothing of anything else, and judges no order well', () => {
    const lists = [view.orders(), view.exposures(), view.positions(), view.instruments(), view.watched()];
    expect(lists.flat()).toEqual([]);
    expect([view.balances(ACCOUNT), view.unprotectedMs(), view.timeUs()]).toEqual([[], 0, 0]);
    expect(view.order('none' as ClientOrderId) ?? view.feed(BTC) ?? view.venue(ACCOUNT)).toBeUndefined();
    expect(view.judge({ kind: 'enterBracket', request: bracket() }, PRICES).allowed).toBe(false);
    expect(view.tradingState().state).toBe('halted');
  });
});
