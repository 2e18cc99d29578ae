import { type InstrumentId, instrumentId, parseInstrumentId, type Product } from '../../engine/domain/identifiers.ts';
import type { ExchangeInfoReply } from './wire-schemas.ts';

/** The venue's names of all spot markets, also of those we do not trade: an account may hold orders on any. */
export type SymbolMap = {
  instrumentOf(venueSymbol: string): InstrumentId | undefined;
  /** Throws on an instrument this venue does not list. */
  venueSymbolOf(id: InstrumentId): string;
  lists(id: InstrumentId): boolean;
};

export function symbolMap(info: ExchangeInfoReply, product: Product = 'SPOT'): SymbolMap {
  const ids = new Map<string, InstrumentId>();
  const names = new Map<InstrumentId, string>();
  for (const { symbol, baseAsset, quoteAsset } of info.symbols) {
    const id = instrumentId({ base: baseAsset, quote: quoteAsset, venue: 'BINANCE', product });
    if (!parseInstrumentId(id).ok) continue;
    ids.set(symbol, id);
    names.set(id, symbol);
  }
  return {
    instrumentOf: (venueSymbol) => ids.get(venueSymbol),
    lists: (id) => names.has(id),
    venueSymbolOf(id) {
      const name = names.get(id);
      if (name === undefined) throw new RangeError(`expected an instrument listed by the venue, was ${id}`);
      return name;
    },
  };
}
