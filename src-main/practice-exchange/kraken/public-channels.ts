import type { Print } from '../matching/exchange-events.ts';
import { dayBar } from '../protocol/market-routes.ts';
import { type Bar, INTERVALS } from '../tape.ts';
import { BOOK_DEPTHS, BookView } from './book-channel.ts';
import type { KrakenDesk } from './desk.ts';
import { amountText, digitsOf, priceText, sizeText, timeText, wireNumber } from './digits.ts';
import type { Pair } from './pairs.ts';
import { averageText, OHLC_INTERVALS } from './public-routes.ts';

/** Pulses of 25 ms between two messages. */
const EVERY_100_MS = 4;
const EVERY_SECOND = 40;
const SNAPSHOT_TRADES = 50;
const SNAPSHOT_BARS = 720;

/** One public channel of one pair. */
export type PublicChannel = {
  /** What a new subscriber gets first; null when it asked for none or there is none. */
  readonly snapshot: () => string | null;
  /** Messages due at this pulse. */
  readonly due: (pulse: number) => readonly string[];
  /** The message for a print, or null. */
  readonly printed: (print: Print) => string | null;
};

export type ChannelSpec = {
  readonly channel: string;
  readonly pair: Pair;
  /** Depth of a book, minutes of a bar. */
  readonly size: number;
  readonly eventTrigger: 'trades' | 'bbo';
};

const NOTHING: readonly string[] = [];

export const channelName = ({ channel, pair, size, eventTrigger }: ChannelSpec): string =>
  `kraken ${channel} ${channel === 'ticker' ? eventTrigger : size} ${pair.v2Name}`;

/** A known channel with a size it offers. */
export function isOffered({ channel, size }: ChannelSpec): boolean {
  if (channel === 'book') return BOOK_DEPTHS.includes(size);
  if (channel === 'ohlc') return OHLC_INTERVALS[size] !== undefined;
  return channel === 'trade' || channel === 'ticker';
}

export function openPublicChannel(desk: KrakenDesk, spec: ChannelSpec): PublicChannel {
  if (spec.channel === 'book') return bookChannel(desk, spec);
  if (spec.channel === 'trade') return tradeChannel(desk, spec.pair);
  if (spec.channel === 'ticker') return tickerChannel(desk, spec);
  return ohlcChannel(desk, spec);
}

function bookChannel({ venue }: KrakenDesk, spec: ChannelSpec): PublicChannel {
  const view = new BookView(spec.pair, spec.size);
  const name = channelName(spec);
  const phase = spec.pair.market.phase % EVERY_100_MS;
  const now = (): string => timeText(venue.clock.now().marketMs);
  const due = (pulse: number): readonly string[] => {
    if (pulse % EVERY_100_MS !== phase) return NOTHING;
    const text = view.update(now(), () => ({
      corrupt: venue.faults.strikeStream('badChecksum', name) !== undefined,
      lostZeros: venue.faults.strikeStream('lostZeros', name) !== undefined,
    }));
    if (text === null) return NOTHING;
    return venue.faults.strikeStream('gap', name) === undefined ? [text] : NOTHING;
  };
  return { snapshot: () => view.snapshot(now()), due, printed: () => null };
}

function tradeChannel({ venue }: KrakenDesk, pair: Pair): PublicChannel {
  const snapshot = (): string => {
    const prints = venue.tape(pair.market.rules.symbol)?.trades.slice(-SNAPSHOT_TRADES) ?? [];
    return JSON.stringify({ channel: 'trade', type: 'snapshot', data: prints.map((print) => tradeRow(pair, print)) });
  };
  const printed = (print: Print): string =>
    JSON.stringify({ channel: 'trade', type: 'update', data: [tradeRow(pair, print)] });
  return { snapshot, due: () => NOTHING, printed };
}

const tradeRow = ({ v2Name, market: { rules } }: Pair, print: Print) => ({
  symbol: v2Name,
  side: print.buyerIsMaker ? 'sell' : 'buy',
  price: wireNumber(priceText(rules, print.ticks)),
  qty: wireNumber(sizeText(rules, print.lots)),
  ord_type: 'limit',
  trade_id: print.tradeId,
  timestamp: timeText(print.atMs),
});

function tickerChannel(desk: KrakenDesk, { pair, eventTrigger }: ChannelSpec): PublicChannel {
  const text = (type: 'snapshot' | 'update'): string =>
    JSON.stringify({ channel: 'ticker', type, data: [tickerRow(desk, pair)] });
  const state = (): string => {
    const { book, lastTradeId } = pair.market;
    return eventTrigger === 'trades' ? String(lastTradeId) : `${book.bids.bestTicks()} ${book.asks.bestTicks()}`;
  };
  let sent = state();
  const due = (): readonly string[] => {
    const current = state();
    if (current === sent) return NOTHING;
    sent = current;
    return [text('update')];
  };
  return { snapshot: () => text('snapshot'), due, printed: () => null };
}

function tickerRow({ venue }: KrakenDesk, { v2Name, market }: Pair) {
  const { rules, book, lastTicks } = market;
  const bar = dayBar(venue, market, venue.clock.now().marketMs);
  const [bid, ask] = [book.bids.bestTicks(), book.asks.bestTicks()];
  const price = (amount: bigint): unknown => wireNumber(amountText(amount, digitsOf(rules.prices)));
  const change = bar.close - bar.open;
  return {
    symbol: v2Name,
    bid: wireNumber(priceText(rules, bid ?? 0)),
    bid_qty: wireNumber(sizeText(rules, bid === undefined ? 0 : book.bids.visibleLots(bid))),
    ask: wireNumber(priceText(rules, ask ?? 0)),
    ask_qty: wireNumber(sizeText(rules, ask === undefined ? 0 : book.asks.visibleLots(ask))),
    last: wireNumber(priceText(rules, lastTicks ?? 0)),
    volume: wireNumber(amountText(bar.volume, 8)),
    vwap: wireNumber(averageText(bar, digitsOf(rules.prices))),
    low: price(bar.low),
    high: price(bar.high),
    change: price(change),
    change_pct: bar.open === 0n ? 0 : Number((change * 10_000n) / bar.open) / 100,
  };
}

/** Each second the open bar, and before it every bar that closed since; compressed time closes several at once. */
function ohlcChannel({ venue }: KrakenDesk, { pair, size }: ChannelSpec): PublicChannel {
  const { rules, phase } = pair.market;
  const interval = OHLC_INTERVALS[size] ?? '1m';
  const lengthMs = INTERVALS[interval] ?? 0;
  const message = (type: 'snapshot' | 'update', bars: readonly Bar[]): string =>
    JSON.stringify({
      channel: 'ohlc',
      type,
      timestamp: timeText(venue.clock.now().marketMs),
      data: bars.map((bar) => ohlcRow(pair, size, bar)),
    });
  let openMs = Math.floor(venue.clock.now().marketMs / lengthMs) * lengthMs;
  const due = (pulse: number): readonly string[] => {
    if (pulse % EVERY_SECOND !== phase % EVERY_SECOND) return NOTHING;
    const { marketMs } = venue.clock.now();
    const missed = Math.floor((marketMs - openMs) / lengthMs);
    const bars = venue.tape(rules.symbol)?.bars(interval, marketMs, Math.min(500, missed + 1)) ?? [];
    const news = bars.filter((bar) => bar.openMs >= openMs);
    openMs = Math.floor(marketMs / lengthMs) * lengthMs;
    return news.map((bar) => message('update', [bar]));
  };
  const snapshot = (): string =>
    message('snapshot', venue.tape(rules.symbol)?.bars(interval, venue.clock.now().marketMs, SNAPSHOT_BARS) ?? []);
  return { snapshot, due, printed: () => null };
}

function ohlcRow({ v2Name, market: { rules } }: Pair, minutes: number, bar: Bar) {
  const price = (amount: bigint): unknown => wireNumber(amountText(amount, digitsOf(rules.prices)));
  return {
    symbol: v2Name,
    open: price(bar.open),
    high: price(bar.high),
    low: price(bar.low),
    close: price(bar.close),
    trades: bar.trades,
    volume: wireNumber(amountText(bar.volume, 8)),
    vwap: wireNumber(averageText(bar, digitsOf(rules.prices))),
    interval_begin: `${new Date(bar.openMs).toISOString().slice(0, -5)}.000000000Z`,
    interval: minutes,
    timestamp: timeText(bar.closeMs + 1),
  };
}
