import { listedInstruments } from '../../adapters/binance/listed-instruments.ts';
import { exchangeInfoReply } from '../../adapters/binance/wire-schemas.ts';
import { decimal } from '../../engine/domain/decimal.ts';
import type { ListedInstrument } from '../../engine/domain/events.ts';
import { Price } from '../../engine/domain/quantities.ts';
import { ensure } from '../../engine/domain/result.ts';
import { BELOW_MARKET } from './unfillable-bracket.ts';

export type BenchMarket = {
  readonly listed: ListedInstrument;
  readonly base: string;
  readonly quote: string;
  /** Below the market: nothing fills there. */
  readonly price: Price;
};

/** Every market the venue lists, in its order. */
export async function benchMarkets(rest: string): Promise<readonly BenchMarket[]> {
  const info = exchangeInfoReply.parse(await (await fetch(`${rest}/api/v3/exchangeInfo`)).json());
  const reply = await fetch(`${rest}/api/v3/ticker/price`);
  const tickers = (await reply.json()) as readonly { readonly symbol: string; readonly price: string }[];
  const last = new Map(tickers.map(({ symbol, price }) => [symbol, price]));
  return listedInstruments(info, { maker: '0', taker: '0' }, 1).map((listed) => {
    const { baseAsset: base, quoteAsset: quote } = ensure(
      info.symbols.find(({ symbol }) => symbol === listed.venueSymbol),
      'its symbol',
    );
    const price = Price.of(decimal(ensure(last.get(listed.venueSymbol), 'its last price')))
      .scaledBy(BELOW_MARKET, 'down')
      .roundToTick(Price.of(decimal(listed.tickSize)), 'down');
    return { listed, base, quote, price };
  });
}
