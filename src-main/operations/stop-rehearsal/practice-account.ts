import { z } from 'zod';

const reportSchema = z.object({
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
  conditionalOrders: z
    .array(
      z.object({
        clientAlgoId: z.string(),
        symbol: z.string(),
        side: z.string(),
        type: z.string(),
        status: z.string(),
        quantity: z.string().nullable(),
      }),
    )
    .default([]),
  debts: z.array(z.object({ asset: z.string(), borrowed: z.string(), interest: z.string() })).default([]),
});

type Report = z.infer<typeof reportSchema>;

export type PracticeOrder = Report['orders'][number] & {
  /** `conditional`: the space of its own in which USD-M keeps what waits for a trigger. */
  readonly space: 'book' | 'conditional';
};

/** One set of books of the practice exchange, by its name there: `paper-01`, `cross-01@margin`, `futures-01@usdm`. */
export type PracticeAccount = Pick<Report, 'positions' | 'debts'> & {
  readonly account: string;
  readonly orders: readonly PracticeOrder[];
};

export type PracticePlace = { readonly control: string; readonly accounts: readonly string[] };

/** What the practice exchange's own books say: the witness that is not us. Throws when it does not answer. */
export async function readAccounts({ accounts, control }: PracticePlace): Promise<readonly PracticeAccount[]> {
  return Promise.all(
    accounts.map(async (account) => {
      const reply = await fetch(new URL(`/practice/ledger?account=${encodeURIComponent(account)}`, control));
      const { conditionalOrders, debts, orders, positions } = reportSchema.parse(await reply.json());
      const conditional = conditionalOrders.map(({ clientAlgoId, quantity, ...order }) => ({
        ...{ ...order, clientOrderId: clientAlgoId, orderListId: -1, executedQuantity: '0' },
        ...{ quantity: quantity ?? 'all', space: 'conditional' as const },
      }));
      const own = orders.map((order) => ({ ...order, space: 'book' as const }));
      return { account, positions, debts, orders: [...own, ...conditional] };
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
const OPEN: readonly string[] = ['NEW', 'PARTIALLY_FILLED', 'PENDING_NEW', 'TRIGGERING'];

export const isOpen = ({ status }: PracticeOrder): boolean => OPEN.includes(status);

export type OrderKind = 'limit' | 'list' | 'stop' | 'stopLimit' | 'conditional' | 'algo';

/**
 * `algo`: whatever waits in the conditional space of USD-M. `conditional`: take-profits and trailing stops elsewhere.
 * `list`: a leg that is no stop, such as the target beside one.
 */
export function kindOf({ orderListId, space, type }: PracticeOrder): OrderKind {
  if (space === 'conditional') return 'algo';
  if (/TAKE_PROFIT|TRAILING/.test(type)) return 'conditional';
  if (/STOP/.test(type)) return /LIMIT/.test(type) ? 'stopLimit' : 'stop';
  return orderListId >= 0 ? 'list' : 'limit';
}

export type Remainder = {
  readonly account: string;
  /** The asset of a debt, the id of an executor. */
  readonly symbol: string;
  readonly what: 'order' | 'position' | 'debt' | 'executor';
  readonly clientOrderId: string | null;
  readonly quantity: string;
};

/**
 * Open orders, debts, and positions worth at least one lot and the minimum notional that no live stop covers: with no order
 * left open that is every position but dust.
 */
export const remainders = (accounts: readonly PracticeAccount[]): readonly Remainder[] => accounts.flatMap(leftIn);

export function leftIn({ account, debts, orders, positions }: PracticeAccount): readonly Remainder[] {
  const left = { account, clientOrderId: null };
  return [
    ...orders.filter(isOpen).map(({ clientOrderId, quantity, symbol }) => ({
      ...{ ...left, symbol, what: 'order' as const, clientOrderId, quantity },
    })),
    ...positions
      .filter(({ isProtected }) => !isProtected)
      .map(({ held, symbol }) => ({ ...left, symbol, what: 'position' as const, quantity: held })),
    ...debts.flatMap(({ asset, borrowed, interest }) =>
      [borrowed, interest]
        .filter((amount) => Number(amount) !== 0)
        .map((quantity) => ({ ...left, symbol: asset, what: 'debt' as const, quantity })),
    ),
  ];
}
