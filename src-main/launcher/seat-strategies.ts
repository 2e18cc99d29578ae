import type { Config, StrategyConfig } from '../engine/domain/config.ts';
import { type InstrumentId, instrumentId, parseInstrumentId, strategyId } from '../engine/domain/identifiers.ts';
import type { Seat } from './practice-seats.ts';

/** The same configuration with a copy of its first strategy for each account that no strategy trades. */
export function onEverySeat(config: Config, seats: readonly Seat[]): Config {
  const [first] = config.strategies;
  if (first === undefined) return config;
  const idle = seats.flatMap((seat, account) =>
    config.strategies.some((strategy) => strategy.account === account) ? [] : [copyFor(first, seat, account)],
  );
  return { ...config, strategies: [...config.strategies, ...idle] };
}

const copyFor = (strategy: StrategyConfig, { boot }: Seat, account: number): StrategyConfig => ({
  ...strategy,
  strategyId: strategyId(`${strategy.strategyId}-${boot.accountId}`),
  account,
  instruments: strategy.instruments.flatMap((id) => instrumentFor(id, boot)),
});

/** None where the account is of another pair. */
function instrumentFor(id: InstrumentId, { margin, product, venue }: Seat['boot']): readonly InstrumentId[] {
  const parts = parseInstrumentId(id);
  if (!parts.ok) return [];
  const { base, quote } = parts.value;
  if (typeof margin === 'object' && margin.isolated !== `${base}${quote}`) return [];
  return [instrumentId({ base, quote, venue: venue ?? 'BINANCE', product: product ?? 'SPOT' })];
}
