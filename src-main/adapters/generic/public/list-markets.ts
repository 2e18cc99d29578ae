import type { ListedInstrument } from '../../../engine/domain/events.ts';
import type { InstrumentId } from '../../../engine/domain/identifiers.ts';
import { loadCcxtClass } from '../ccxt-exchange.ts';
import { ExchangeCalls } from '../exchange-calls.ts';
import { listedMarkets } from '../listed-markets.ts';
import type { GenericFeedOptions } from './generic-feed.ts';

/** The rules of these markets, asked for without a key. Throws naming those that the venue does not list, or with its words. */
export async function listGenericMarkets(
  { venue, clock, load = loadCcxtClass, pointAt }: GenericFeedOptions,
  wanted: readonly InstrumentId[],
): Promise<readonly ListedInstrument[]> {
  const type = await load(venue.toLowerCase());
  const calls = new ExchangeCalls(type, { clock, credentials: null, ...(pointAt && { pointAt }) });
  try {
    const markets = await calls.call((exchange) => exchange.loadMarkets());
    if (!markets.ok) throw new Error(`${venue}: ${markets.error.message}`);
    const { precisionMode } = calls.exchange;
    const known = listedMarkets(markets.value, { venue, precisionMode, version: 1, wanted });
    return known.map(({ instrument }) => instrument);
  } finally {
    await calls.close();
  }
}
