/** Latched and persisted. `stopping`: an emergency stop is at work; it ends in `halted`. */
export const TRADING_STATES = ['active', 'reducing', 'halted', 'stopping'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

export const ACTIONS = ['entry', 'increase', 'protectiveStop', 'stopReplace', 'reducingExit', 'cancel'] as const;
export type TradingAction = (typeof ACTIONS)[number];

/** What each state allows. Halted allows stops, exits and cancels, never new exposure. */
export const ALLOWED: Readonly<Record<TradingState, Readonly<Record<TradingAction, boolean>>>> = {
  active: { entry: true, increase: true, protectiveStop: true, stopReplace: true, reducingExit: true, cancel: true },
  reducing: {
    entry: false,
    increase: false,
    protectiveStop: true,
    stopReplace: true,
    reducingExit: true,
    cancel: true,
  },
  halted: { entry: false, increase: false, protectiveStop: true, stopReplace: true, reducingExit: true, cancel: true },
  stopping: {
    entry: false,
    increase: false,
    protectiveStop: true,
    stopReplace: false,
    reducingExit: true,
    cancel: true,
  },
};

/** Which changes are legal. Leaving `halted` needs a re-arm command with a reason; nothing re-arms by itself. */
export const STATE_CHANGES: Readonly<Record<TradingState, readonly TradingState[]>> = {
  active: ['reducing', 'halted', 'stopping'],
  reducing: ['active', 'halted', 'stopping'],
  halted: ['reducing', 'active', 'stopping'],
  stopping: ['halted'],
};
