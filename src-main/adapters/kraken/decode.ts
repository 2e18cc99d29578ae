import type { ChecksumMessage } from '../../engine/market-data/checksum-book.ts';
import type { LevelText } from '../../engine/market-data/depth-synchronizer.ts';
import {
  DecodeFailure,
  integerField,
  isObject,
  type JsonObject,
  levelsField,
  mismatch,
  textField,
} from '../decode-failure.ts';

export type KrakenEvent =
  | { readonly kind: 'book'; readonly symbol: string; readonly depth: number; readonly message: ChecksumMessage }
  | { readonly kind: 'trade'; readonly symbol: string; readonly trades: readonly LevelText[] }
  | { readonly kind: 'ticker'; readonly symbol: string; readonly bid: LevelText; readonly ask: LevelText }
  | { readonly kind: 'bar'; readonly symbol: string }
  | { readonly kind: 'unsupported'; readonly symbol: string | null; readonly type: string };

/** Depth of a v1 `book` channel without a number, and of a v2 subscription that names none. */
const DEFAULT_DEPTH = 10;

/**
 * A v1 channel message: `[channelId, payload, (payload,) channelName, pair]`. An update that changes both sides comes as
 * two payloads, the checksum in the second. Throws DecodeFailure when a known channel has not its shape.
 */
export function decodeKrakenV1(message: readonly unknown[]): KrakenEvent {
  const symbol = message.at(-1);
  const channel = message.at(-2);
  if (typeof symbol !== 'string' || typeof channel !== 'string') {
    throw new DecodeFailure(`expected [id, payload, channel, pair], was ${JSON.stringify(message).slice(0, 80)}`);
  }
  const payloads = message.slice(1, -2);
  const [name = '', depth] = channel.split('-');
  if (name === 'book') return decodeV1Book(symbol, depth, payloads);
  if (name === 'trade') return { kind: 'trade', symbol, trades: levelsField({ trades: payloads[0] }, 'trades') };
  if (name === 'ticker') return decodeV1Ticker(symbol, payloads[0]);
  return { kind: 'unsupported', symbol, type: name };
}

/**
 * A v2 channel message. Its prices are JSON numbers whose trailing zeros count in the checksum, so they are read from
 * the text. Pass the text through `quoteV2Numbers` before parsing. Throws DecodeFailure when a book has not its shape.
 */
export function decodeKrakenV2(message: JsonObject, depth = DEFAULT_DEPTH): readonly KrakenEvent[] {
  const channel = textField(message, 'channel');
  const data = message['data'];
  if (!Array.isArray(data)) throw mismatch('data', 'a list', data);
  return data.map((entry: unknown): KrakenEvent => {
    if (!isObject(entry)) throw mismatch('data', 'a list of objects', entry);
    const symbol = typeof entry['symbol'] === 'string' ? entry['symbol'] : null;
    if (symbol !== null && channel === 'trade') return { kind: 'trade', symbol, trades: [v2Level(entry)] };
    if (symbol !== null && channel === 'ohlc') return { kind: 'bar', symbol };
    if (channel !== 'book' || symbol === null) return { kind: 'unsupported', symbol, type: channel };
    return {
      kind: 'book',
      symbol,
      depth,
      message: {
        kind: textField(message, 'type') === 'snapshot' ? 'snapshot' : 'update',
        bids: v2Levels(entry, 'bids'),
        asks: v2Levels(entry, 'asks'),
        checksum: integerField(entry, 'checksum'),
      },
    };
  });
}

/** Turns the numbers of `price` and `qty` into texts with every digit the venue wrote. */
export function quoteV2Numbers(text: string): string {
  return text.replace(/"(price|qty)"\s*:\s*(\d+(?:\.\d+)?)(?=\s*[,}])/g, '"$1":"$2"');
}

function decodeV1Book(symbol: string, depthText: string | undefined, payloads: readonly unknown[]): KrakenEvent {
  const parts = payloads.filter(isObject);
  if (parts.length === 0 || parts.length !== payloads.length) throw mismatch('book', 'objects', payloads);
  const depth = depthText === undefined ? DEFAULT_DEPTH : Number(depthText);
  if (!Number.isSafeInteger(depth) || depth <= 0) throw mismatch('book', 'a channel like book-1000', depthText);
  const isSnapshot = parts.some((part) => 'as' in part || 'bs' in part);
  const checksum = parts.map((part) => part['c']).find((value) => value !== undefined);
  return {
    kind: 'book',
    symbol,
    depth,
    message: {
      kind: isSnapshot ? 'snapshot' : 'update',
      asks: parts.flatMap((part) => optionalLevels(part, isSnapshot ? 'as' : 'a')),
      bids: parts.flatMap((part) => optionalLevels(part, isSnapshot ? 'bs' : 'b')),
      checksum: checksum === undefined ? null : v1Checksum(checksum),
    },
  };
}

function v1Checksum(value: unknown): number {
  if (typeof value !== 'string' || !/^\d{1,10}$/.test(value)) throw mismatch('c', 'a checksum', value);
  return Number(value);
}

function optionalLevels(part: JsonObject, field: string): readonly LevelText[] {
  return field in part ? levelsField(part, field) : [];
}

/** `b` and `a` are [price, whole lots, lots]. */
function decodeV1Ticker(symbol: string, payload: unknown): KrakenEvent {
  if (!isObject(payload)) throw mismatch('ticker', 'an object', payload);
  return { kind: 'ticker', symbol, bid: tickerSide(payload, 'b'), ask: tickerSide(payload, 'a') };
}

function tickerSide(payload: JsonObject, field: string): LevelText {
  const side = payload[field];
  const [price, , lots] = Array.isArray(side) ? (side as unknown[]) : [];
  if (typeof price !== 'string' || typeof lots !== 'string') throw mismatch(field, '[price, whole lots, lots]', side);
  return [price, lots];
}

function v2Levels(entry: JsonObject, field: string): readonly LevelText[] {
  const levels = entry[field];
  if (!Array.isArray(levels)) throw mismatch(field, 'a list', levels);
  return levels.map((level: unknown) => {
    if (!isObject(level)) throw mismatch(field, 'a list of levels', level);
    return v2Level(level);
  });
}

const v2Level = (level: JsonObject): LevelText => [textField(level, 'price'), textField(level, 'qty')];
