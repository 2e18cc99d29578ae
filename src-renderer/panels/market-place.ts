import type { InstrumentDto } from '../../src-preload/contract/state.ts';

/** Names the market of a pair that several trade: its venue, or its product where only one venue has that. Null: one trades it. */
export function placeOf(own: InstrumentDto, all: readonly InstrumentDto[]): string | null {
  const isOther = ({ venue, product }: InstrumentDto): boolean => venue !== own.venue || product !== own.product;
  const twins = all.filter(({ base, quote }) => base === own.base && quote === own.quote);
  if (!twins.some(isOther)) return null;
  if (own.product === 'SPOT') return own.venue;
  const isSole = all.every(({ product, venue }) => product !== own.product || venue === own.venue);
  return isSole ? own.product : `${own.venue} ${own.product}`;
}
