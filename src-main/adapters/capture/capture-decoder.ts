import type { DepthSnapshot } from '../../engine/market-data/depth-synchronizer.ts';
import { type BinanceEvent, decodeBinanceEvent, decodeBinanceSnapshot } from '../binance/public/decode.ts';
import { type Gap, gapOf } from './capture-gap.ts';
import { DecodeFailure, isObject, type JsonObject } from '../decode-failure.ts';
import { decodeKrakenV1, decodeKrakenV2, type KrakenEvent, quoteV2Numbers } from '../kraken/decode.ts';

/** How a recorder framed its lines. */
export type CaptureFormat = 'nanosecond-lines' | 'cryptofeed-ws' | 'cryptofeed-http' | 'json-lines';
export type CaptureVenue = 'BINANCE' | 'KRAKEN' | 'BITSTAMP';
export type CaptureProduct = 'SPOT' | 'USDM';

export type CaptureRecord = {
  readonly format: CaptureFormat;
  /** The recorder's own clock, UTC epoch milliseconds; null where the line has none. */
  readonly receivedAtMs: number | null;
  readonly entries: readonly CaptureEntry[];
  /** Messages are missing before it, or those of a new socket follow; null for neither. */
  readonly gap: Gap | null;
};

export type CaptureEntry =
  | { readonly venue: 'BINANCE'; readonly product: CaptureProduct | null; readonly event: BinanceEvent }
  | { readonly venue: 'BINANCE'; readonly product: CaptureProduct; readonly event: SnapshotEvent }
  | { readonly venue: 'KRAKEN'; readonly product: 'SPOT'; readonly event: KrakenEvent }
  | {
      readonly venue: 'BITSTAMP';
      readonly product: 'SPOT';
      readonly event: Extract<BinanceEvent, { kind: 'unsupported' }>;
    }
  /** Names an instrument that was subscribed to. */
  | {
      readonly venue: CaptureVenue;
      readonly product: 'SPOT';
      /** `depth` of its book, where the venue says it. */
      readonly event: { kind: 'subscribed'; readonly symbol: string; readonly depth?: number };
    };

/** `symbol` is null where the recorder did not write the request down. */
export type SnapshotEvent = {
  readonly kind: 'snapshot';
  readonly symbol: string | null;
  readonly snapshot: DepthSnapshot;
};

const NANOSECONDS = /^(\d{19}) (?=[[{])/;
const RECEIVED = /^(\d{9,11}(?:\.\d+)?): (?=[[{])/;
const REQUEST = /^(https?:\/\/\S+) -> (\d+(?:\.\d+)?): (?=[[{])/;
/** `address <-> time` when a socket opened, `address <- time: message` for what was sent. */
const SENT = /^wss?:\/\/\S+ <->? \d+(?:\.\d+)?(?::|$)/;

/** Decodes one line. Throws DecodeFailure when it is none of the known framings or its message is damaged. */
export function decodeCaptureLine(line: string): CaptureRecord {
  const nanoseconds = NANOSECONDS.exec(line);
  if (nanoseconds !== null) return received('nanosecond-lines', Number(line.slice(0, 16)) / 1_000, line.slice(20));
  const seconds = RECEIVED.exec(line);
  if (seconds !== null) return received('cryptofeed-ws', Number(seconds[1]) * 1_000, line.slice(seconds[0].length));
  const request = REQUEST.exec(line);
  if (request !== null) return requested(request, line.slice(request[0].length));
  if (SENT.test(line)) return { format: 'cryptofeed-ws', receivedAtMs: null, entries: [], gap: null };
  if (/^[[{]/.test(line)) return received('json-lines', null, line);
  throw new DecodeFailure(`expected a capture line, was ${JSON.stringify(line.slice(0, 60))}`);
}

function received(format: CaptureFormat, receivedAtMs: number | null, text: string): CaptureRecord {
  const message = parseJson(text);
  return { format, receivedAtMs, entries: decodeMessage(message, text), gap: gapOf(message) };
}

function requested(request: RegExpExecArray, text: string): CaptureRecord {
  const url = URL.parse(request[1] ?? '');
  if (url === null) throw new DecodeFailure(`expected an address, was ${request[1] ?? ''}`);
  const body = parseJson(text);
  const isDepth = url.pathname.endsWith('/depth');
  const symbol = url.searchParams.get('symbol');
  const product = url.pathname.startsWith('/fapi/') ? 'USDM' : 'SPOT';
  const entry: CaptureEntry = isDepth
    ? { venue: 'BINANCE', product, event: { kind: 'snapshot', symbol, snapshot: decodeBinanceSnapshot(body) } }
    : { venue: 'BINANCE', product, event: { kind: 'unsupported', symbol, type: url.pathname } };
  return { format: 'cryptofeed-http', receivedAtMs: Number(request[2]) * 1_000, entries: [entry], gap: null };
}

function decodeMessage(message: unknown, text: string): readonly CaptureEntry[] {
  if (Array.isArray(message)) return [{ venue: 'KRAKEN', product: 'SPOT', event: decodeKrakenV1(message) }];
  if (!isObject(message)) throw new DecodeFailure(`expected an object or a list, was ${text.slice(0, 60)}`);
  if (typeof message['event'] === 'string') return eventMessage(message, message['event']);
  if (typeof message['channel'] === 'string') return krakenV2(text);
  if (isObject(message['data'])) return [binance(message['data'])];
  if ('lastUpdateId' in message) return [binanceSnapshot(message)];
  if ('e' in message || 'u' in message) return [binance(message)];
  if ('result' in message || 'method' in message) return acknowledged(message);
  throw new DecodeFailure(`expected a message of a known venue, was ${text.slice(0, 60)}`);
}

function binance(data: JsonObject): CaptureEntry {
  return { venue: 'BINANCE', product: productOf(data), event: decodeBinanceEvent(data) };
}

/** Only some messages tell spot from USD-M; null leaves it to the rest of the file. */
function productOf(data: JsonObject): CaptureProduct | null {
  if (data['e'] === 'depthUpdate') return 'pu' in data ? 'USDM' : 'SPOT';
  if (data['e'] === 'bookTicker') return 'USDM';
  if (data['e'] === undefined) return 'SPOT';
  // Spot trades carry an `M` that means nothing; USD-M trades do not.
  if (data['e'] === 'trade' || data['e'] === 'aggTrade') return 'M' in data ? 'SPOT' : 'USDM';
  return null;
}

function binanceSnapshot(body: JsonObject): CaptureEntry {
  const event: SnapshotEvent = { kind: 'snapshot', symbol: null, snapshot: decodeBinanceSnapshot(body) };
  return { venue: 'BINANCE', product: 'E' in body ? 'USDM' : 'SPOT', event };
}

function krakenV2(text: string): readonly CaptureEntry[] {
  const message = parseJson(quoteV2Numbers(text));
  if (!isObject(message) || !Array.isArray(message['data']) || message['channel'] === 'status') return [];
  return decodeKrakenV2(message).map((event) => ({ venue: 'KRAKEN', product: 'SPOT', event }));
}

/** Kraken v2 names the depth of a book when it is subscribed to, and not with the book. */
function acknowledged({ method, result }: JsonObject): readonly CaptureEntry[] {
  if (method !== 'subscribe' || !isObject(result) || result['channel'] !== 'book') return [];
  const { symbol, depth } = result;
  if (typeof symbol !== 'string' || typeof depth !== 'number') return [];
  return [{ venue: 'KRAKEN', product: 'SPOT', event: { kind: 'subscribed', symbol, depth } }];
}

/** Kraken v1 control messages and all of Bitstamp carry `event`. */
function eventMessage(message: JsonObject, event: string): readonly CaptureEntry[] {
  if (event === 'subscriptionStatus' && typeof message['pair'] === 'string') {
    return [{ venue: 'KRAKEN', product: 'SPOT', event: { kind: 'subscribed', symbol: message['pair'] } }];
  }
  const channel = typeof message['channel'] === 'string' ? /^(.+)_([^_]+)$/.exec(message['channel']) : null;
  if (channel === null) return [];
  const symbol = (channel[2] ?? '').toUpperCase();
  if (event === 'bts:subscription_succeeded') {
    return [{ venue: 'BITSTAMP', product: 'SPOT', event: { kind: 'subscribed', symbol } }];
  }
  return [{ venue: 'BITSTAMP', product: 'SPOT', event: { kind: 'unsupported', symbol, type: channel[1] ?? '' } }];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DecodeFailure(`expected JSON, was ${error instanceof Error ? error.message : String(error)}`);
  }
}
