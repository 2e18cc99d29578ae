import type { Amount } from './grid.ts';

/** Part of a balance that orders hold; the two legs of an OCO hold one together. */
export type Reservation = { readonly asset: string; amount: Amount };
