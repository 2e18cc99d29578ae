import type { SymbolMarket } from '../matching/exchange-state.ts';

/** One market in Kraken's names: `XBTUSDT` in replies, `XBT/USDT` as wsname, `BTC/USDT` on WebSocket v2. */
export type Pair = {
  readonly key: string;
  readonly wsName: string;
  readonly v2Name: string;
  readonly base: string;
  readonly quote: string;
  readonly market: SymbolMarket;
};

/** An asset as Kraken's REST interface names it, such as XXBT with the short name XBT. */
export type AssetNames = { readonly id: string; readonly short: string };

/** Assets listed early carry an X (coins) or Z (money) before their old short name; all others are named plainly. */
const OLD_NAMES: Readonly<Record<string, AssetNames>> = {
  BTC: { id: 'XXBT', short: 'XBT' },
  DOGE: { id: 'XXDG', short: 'XDG' },
  ETH: { id: 'XETH', short: 'ETH' },
  ETC: { id: 'XETC', short: 'ETC' },
  LTC: { id: 'XLTC', short: 'LTC' },
  XRP: { id: 'XXRP', short: 'XRP' },
  XLM: { id: 'XXLM', short: 'XLM' },
  XMR: { id: 'XXMR', short: 'XMR' },
  ZEC: { id: 'XZEC', short: 'ZEC' },
  USD: { id: 'ZUSD', short: 'USD' },
  EUR: { id: 'ZEUR', short: 'EUR' },
};

export const assetNames = (asset: string): AssetNames => OLD_NAMES[asset] ?? { id: asset, short: asset };

/** Every market of the practice exchange under each of its Kraken names. */
export class Pairs {
  readonly all: readonly Pair[];
  private readonly byName = new Map<string, Pair>();
  private readonly bySymbol = new Map<string, Pair>();

  constructor(markets: Iterable<SymbolMarket>) {
    this.all = [...markets].map(pairOf);
    for (const pair of this.all) {
      for (const name of [pair.key, pair.wsName, pair.v2Name, pair.market.rules.symbol]) this.byName.set(name, pair);
      this.bySymbol.set(pair.market.rules.symbol, pair);
    }
  }

  named(name: string): Pair | undefined {
    return this.byName.get(name);
  }

  /** The pair of one of our own symbols, such as BTCUSDT. */
  of(symbol: string): Pair {
    const pair = this.bySymbol.get(symbol);
    if (pair === undefined) throw new RangeError(`expected a symbol of this exchange, was ${symbol}`);
    return pair;
  }
}

function pairOf(market: SymbolMarket): Pair {
  const { base, quote } = market.rules;
  const [baseShort, quoteShort] = [assetNames(base).short, assetNames(quote).short];
  return {
    key: baseShort + quoteShort,
    wsName: `${baseShort}/${quoteShort}`,
    v2Name: `${base}/${quote}`,
    base: assetNames(base).id,
    quote: assetNames(quote).id,
    market,
  };
}
