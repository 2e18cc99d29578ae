import type { SymbolMarket } from '../../matching/exchange-state.ts';
import type { UsdmVenue } from '../../usdm/usdm-venue.ts';
import { bookTickerChannel, type Channel, depthChannel, EVERY_SECOND, openChannel, silent } from '../stream-channel.ts';
import { aggregateTradeEvent, depthDiff, tradeEvent } from '../stream-messages.ts';
import { premiumIndex } from './market-routes.ts';

/** Streams of USD-M: spot's, but diffs name their predecessor, trades lack spot's mark, events carry two times, and there is a mark price. */
export function openUsdmChannel(usdm: UsdmVenue, name: string): Channel | undefined {
  const at = name.indexOf('@');
  const market = usdm.engine.state.markets.get(name.slice(0, Math.max(0, at)).toUpperCase());
  if (market === undefined) return undefined;
  const kind = name.slice(at + 1);
  if (kind === 'markPrice' || kind === 'markPrice@1s') return markPriceChannel(usdm, market);
  if (kind === 'bookTicker') return bookTickerChannel(market, (updateId, text) => top(usdm, updateId, text));
  const nowMs = (): number => usdm.clock.now().marketMs;
  if (kind === 'trade')
    return { ...silent(), printed: (print) => tradeEvent(market.rules, print, nowMs(), { X: 'MARKET' }) };
  if (kind === 'aggTrade')
    return { ...silent(), printed: (print) => aggregateTradeEvent(market.rules, print, nowMs(), {}) };
  return depthChannel(usdm, market, name, diff) ?? openChannel(usdm, name);
}

/** `pu` is the last update of the event before: the reader's proof that none is missing. */
const diff: typeof depthDiff = (market, window, at) =>
  depthDiff(market, window, at, {
    head: `"T":${at.marketMs},`,
    ids: `,"pu":${window.firstUpdateId - 1 + at.shift}`,
  });

function top(usdm: UsdmVenue, updateId: number, text: string): string {
  const { marketMs } = usdm.clock.now();
  return `{"e":"bookTicker","u":${updateId},${text},"T":${marketMs},"E":${marketMs}}`;
}

function markPriceChannel(usdm: UsdmVenue, market: SymbolMarket): Channel {
  const phase = market.phase % EVERY_SECOND;
  const due = (pulse: number, marketMs: number): readonly string[] => {
    if (pulse % EVERY_SECOND !== phase) return [];
    const index = premiumIndex(usdm, market);
    return [
      JSON.stringify({
        e: 'markPriceUpdate',
        E: marketMs,
        s: index.symbol,
        p: index.markPrice,
        i: index.indexPrice,
        P: index.estimatedSettlePrice,
        r: index.lastFundingRate,
        T: index.nextFundingTime,
      }),
    ];
  };
  return { ...silent(), due };
}
