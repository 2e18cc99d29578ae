import { z } from 'zod';
import { compareDecimals, decimal } from '../../engine/domain/decimal.ts';
import type { Fill } from '../../engine/domain/order.ts';

/** The practice exchange's own account of one of its accounts, as far as the comparison reads it. */
export const ledgerSchema = z.object({
  account: z.string(),
  sentBeforeCommit: z.number().nullable(),
  intentsChecked: z.number(),
  unprotectedMs: z.number(),
  fills: z.array(
    z.object({
      tradeId: z.union([z.string(), z.number()]),
      /** Empty where the venue made the order of a close that was sent with its entry. */
      clientOrderId: z.string(),
      symbol: z.string(),
      price: z.string(),
      quantity: z.string(),
      commission: z.string(),
      commissionAsset: z.string(),
    }),
  ),
});
export type VenueLedger = z.infer<typeof ledgerSchema>;

/** The first differences between the journal's fills and the venue's, in words; empty when the books agree to the last digit. */
export function differences(applied: readonly Fill[], ledgers: readonly VenueLedger[]): readonly string[] {
  const found: string[] = [];
  const ours = new Map(applied.map((fill) => [fillKey(fill.clientOrderId, fill.tradeId), fill]));
  const byTrade = new Map(applied.map((fill) => [String(fill.tradeId), fill]));
  let theirs = 0;
  for (const ledger of ledgers) {
    if (ledger.sentBeforeCommit !== 0)
      found.push(`${ledger.account}: ${String(ledger.sentBeforeCommit)} orders sent before they were on disk`);
    for (const venueFill of ledger.fills) {
      theirs += 1;
      const { clientOrderId, tradeId } = venueFill;
      const fill =
        clientOrderId === '' ? byTrade.get(String(tradeId)) : ours.get(fillKey(clientOrderId, String(tradeId)));
      if (fill === undefined)
        found.push(`${ledger.account}: trade ${tradeId} of ${venueFill.symbol} is not in the journal`);
      else if (!sameAmounts(fill, venueFill))
        found.push(`${ledger.account}: trade ${tradeId} of ${venueFill.symbol} differs`);
    }
  }
  if (theirs !== ours.size) found.push(`the journal has ${ours.size} fills, the venue ${theirs}`);
  return found;
}

function sameAmounts(fill: Fill, venueFill: VenueLedger['fills'][number]): boolean {
  const pairs = [
    [fill.price, venueFill.price],
    [fill.quantity, venueFill.quantity],
    [fill.fee.amount, venueFill.commission],
  ] as const;
  return (
    fill.fee.asset === venueFill.commissionAsset &&
    pairs.every(([left, right]) => compareDecimals(decimal(left), decimal(right)) === 0)
  );
}

const fillKey = (clientOrderId: string, tradeId: string): string => `${clientOrderId} ${tradeId}`;
