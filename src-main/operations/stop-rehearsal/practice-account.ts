import { z } from 'zod';

const accountSchema = z.object({
  account: z.string(),
  positions: z.array(
    z.object({ symbol: z.string(), held: z.string(), isProtected: z.boolean(), longestUnprotectedMs: z.number() }),
  ),
  orders: z.array(
    z.object({
      clientOrderId: z.string(),
      orderListId: z.number(),
      symbol: z.string(),
      side: z.string(),
      type: z.string(),
      status: z.string(),
      quantity: z.string(),
      executedQuantity: z.string(),
    }),
  ),
});
export type PracticeAccount = z.infer<typeof accountSchema>;
export type PracticeOrder = PracticeAccount['orders'][number];

export type PracticePlace = { readonly control: string; readonly accounts: readonly string[] };

/** What the practice exchange's own books say: the witness that is not us. Throws when it does not answer. */
export async function readAccounts({ control, accounts }: PracticePlace): Promise<readonly PracticeAccount[]> {
  return Promise.all(
    accounts.map(async (name) => {
      const reply = await fetch(new URL(`/practice/ledger?account=${encodeURIComponent(name)}`, control));
      return accountSchema.parse(await reply.json());
    }),
  );
}

/** Answers every request so much later, for as long as a drill may take. Returns what ends it. */
export async function delayAnswers({ control }: PracticePlace, ms: number): Promise<() => Promise<void>> {
  if (ms === 0) return async () => undefined;
  const url = new URL('/practice/faults', control);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ kind: 'slow', ms, forMs: DRILL_MS });
  const reply = await fetch(url, { method: 'POST', headers, body });
  if (!reply.ok) throw new Error(`expected the venue to answer later, was ${reply.status} ${await reply.text()}`);
  const { id } = z.object({ id: z.number() }).parse(await reply.json());
  return async () => {
    await fetch(new URL(`/practice/faults?id=${id}`, control), { method: 'DELETE' });
  };
}

const DRILL_MS = 600_000;
const OPEN: readonly string[] = ['NEW', 'PARTIALLY_FILLED', 'PENDING_NEW'];

export const isOpen = ({ status }: PracticeOrder): boolean => OPEN.includes(status);

export type OrderKind = 'limit' | 'stop' | 'list';

/** `list`: a leg that is no stop, such as the target beside one. */
export function kindOf({ orderListId, type }: PracticeOrder): OrderKind {
  if (/STOP|TAKE_PROFIT/.test(type)) return 'stop';
  return orderListId >= 0 ? 'list' : 'limit';
}

export type Remainder = {
  readonly account: string;
  readonly symbol: string;
  readonly what: 'order' | 'position';
  readonly clientOrderId: string | null;
  readonly quantity: string;
};

/**
 * Open orders, and positions worth at least one lot and the minimum notional that no live stop covers: with no order left
 * open that is every position but dust.
 */
export function remainders(accounts: readonly PracticeAccount[]): readonly Remainder[] {
  return accounts.flatMap(({ account, orders, positions }) => [
    ...orders.filter(isOpen).map((order) => ({
      ...{ account, symbol: order.symbol, what: 'order' as const, clientOrderId: order.clientOrderId },
      quantity: order.quantity,
    })),
    ...positions
      .filter(({ isProtected }) => !isProtected)
      .map(({ symbol, held }) => ({ account, symbol, what: 'position' as const, clientOrderId: null, quantity: held })),
  ]);
}
