import { decimal } from './decimal.ts';
import type { ListedInstrument } from './events.ts';
import { parseInstrumentId, type UnderlyingId } from './identifiers.ts';
import type { Instrument } from './instrument.ts';
import { Price, Quantity } from './quantities.ts';
import { invariant } from './result.ts';

/** One economic asset under the names venues give it. USDT is not USD: they are not joined. */
const UNDERLYING: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' };

const parsed = new WeakMap<ListedInstrument, Instrument>();

/** The trading rules of a journaled listing. Throws when its id or a decimal is malformed. */
export function instrumentOf(listed: ListedInstrument): Instrument {
  const known = parsed.get(listed);
  if (known !== undefined) return known;
  const instrument = parse(listed);
  parsed.set(listed, instrument);
  return instrument;
}

function parse(listed: ListedInstrument): Instrument {
  const parts = parseInstrumentId(listed.id);
  invariant(parts.ok, () => `expected a listed instrument id, was ${listed.id}`);
  const { base, quote, venue, product } = parts.value;
  return {
    id: listed.id,
    version: listed.version,
    venue,
    product,
    venueSymbol: listed.venueSymbol,
    base,
    quote,
    underlying: (UNDERLYING[base] ?? base) as UnderlyingId,
    tickSize: Price.of(decimal(listed.tickSize)),
    lotSize: Quantity.of(decimal(listed.lotSize)),
    minQuantity: Quantity.of(decimal(listed.minQuantity)),
    maxQuantity: Quantity.of(decimal(listed.maxQuantity)),
    minNotional: decimal(listed.minNotional),
    priceBand:
      listed.priceBand === null ? null : { up: decimal(listed.priceBand.up), down: decimal(listed.priceBand.down) },
    maxOrders: listed.maxOrders,
    maxStopOrders: listed.maxStopOrders,
    makerFee: decimal(listed.makerFee),
    takerFee: decimal(listed.takerFee),
  };
}
