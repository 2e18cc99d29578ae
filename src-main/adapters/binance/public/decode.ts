import type { DepthSnapshot, DepthUpdate, LevelText } from '../../../engine/market-data/depth-synchronizer.ts';
import {
  booleanField,
  DecodeFailure,
  integerField,
  isObject,
  type JsonObject,
  levelsField,
  mismatch,
  textField,
} from '../../decode-failure.ts';

export type BinanceTrade = {
  readonly tradeId: number;
  readonly price: string;
  readonly quantity: string;
  readonly tradedAtMs: number;
  /** The resting side was the buyer, so the aggressor sold. */
  readonly buyerIsMaker: boolean;
};

export type BinanceKline = {
  readonly interval: string;
  readonly openTimeMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  /** Id of the last trade in the bar; -1 without one. */
  readonly lastTradeId: number;
  readonly isClosed: boolean;
};

/** One message of a Binance market stream. Times are the venue's; null where the message carries none. */
export type BinanceEvent =
  | { readonly kind: 'depth'; readonly symbol: string; readonly eventTimeMs: number; readonly update: DepthUpdate }
  | {
      readonly kind: 'bookTicker';
      readonly symbol: string;
      readonly updateId: number;
      readonly bid: LevelText;
      readonly ask: LevelText;
    }
  | { readonly kind: 'trade'; readonly symbol: string; readonly eventTimeMs: number; readonly trade: BinanceTrade }
  | { readonly kind: 'kline'; readonly symbol: string; readonly eventTimeMs: number; readonly kline: BinanceKline }
  | { readonly kind: 'unsupported'; readonly symbol: string | null; readonly type: string };

/**
 * Decodes the payload of a stream message, without its `{stream, data}` envelope.
 * Throws DecodeFailure when a known kind has not its shape.
 */
export function decodeBinanceEvent(data: JsonObject): BinanceEvent {
  switch (data['e']) {
    case 'depthUpdate':
      return decodeDepth(data);
    case 'trade':
      return decodeTrade(data, 't');
    case 'aggTrade':
      return decodeTrade(data, 'a');
    case 'kline':
      return decodeKline(data);
    case 'bookTicker':
      return decodeBookTicker(data);
    case undefined:
      // Spot sends bookTicker without an event type.
      if ('u' in data && 'B' in data) return decodeBookTicker(data);
      throw new DecodeFailure(`expected an event, was ${JSON.stringify(data).slice(0, 80)}`);
    default:
      return {
        kind: 'unsupported',
        symbol: typeof data['s'] === 'string' ? data['s'] : null,
        type: textField(data, 'e'),
      };
  }
}

/** The reply of GET depth, spot and USD-M. Throws DecodeFailure. */
export function decodeBinanceSnapshot(body: unknown): DepthSnapshot {
  if (!isObject(body)) throw mismatch('a snapshot', 'an object', body);
  return {
    lastUpdateId: integerField(body, 'lastUpdateId'),
    bids: levelsField(body, 'bids'),
    asks: levelsField(body, 'asks'),
  };
}

function decodeDepth(data: JsonObject): BinanceEvent {
  return {
    kind: 'depth',
    symbol: textField(data, 's'),
    eventTimeMs: integerField(data, 'E'),
    update: {
      firstUpdateId: integerField(data, 'U'),
      lastUpdateId: integerField(data, 'u'),
      previousUpdateId: 'pu' in data ? integerField(data, 'pu') : null,
      bids: levelsField(data, 'b'),
      asks: levelsField(data, 'a'),
    },
  };
}

function decodeTrade(data: JsonObject, id: 't' | 'a'): BinanceEvent {
  return {
    kind: 'trade',
    symbol: textField(data, 's'),
    eventTimeMs: integerField(data, 'E'),
    trade: {
      tradeId: integerField(data, id),
      price: textField(data, 'p'),
      quantity: textField(data, 'q'),
      tradedAtMs: integerField(data, 'T'),
      buyerIsMaker: booleanField(data, 'm'),
    },
  };
}

function decodeKline(data: JsonObject): BinanceEvent {
  const k = data['k'];
  if (!isObject(k)) throw mismatch('k', 'an object', k);
  return {
    kind: 'kline',
    symbol: textField(data, 's'),
    eventTimeMs: integerField(data, 'E'),
    kline: {
      interval: textField(k, 'i'),
      openTimeMs: integerField(k, 't'),
      open: textField(k, 'o'),
      high: textField(k, 'h'),
      low: textField(k, 'l'),
      close: textField(k, 'c'),
      volume: textField(k, 'v'),
      lastTradeId: integerField(k, 'L'),
      isClosed: booleanField(k, 'x'),
    },
  };
}

function decodeBookTicker(data: JsonObject): BinanceEvent {
  return {
    kind: 'bookTicker',
    symbol: textField(data, 's'),
    updateId: integerField(data, 'u'),
    bid: [textField(data, 'b'), textField(data, 'B')],
    ask: [textField(data, 'a'), textField(data, 'A')],
  };
}
