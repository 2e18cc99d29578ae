/** Leverage that spot margin offers on every pair. */
export const LEVERAGES: readonly number[] = [2, 3, 4, 5];
