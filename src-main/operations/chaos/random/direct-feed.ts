import type { BookView } from '../../../engine/domain/book-view.ts';
import type { ListedInstrument } from '../../../engine/domain/events.ts';
import type { InstrumentId } from '../../../engine/domain/identifiers.ts';
import { ok } from '../../../engine/domain/result.ts';
import type { Clock } from '../../../engine/ports/clock.ts';
import type { FeedListener, MarketDataFeed } from '../../../engine/ports/market-data-feed.ts';
import type { ExchangeState } from '../../../practice-exchange/matching/exchange-state.ts';

const EVERY_MS = 500;

/** Prices read straight from the venue's books, twice a second. */
export function directFeed(state: ExchangeState, clock: Clock): MarketDataFeed {
  const symbols = new Map<InstrumentId, string>();
  let stop: () => void = () => undefined;
  const book = (id: InstrumentId): BookView | undefined => {
    const symbol = symbols.get(id);
    return symbol === undefined ? undefined : bookOf(state, symbol);
  };
  return {
    origin: 'synthetic',
    start: async (instruments, _interval, listener) => {
      for (const { id, venueSymbol } of instruments) symbols.set(id, ownSymbol(venueSymbol));
      for (const { id } of instruments) listener.onState(id, 'live', 0);
      const tell = (): void => {
        for (const instrument of instruments) tellOf(state, clock, instrument, listener);
      };
      tell();
      stop = clock.every(EVERY_MS, tell);
      return Promise.resolve();
    },
    history: async () => Promise.resolve(ok([])),
    book,
    close: async () => {
      stop();
      return Promise.resolve();
    },
  };
}

/** The practice exchange's own symbol: Kraken's protocol calls its bitcoin XBT. */
const ownSymbol = (venueSymbol: string): string => venueSymbol.replace(/^XBT/, 'BTC');

function tellOf(
  state: ExchangeState,
  clock: Clock,
  { id: instrumentId, venueSymbol }: ListedInstrument,
  listener: FeedListener,
): void {
  listener.onBook(instrumentId, bookOf(state, ownSymbol(venueSymbol)), clock.monotonicUs());
  const ticks = state.market(ownSymbol(venueSymbol)).lastTicks;
  if (ticks === null) return;
  const receivedAtUs = clock.nowUs();
  listener.onTrade({ instrumentId, ticks, lots: 1, aggressor: 'buy', tradedAtUs: receivedAtUs, receivedAtUs });
}

function bookOf(state: ExchangeState, symbol: string): BookView {
  const { book } = state.market(symbol);
  const best = (side: 'BUY' | 'SELL'): { readonly ticks: number; readonly lots: number } | undefined => {
    const ticks = book.bestTicks(side);
    return ticks === undefined ? undefined : { ticks, lots: 1_000 };
  };
  return {
    updateId: book.lastUpdateId,
    bidCount: 1,
    askCount: 1,
    bestBid: () => best('BUY'),
    bestAsk: () => best('SELL'),
    writeTop: () => 0,
  };
}
