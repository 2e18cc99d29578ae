import type { Bar } from '../tape.ts';
import { dayBar } from '../protocol/market-routes.ts';
import type { Fields } from './fields.ts';
import { pairNamed, pairsNamed } from './named-pairs.ts';
import type { KrakenDesk } from './desk.ts';
import { amountText, digitsOf, priceText, sizeText } from './digits.ts';
import { invalidArgument } from './kraken-error.ts';
import { assetNames, type Pair } from './pairs.ts';
import { leveragesOf } from './terms.ts';

type PublicRoute = (desk: KrakenDesk, fields: Fields) => unknown;

/** Bar lengths in minutes and our names of them. */
export const OHLC_INTERVALS: Readonly<Record<string, string>> = {
  1: '1m',
  5: '5m',
  15: '15m',
  30: '30m',
  60: '1h',
  240: '4h',
  1440: '1d',
};
const MAX_BARS = 720;
const MAX_TRADES = 1_000;
const MAX_DEPTH = 500;
/** Digits of sizes and averages in bars and tickers. */
const LOT_DIGITS = 8;

/** `/0/public/...`; https://docs.kraken.com/api/docs/rest-api/get-server-time and its neighbors. */
export const PUBLIC_ROUTES: Readonly<Record<string, PublicRoute>> = {
  Time: ({ venue }) => {
    const nowMs = venue.clock.apiMs();
    return { unixtime: Math.floor(nowMs / 1000), rfc1123: new Date(nowMs).toUTCString() };
  },
  SystemStatus: ({ venue }) => ({ status: 'online', timestamp: new Date(venue.clock.apiMs()).toISOString() }),
  Assets: assets,
  AssetPairs: assetPairs,
  Ticker: (desk, fields) =>
    Object.fromEntries(pairsNamed(desk, fields.optional('pair')).map((pair) => [pair.key, ticker(desk, pair)])),
  OHLC: ohlc,
  Depth: depth,
  Trades: trades,
};

function assets(desk: KrakenDesk, fields: Fields) {
  const wanted = fields.optional('asset')?.split(',');
  const accounts = [...desk.venue.engine.state.accounts.values()].flatMap((account) => [...account.balances.keys()]);
  const listed = desk.pairs.all.flatMap(({ market }) => [market.rules.base, market.rules.quote]);
  const rows = [...new Set([...listed, ...accounts])].map((asset) => assetNames(asset));
  const chosen = rows.filter(({ id, short }) => wanted === undefined || wanted.includes(id) || wanted.includes(short));
  const row = { aclass: 'currency', decimals: 10, display_decimals: 5, status: 'enabled' };
  return Object.fromEntries(chosen.map(({ id, short }) => [id, { ...row, altname: short }]));
}

function assetPairs(desk: KrakenDesk, fields: Fields) {
  return Object.fromEntries(pairsNamed(desk, fields.optional('pair')).map((pair) => [pair.key, pairInfo(desk, pair)]));
}

/** Fees of the first account, in percent: the venue states its schedule here, the practice exchange has one per account. */
function pairInfo(desk: KrakenDesk, { key, wsName, base, quote, market }: Pair) {
  const { rules } = market;
  const [account] = desk.venue.engine.state.accounts.values();
  const percent = (rate: bigint | undefined): number => Number(amountText((rate ?? 0n) * 100n, 8));
  return {
    altname: key,
    wsname: wsName,
    aclass_base: 'currency',
    base,
    aclass_quote: 'currency',
    quote,
    lot: 'unit',
    cost_decimals: LOT_DIGITS,
    pair_decimals: digitsOf(rules.prices),
    lot_decimals: digitsOf(rules.sizes),
    lot_multiplier: 1,
    leverage_buy: leveragesOf(market),
    leverage_sell: leveragesOf(market),
    fees: [[0, percent(account?.fees.taker)]],
    fees_maker: [[0, percent(account?.fees.maker)]],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: amountText(rules.sizes.amountOf(minimumLots(market)), digitsOf(rules.sizes)),
    costmin: costMinimum(market),
    tick_size: priceText(rules, 1),
    status: rules.status === 'TRADING' ? 'online' : 'cancel_only',
    /** Not a field of the venue: what the practice exchange plays on this pair. */
    practiceOrigin: rules.origin,
  };
}

export function minimumLots({ rules }: Pair['market']): number {
  return rules.filters.lot === null ? 1 : Math.max(1, rules.sizes.stepsOf(rules.filters.lot.min) ?? 1);
}

function costMinimum({ rules }: Pair['market']): string {
  const minimum = rules.rawFilters.find((filter) => String(filter['filterType']).endsWith('NOTIONAL'))?.['minNotional'];
  return typeof minimum === 'string' ? minimum.replace(/\.?0+$/, '') : '0';
}

function ticker({ venue }: KrakenDesk, { market }: Pair) {
  const { rules, book, lastTicks } = market;
  const bar = dayBar(venue, market, venue.clock.now().marketMs);
  const price = (amount: bigint): string => amountText(amount, digitsOf(rules.prices));
  const best = (side: 'bids' | 'asks'): string[] => {
    const ticks = book[side].bestTicks();
    const lots = ticks === undefined ? 0 : book[side].visibleLots(ticks);
    const size = sizeText(rules, lots);
    return [priceText(rules, ticks ?? 0), size.split('.')[0] ?? '0', size];
  };
  const twice = <T>(value: T): T[] => [value, value];
  const lastLots = venue.tape(rules.symbol)?.trades.at(-1)?.lots ?? 0;
  return {
    a: best('asks'),
    b: best('bids'),
    c: [priceText(rules, lastTicks ?? 0), sizeText(rules, lastLots)],
    v: twice(amountText(bar.volume, LOT_DIGITS)),
    p: twice(averageText(bar, digitsOf(rules.prices))),
    t: twice(bar.trades),
    l: twice(price(bar.low)),
    h: twice(price(bar.high)),
    o: price(bar.open),
  };
}

/** Volume-weighted price of a bar. */
export const averageText = (bar: Bar, digits: number): string =>
  amountText(bar.volume === 0n ? bar.close : (bar.quoteVolume * 10n ** 16n) / bar.volume, digits);

/** The newest bars that opened after `since`; the last one is still open. `since` and times are market time in seconds. */
function ohlc(desk: KrakenDesk, fields: Fields) {
  const pair = pairNamed(desk, fields.text('pair'));
  const interval = OHLC_INTERVALS[fields.optional('interval') ?? '1'];
  if (interval === undefined) throw invalidArgument('interval');
  const sinceMs = (fields.integer('since') ?? 0) * 1000;
  const { rules } = pair.market;
  const bars = desk.venue.tape(rules.symbol)?.bars(interval, desk.venue.clock.now().marketMs, MAX_BARS) ?? [];
  const wanted = bars.filter((bar) => bar.openMs > sinceMs);
  const price = (amount: bigint): string => amountText(amount, digitsOf(rules.prices));
  const rows = wanted.map((bar) => [
    bar.openMs / 1000,
    price(bar.open),
    price(bar.high),
    price(bar.low),
    price(bar.close),
    averageText(bar, digitsOf(rules.prices)),
    amountText(bar.volume, LOT_DIGITS),
    bar.trades,
  ]);
  return { [pair.key]: rows, last: Math.floor((bars.at(-2)?.openMs ?? 0) / 1000) };
}

function depth(desk: KrakenDesk, fields: Fields) {
  const pair = pairNamed(desk, fields.text('pair'));
  const count = Math.min(MAX_DEPTH, Math.max(1, fields.integer('count') ?? 100));
  const { rules, book } = pair.market;
  const seconds = Math.floor(desk.venue.clock.now().marketMs / 1000);
  const rows = (side: 'bids' | 'asks') =>
    book[side].top(count).map(([ticks, lots]) => [priceText(rules, ticks), sizeText(rules, lots), seconds]);
  return { [pair.key]: { asks: rows('asks'), bids: rows('bids') } };
}

/** The tape from `since` (nanoseconds of market time) on. */
function trades(desk: KrakenDesk, fields: Fields) {
  const pair = pairNamed(desk, fields.text('pair'));
  const { rules } = pair.market;
  const since = fields.optional('since');
  if (since !== undefined && !/^\d{1,20}$/.test(since)) throw invalidArgument('since');
  const sinceMs = since === undefined ? 0 : Number(BigInt(since) / 1_000_000n);
  const prints = (desk.venue.tape(rules.symbol)?.trades ?? []).filter((print) => print.atMs > sinceMs);
  const count = Math.min(MAX_TRADES, Math.max(1, fields.integer('count') ?? MAX_TRADES));
  const chosen = since === undefined ? prints.slice(-count) : prints.slice(0, count);
  const rows = chosen.map(({ ticks, lots, atMs, buyerIsMaker, tradeId }) => [
    priceText(rules, ticks),
    sizeText(rules, lots),
    atMs / 1000,
    buyerIsMaker ? 's' : 'b',
    'l',
    '',
    tradeId,
  ]);
  return { [pair.key]: rows, last: `${BigInt(chosen.at(-1)?.atMs ?? sinceMs) * 1_000_000n}` };
}
