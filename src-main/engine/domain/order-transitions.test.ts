import { describe, expect, it } from 'vitest';
import { ORDER_NEWS, ORDER_TRANSITIONS, transition, type OrderNews } from './order-transitions.ts';
import { isTerminal, ORDER_STATUSES, type OrderStatus } from './order.ts';

/** Every cell written out a second time, column order of ORDER_NEWS; `-` stale, `!` illegal, `=` stays. */
const EXPECTED: Readonly<Record<OrderStatus, string>> = {
  initialized: 'denied submitted accepted triggered partiallyFilled filled canceled expired rejected accepted',
  denied: '! ! accepted triggered partiallyFilled filled canceled expired rejected accepted',
  submitted: '! ! accepted triggered partiallyFilled filled canceled expired rejected accepted',
  accepted: '! ! = triggered partiallyFilled filled canceled expired rejected =',
  triggered: '! ! - = partiallyFilled filled canceled expired rejected =',
  partiallyFilled: '! ! - - = filled canceled expired rejected =',
  filled: '! ! - - - = - - - -',
  canceled: '! ! - - = filled = - - accepted',
  expired: '! ! - - = filled - = - accepted',
  rejected: '! ! accepted triggered partiallyFilled filled canceled expired = accepted',
};

const cells = ORDER_STATUSES.flatMap((from) =>
  EXPECTED[from].split(' ').map((cell, column) => ({ from, news: ORDER_NEWS[column] as OrderNews, cell })),
);

describe('order transitions', () => {
  it('covers every status and every news', () => {
    expect(cells).toHaveLength(ORDER_STATUSES.length * ORDER_NEWS.length);
    expect(Object.keys(ORDER_TRANSITIONS).sort()).toEqual([...ORDER_STATUSES].sort());
  });

  it.each(cells)('$from + $news => $cell', ({ from, news, cell }) => {
    if (cell === '!') {
      expect(() => transition(from, news)).toThrow(`expected news that fits an order ${from}, was ${news}`);
      return;
    }
    const stale = cell === '-';
    const status = stale || cell === '=' ? from : (cell as OrderStatus);
    expect(transition(from, news)).toEqual({ status, stale, reopened: isTerminal(from) && !isTerminal(status) });
  });

  it('never loses a fill: complete fills end filled from every status but those never sent', () => {
    for (const from of ORDER_STATUSES) expect(transition(from, 'filled').status).toBe('filled');
  });
});
