import type { SymbolMarket } from '../matching/exchange-state.ts';
import type { Amount } from '../matching/grid.ts';
import { type AlgoOrder, isStop } from './algo-orders.ts';

/** What of a position no waiting stop would close. A stop with a limit price counts as one: it is what was asked for. */
export function bareLots(waiting: readonly AlgoOrder[], market: SymbolMarket, held: Amount): Amount {
  const exitSide = held > 0n ? 'SELL' : 'BUY';
  const stops = waiting.filter((algo) => isStop(algo.type) && algo.side === exitSide);
  if (stops.some((algo) => algo.closePosition)) return 0n;
  let covered = 0n;
  for (const { quantity } of stops) {
    const lots = quantity === null ? 0 : (market.rules.sizes.stepsOf(quantity) ?? 0);
    covered += market.rules.sizes.amountOf(lots);
  }
  return (held < 0n ? -held : held) - covered;
}
