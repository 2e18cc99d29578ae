import type { ReactElement } from 'react';
import type { InstrumentDto } from '../../src-preload/contract/state.ts';
import { useInstruments } from '../app/terminal-context.tsx';
import { placeOf } from './market-place.ts';

type MarketNameProps = {
  readonly instrumentId: string;
  /** The base alone where every instrument has the same quote. */
  readonly isShort?: boolean;
};

/** The pair, with its venue as soon as another venue or product trades it too. */
export function MarketName({ instrumentId, isShort = false }: MarketNameProps): ReactElement {
  const instruments = useInstruments();
  const own: InstrumentDto | undefined = instruments.find((entry) => entry.instrumentId === instrumentId);
  if (own === undefined) return <>{instrumentId.split('.')[0]}</>;
  const place = placeOf(own, instruments);
  const isOneQuote = instruments.every(({ quote }) => quote === own.quote);
  const name = isOneQuote && (isShort || place !== null) ? own.base : `${own.base}/${own.quote}`;
  return (
    <span title={`${own.base}/${own.quote} at ${own.venue} ${own.product}`}>
      {name}
      {place !== null && <span className="place"> {place}</span>}
    </span>
  );
}
