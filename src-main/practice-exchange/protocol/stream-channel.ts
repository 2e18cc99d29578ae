import type { Print } from '../matching/exchange-events.ts';
import type { SymbolMarket } from '../matching/exchange-state.ts';
import { INTERVALS, klineEvent } from '../tape.ts';
import { dayTicker } from './market-routes.ts';
import type { MarketBoard } from './route.ts';
import { aggregateTradeEvent, bookTickerText, depthDiff, partialDepth, tradeEvent } from './stream-messages.ts';

/** Pulses of 25 ms between two messages. */
const EVERY_100_MS = 4;
export const EVERY_SECOND = 40;

/** What one stream has to say. */
export type Channel = {
  /** Events due at this pulse. */
  readonly due: (pulse: number, marketMs: number) => readonly string[];
  /** The event for a print, or null for streams that do not tell prints. */
  readonly printed: (print: Print) => string | null;
  readonly close: () => void;
};

const NOTHING: readonly string[] = [];
const noPrint = (): null => null;
const noClose = (): void => undefined;

/** Undefined for names that are no stream of a known symbol. */
export function openChannel(venue: MarketBoard, name: string): Channel | undefined {
  const at = name.indexOf('@');
  const market = venue.engine.state.markets.get(name.slice(0, Math.max(0, at)).toUpperCase());
  if (market === undefined) return undefined;
  const kind = name.slice(at + 1);
  return depthChannel(venue, market, name) ?? otherChannel(venue, market, kind);
}

function otherChannel(venue: MarketBoard, market: SymbolMarket, kind: string): Channel | undefined {
  const { rules } = market;
  const nowMs = (): number => venue.clock.now().marketMs;
  if (kind === 'trade') return { ...silent(), printed: (print) => tradeEvent(rules, print, nowMs()) };
  if (kind === 'aggTrade') return { ...silent(), printed: (print) => aggregateTradeEvent(rules, print, nowMs()) };
  if (kind === 'bookTicker') return bookTickerChannel(market);
  if (kind === 'miniTicker' || kind === 'ticker') return tickerChannel(venue, market, kind);
  const interval = /^kline_(\w+)$/.exec(kind)?.[1];
  return interval !== undefined && INTERVALS[interval] !== undefined
    ? klineChannel(venue, market, interval)
    : undefined;
}

export const silent = (): Channel => ({ due: () => NOTHING, printed: noPrint, close: noClose });

/** The diff or the top of a book; `diff` writes a diff in the words of the product. */
export function depthChannel(
  venue: MarketBoard,
  market: SymbolMarket,
  name: string,
  diff: typeof depthDiff = depthDiff,
): Channel | undefined {
  const match = /@depth(5|10|20)?(?:@(100|1000)ms)?$/.exec(name);
  if (match === null) return undefined;
  const [, levels, speed] = match;
  const every = speed === '100' ? EVERY_100_MS : EVERY_SECOND;
  const phase = market.phase % every;
  return levels === undefined
    ? diffChannel(venue, market, { name, every, phase, diff })
    : partialChannel(market, Number(levels), { every, phase });
}

function diffChannel(
  venue: MarketBoard,
  market: SymbolMarket,
  {
    name,
    every,
    phase,
    diff,
  }: { readonly name: string; readonly every: number; readonly phase: number; readonly diff: typeof depthDiff },
): Channel {
  const { book } = market;
  const window = book.openWindow();
  const due = (pulse: number, marketMs: number): readonly string[] => {
    if (pulse % every !== phase) return NOTHING;
    const shift = venue.faults.strikeStream('badSequence', name) === undefined ? 0 : 1000;
    const text = diff(market, window, { marketMs, shift });
    if (text === null) return NOTHING;
    book.restartWindow(window);
    return venue.faults.strikeStream('gap', name) === undefined ? [text] : NOTHING;
  };
  return { due, printed: noPrint, close: () => book.closeWindow(window) };
}

function partialChannel(
  market: SymbolMarket,
  levels: number,
  { every, phase }: { readonly every: number; readonly phase: number },
): Channel {
  let sentId = -1;
  const due = (pulse: number): readonly string[] => {
    if (pulse % every !== phase || market.book.lastUpdateId === sentId) return NOTHING;
    sentId = market.book.lastUpdateId;
    return [partialDepth(market, levels)];
  };
  return { due, printed: noPrint, close: noClose };
}

/** Tells the best prices when they change; `write` puts what they are into the words of the product. */
export function bookTickerChannel(
  market: SymbolMarket,
  write = (updateId: number, text: string): string => `{"u":${updateId},${text}}`,
): Channel {
  let sentId = -1;
  let sent = '';
  const due = (): readonly string[] => {
    if (market.book.lastUpdateId === sentId) return NOTHING;
    sentId = market.book.lastUpdateId;
    const text = bookTickerText(market);
    if (text === sent) return NOTHING;
    sent = text;
    return [write(sentId, text)];
  };
  return { due, printed: noPrint, close: noClose };
}

function tickerChannel(venue: MarketBoard, market: SymbolMarket, kind: 'miniTicker' | 'ticker'): Channel {
  const phase = market.phase % EVERY_SECOND;
  const due = (pulse: number, marketMs: number): readonly string[] =>
    pulse % EVERY_SECOND === phase ? [JSON.stringify(tickerEvent(venue, market, kind, marketMs))] : NOTHING;
  return { due, printed: noPrint, close: noClose };
}

function tickerEvent(venue: MarketBoard, market: SymbolMarket, kind: 'miniTicker' | 'ticker', marketMs: number) {
  const day = dayTicker(venue, market);
  const mini = {
    e: kind === 'ticker' ? '24hrTicker' : '24hrMiniTicker',
    E: marketMs,
    s: day.symbol,
    c: day.lastPrice,
    o: day.openPrice,
    h: day.highPrice,
    l: day.lowPrice,
    v: day.volume,
    q: day.quoteVolume,
  };
  if (kind === 'miniTicker') return mini;
  return {
    ...mini,
    p: day.priceChange,
    P: day.priceChangePercent,
    w: day.weightedAvgPrice,
    x: day.prevClosePrice,
    Q: day.lastQty,
    b: day.bidPrice,
    B: day.bidQty,
    a: day.askPrice,
    A: day.askQty,
    O: day.openTime,
    C: day.closeTime,
    F: day.firstId,
    L: day.lastId,
    n: day.count,
  };
}

/** Each second the open bar, and before it every bar that closed since; compressed time closes several at once. */
function klineChannel(venue: MarketBoard, market: SymbolMarket, interval: string): Channel {
  const { symbol } = market.rules;
  const phase = market.phase % EVERY_SECOND;
  const lengthMs = INTERVALS[interval] ?? 0;
  let openMs = Math.floor(venue.clock.now().marketMs / lengthMs) * lengthMs;
  const event = (bar: Parameters<typeof klineEvent>[2], marketMs: number, isClosed: boolean): string =>
    JSON.stringify({
      e: 'kline',
      E: marketMs,
      s: symbol,
      k: klineEvent(symbol, interval, bar, [-1, market.lastTradeId], isClosed),
    });
  const due = (pulse: number, marketMs: number): readonly string[] => {
    if (pulse % EVERY_SECOND !== phase) return NOTHING;
    const tape = venue.tape(symbol);
    const nowOpenMs = Math.floor(marketMs / lengthMs) * lengthMs;
    const missed = Math.min(500, (nowOpenMs - openMs) / lengthMs);
    const closed = missed > 0 ? (tape?.bars(interval, nowOpenMs - 1, missed) ?? []) : [];
    const texts = closed
      .filter((bar) => bar.openMs >= openMs && bar.openMs < nowOpenMs)
      .map((bar) => event(bar, marketMs, true));
    openMs = nowOpenMs;
    const current = tape?.current(interval, marketMs) ?? null;
    return current === null ? texts : [...texts, event(current, marketMs, false)];
  };
  return { due, printed: noPrint, close: noClose };
}
