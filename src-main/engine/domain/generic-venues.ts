/**
 * What ccxt states about a venue that has no adapter of its own. `orders`: orders, open orders, trades and balances can be
 * asked for; `ownId`: it takes order ids of ours; `lookup`: it finds an order by one; `stop`: it has stop orders, which are
 * not used.
 */
export const GENERIC_ABILITIES = [
  'orders',
  'ownId',
  'lookup',
  'bookStream',
  'tradeStream',
  'orderStream',
  'bars',
  'market',
  'postOnly',
  'ioc',
  'fok',
  'stop',
] as const;
export type GenericAbility = (typeof GENERIC_ABILITIES)[number];

/**
 * Every further spot venue of ccxt 4.5.84, written by `src-main/adapters/generic/testing/write-venue-table.ts`. A table of the
 * engine, so that a replay needs no venue.
 */
const TABLE = {
  // <table>
  ALPACA: 'orders ownId bookStream tradeStream orderStream bars market ioc',
  ASTER: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  BACKPACK: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  BEQUANT: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  BIGONE: 'orders ownId bars market postOnly ioc',
  BINANCEUS: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  BINGX: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  BIT2C: 'orders market',
  BITBANK: 'orders bars market postOnly',
  BITBNS: 'orders market',
  BITFINEX: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  BITFLYER: 'market postOnly ioc fok',
  BITGET: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  BITHUMB: 'ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  BITOPRO: 'orders bookStream tradeStream bars market postOnly',
  BITRUE: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  BITSO: 'orders bars market postOnly ioc fok',
  BITSTAMP: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  BITTEAM: 'orders bars market',
  BITTRADE: 'orders ownId bookStream tradeStream bars market',
  BITVAVO: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  BLOCKCHAINCOM: 'orders ownId lookup bookStream tradeStream orderStream market ioc fok',
  BTCBOX: 'market',
  BTCMARKETS: 'orders ownId bars market postOnly ioc fok',
  BTCTURK: 'orders ownId bars market',
  BTSE: 'orders ownId bars market postOnly ioc fok stop',
  BULLISH: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  BYBIT: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  BYBITEU: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  BYBITID: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  CEX: 'ownId bookStream tradeStream orderStream bars market ioc fok',
  COINBASE: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  COINBASEEXCHANGE: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  COINBASEINTERNATIONAL: 'orders ownId lookup bookStream tradeStream bars market postOnly ioc fok',
  COINCHECK: 'orders bookStream tradeStream market postOnly',
  COINEX: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc fok',
  COINMATE: 'orders market postOnly ioc',
  COINONE: 'orders bookStream tradeStream',
  COINSPH: 'orders ownId lookup bars market ioc fok',
  COINSPOT: '',
  CRYPTOCOM: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  CRYPTOMUS: 'ownId',
  DEEPCOIN: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  DELTA: 'orders ownId lookup bars market postOnly ioc fok',
  DERIBIT: 'orders bookStream tradeStream orderStream bars market postOnly ioc fok',
  DERIVE: 'orders ownId bookStream tradeStream orderStream market',
  DIGIFINEX: 'orders bars market postOnly',
  FMFWIO: 'orders ownId lookup bars market postOnly ioc fok',
  FOXBIT: 'orders ownId lookup bars market postOnly ioc fok',
  GATE: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  GATEEU: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  GEMINI: 'orders ownId lookup bookStream tradeStream orderStream bars postOnly ioc fok',
  HASHKEY: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  HITBTC: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  HOLLAEX: 'orders bookStream tradeStream orderStream bars market postOnly',
  HTX: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  HYPERLIQUID: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc',
  INDEPENDENTRESERVE: 'orders bookStream tradeStream market postOnly ioc fok',
  INDODAX: 'bars market ioc',
  KUCOIN: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  LATOKEN: 'orders ownId lookup market ioc fok',
  LBANK: 'orders ownId bookStream tradeStream orderStream bars market ioc fok',
  LIGHTER: 'orders ownId bookStream tradeStream orderStream bars market',
  LUNO: 'orders bookStream tradeStream bars market postOnly ioc fok',
  MERCADO: 'bars market postOnly',
  MEXC: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  MYOKX: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  NADO: 'orders bookStream tradeStream orderStream bars market',
  NDAX: 'orders ownId lookup bookStream tradeStream bars market postOnly ioc fok',
  OKX: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  OKXUS: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok stop',
  ONETRADING: 'orders ownId bookStream orderStream bars market postOnly ioc fok',
  P2B: 'orders bookStream tradeStream bars postOnly ioc fok',
  PACIFICA: 'orders ownId lookup bookStream tradeStream orderStream bars market',
  PAYMIUM: 'market',
  PHEMEX: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  POLONIEX: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  REVOLUTX: 'orders ownId lookup bars market ioc',
  TOKOCRYPTO: 'orders ownId bars market postOnly ioc fok',
  TOOBIT: 'orders ownId lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  UPBIT: 'ownId bookStream tradeStream orderStream bars market postOnly ioc fok',
  WEEX: 'orders ownId lookup bookStream tradeStream orderStream bars market ioc fok',
  WHITEBIT: 'orders ownId bookStream tradeStream orderStream bars market postOnly ioc',
  WOO: 'orders ownId lookup bookStream tradeStream orderStream bars postOnly ioc fok',
  XT: 'orders lookup bookStream tradeStream orderStream bars market postOnly ioc fok',
  ZAIF: '',
  ZEBPAY: 'orders ownId lookup bars market',
  // </table>
} as const satisfies Readonly<Record<string, string>>;

export type GenericVenue = keyof typeof TABLE;

/** In alphabetical order. */
export const GENERIC_VENUES = Object.keys(TABLE) as readonly GenericVenue[];

export const isGenericVenue = (text: string): text is GenericVenue => Object.hasOwn(TABLE, text);

export const abilitiesOf = (venue: GenericVenue): ReadonlySet<string> =>
  new Set(TABLE[venue].split(' ').filter((name) => name !== ''));
