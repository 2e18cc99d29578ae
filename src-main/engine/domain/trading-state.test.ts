import { describe, expect, it } from 'vitest';
import { ACTIONS, ALLOWED, STATE_CHANGES, TRADING_STATES, type TradingState } from './trading-state.ts';

/** Columns: entry increase protectiveStop stopReplace reducingExit cancel. */
const EXPECTED: Readonly<Record<TradingState, string>> = {
  active: 'yes yes yes yes yes yes',
  reducing: 'no no yes yes yes yes',
  halted: 'no no yes yes yes yes',
  stopping: 'no no yes no yes yes',
};

describe('trading state', () => {
  it.each(
    TRADING_STATES.flatMap((state) =>
      EXPECTED[state].split(' ').map((cell, column) => ({ state, action: ACTIONS[column] ?? 'cancel', cell })),
    ),
  )('$state: $action $cell', ({ state, action, cell }) => {
    expect(ALLOWED[state][action]).toBe(cell === 'yes');
  });

  it.each([
    ['active', 'reducing halted stopping'],
    ['reducing', 'active halted stopping'],
    ['halted', 'reducing active stopping'],
    ['stopping', 'halted'],
  ] as const)('%s changes to %s only', (from, to) => {
    expect(STATE_CHANGES[from]).toEqual(to.split(' '));
  });
});
