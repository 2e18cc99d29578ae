import type { SymbolMarket } from '../matching/exchange-state.ts';
import type { Amount } from '../matching/grid.ts';
import type { Side } from '../matching/venue-order.ts';

/** Lots a stop would close; null for the whole position. */
export type Stop = { readonly side: Side; readonly lots: number | null };

/** What of a position no stop would close. One that was triggered and works still counts: it is what was asked for. */
export function bareAmount(stops: readonly Stop[], market: SymbolMarket, held: Amount): Amount {
  const exitSide = held > 0n ? 'SELL' : 'BUY';
  const exits = stops.filter(({ side }) => side === exitSide);
  if (exits.some(({ lots }) => lots === null)) return 0n;
  const covered = exits.reduce((sum, { lots }) => sum + market.rules.sizes.amountOf(lots ?? 0), 0n);
  return (held < 0n ? -held : held) - covered;
}
