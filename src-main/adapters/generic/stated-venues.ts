import type { GenericAbility } from '../../engine/domain/generic-venues.ts';
import { type CcxtExchange, ccxtIds, loadCcxtClass } from './ccxt-exchange.ts';
import { statedAbilities } from './stated-abilities.ts';

/** They have adapters of their own. */
const NATIVE: readonly string[] = ['binance', 'kraken'];

/** Every venue of ccxt with a spot market, in our spelling, with what ccxt states about it. Makes one object of each class. */
export async function statedVenues(): Promise<Readonly<Record<string, readonly GenericAbility[]>>> {
  const stated: Record<string, readonly GenericAbility[]> = {};
  for (const id of ccxtIds().filter((one) => !NATIVE.includes(one))) {
    const exchange: CcxtExchange = new (await loadCcxtClass(id))({});
    if (exchange.has['spot'] === true) stated[id.toUpperCase()] = statedAbilities(exchange);
  }
  return stated;
}
