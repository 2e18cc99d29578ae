import type { LevelChange } from '../market/market-source.ts';
import type { Print } from '../matching/exchange-events.ts';
import type { SymbolMarket } from '../matching/exchange-state.ts';
import type { DiffWindow } from '../matching/symbol-book.ts';
import type { SymbolRules } from '../matching/symbol-rules.ts';

/** Levels as the venue writes them: price and size text. */
export const levelRows = (rules: SymbolRules, levels: readonly LevelChange[]): [string, string][] =>
  levels.map(([ticks, lots]) => [rules.prices.format(ticks), rules.sizes.format(lots)]);

const NO_EXTRA = { head: '', ids: '' } as const;

/** The diff since the window began, or null when nothing changed. Text is built by hand: this is the hot path. */
export function depthDiff(
  { book, rules }: SymbolMarket,
  window: DiffWindow,
  at: { readonly marketMs: number; readonly shift: number },
  /** Fields between the event's time and its symbol, and after its ids. */
  extra: { readonly head: string; readonly ids: string } = NO_EXTRA,
): string | null {
  if (window.bids.size === 0 && window.asks.size === 0) return null;
  const rows = (touched: ReadonlySet<number>, lotsAt: (ticks: number) => number): string => {
    let text = '';
    for (const ticks of touched) {
      text += `${text === '' ? '' : ','}["${rules.prices.format(ticks)}","${rules.sizes.format(lotsAt(ticks))}"]`;
    }
    return text;
  };
  const bids = rows(window.bids, (ticks) => book.bids.visibleLots(ticks));
  const asks = rows(window.asks, (ticks) => book.asks.visibleLots(ticks));
  const ids = `"U":${window.firstUpdateId + at.shift},"u":${book.lastUpdateId + at.shift}`;
  return `{"e":"depthUpdate","E":${at.marketMs},${extra.head}"s":"${rules.symbol}",${ids}${extra.ids},"b":[${bids}],"a":[${asks}]}`;
}

export const partialDepth = ({ book, rules }: SymbolMarket, limit: number): string =>
  JSON.stringify({
    lastUpdateId: book.lastUpdateId,
    bids: levelRows(rules, book.bids.top(limit)),
    asks: levelRows(rules, book.asks.top(limit)),
  });

export function bookTickerText({ book, rules }: SymbolMarket): string {
  const side = (ticks: number | undefined, lotsAt: (ticks: number) => number): [string, string] => [
    rules.prices.format(ticks ?? 0),
    rules.sizes.format(ticks === undefined ? 0 : lotsAt(ticks)),
  ];
  const [bid, bidSize] = side(book.bids.bestTicks(), (ticks) => book.bids.visibleLots(ticks));
  const [ask, askSize] = side(book.asks.bestTicks(), (ticks) => book.asks.visibleLots(ticks));
  return `"s":"${rules.symbol}","b":"${bid}","B":"${bidSize}","a":"${ask}","A":"${askSize}"`;
}

/** `M` means nothing and is spot's alone. */
const SPOT_MARK = { M: true };

export const tradeEvent = (rules: SymbolRules, print: Print, nowMs: number, mark: object = SPOT_MARK): string =>
  JSON.stringify({
    e: 'trade',
    E: nowMs,
    s: rules.symbol,
    t: print.tradeId,
    p: rules.prices.format(print.ticks),
    q: rules.sizes.format(print.lots),
    T: print.atMs,
    m: print.buyerIsMaker,
    ...mark,
  });

export const aggregateTradeEvent = (
  rules: SymbolRules,
  print: Print,
  nowMs: number,
  mark: object = SPOT_MARK,
): string =>
  JSON.stringify({
    e: 'aggTrade',
    E: nowMs,
    s: rules.symbol,
    a: print.tradeId,
    p: rules.prices.format(print.ticks),
    q: rules.sizes.format(print.lots),
    f: print.tradeId,
    l: print.tradeId,
    T: print.atMs,
    m: print.buyerIsMaker,
    ...mark,
  });
