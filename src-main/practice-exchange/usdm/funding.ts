import type { ExchangeState } from '../matching/exchange-state.ts';
import type { MarginClearing } from './margin-clearing.ts';
import { markNotional } from './margin-figures.ts';

/** Market time between two payments: 00:00, 08:00 and 16:00 UTC. */
export const FUNDING_MS = 8 * 3_600_000;
/** Longs pay shorts; constant here, one hundredth of a percent as the venue's interest part. */
export const FUNDING_RATE = '0.00010000';
const RATE_DIVISOR = 10_000n;

export const nextFundingMs = (nowMs: number): number => (Math.floor(nowMs / FUNDING_MS) + 1) * FUNDING_MS;

type Payment = { readonly account: string; readonly symbol: string };

/** Books what is due after `fromMs` up to `toMs`, at the mark price of now. Returns who paid or was paid. */
export function payFunding(state: ExchangeState, clearing: MarginClearing, fromMs: number, toMs: number): Payment[] {
  const times = Math.floor(toMs / FUNDING_MS) - Math.floor(fromMs / FUNDING_MS);
  if (times <= 0) return [];
  const payments: Payment[] = [];
  for (const futures of clearing.accounts.values()) {
    for (const { symbol, lots } of futures.positions.values()) {
      if (lots === 0) continue;
      const amount = (-markNotional(state.market(symbol), lots) * BigInt(times)) / RATE_DIVISOR;
      futures.book({ symbol, incomeType: 'FUNDING_FEE', amount, atMs: toMs, tradeId: null });
      payments.push({ account: futures.name, symbol });
    }
  }
  return payments;
}
