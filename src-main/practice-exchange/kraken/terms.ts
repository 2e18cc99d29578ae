import type { SymbolMarket } from '../matching/exchange-state.ts';
import type { OrderRequest } from '../matching/order-request.ts';
import type { OrderTerms } from '../matching/order-terms.ts';
import type { VenueOrder } from '../matching/venue-order.ts';
import { MARGIN_ASSET } from '../usdm/futures-account.ts';

/** Leverage that spot margin offers on pairs quoted in USDT. */
const LEVERAGES: readonly number[] = [2, 3, 4, 5];

export const leveragesOf = ({ rules }: SymbolMarket): readonly number[] =>
  rules.quote === MARGIN_ASSET ? LEVERAGES : [];

export const ORDER_TYPES = [
  'limit',
  'market',
  'stop-loss',
  'stop-loss-limit',
  'take-profit',
  'take-profit-limit',
  'trailing-stop',
] as const;
export type KrakenOrderType = (typeof ORDER_TYPES)[number];

/** Distance of a trailing stop: of the price in ticks, or a fraction of it in millionths. */
export type Trail = { readonly unit: 'ticks' | 'millionths'; readonly distance: number };

/** A conditional close: an order of the other side for each quantity that the primary order trades. */
export type CloseOrder = {
  readonly type: KrakenOrderType;
  /** As sent: limit or trigger price, then the limit price of a triggered limit order. */
  readonly price: string;
  readonly price2: string | null;
};

/** What Kraken's protocol knows of an order beyond what matching needs. */
export type KrakenTerms = OrderTerms & {
  readonly protocol: 'KRAKEN';
  readonly type: KrakenOrderType;
  readonly clientOrderId: string | null;
  readonly userref: number | null;
  readonly feeIn: 'base' | 'quote';
  /** Of a margin order; null on spot. */
  readonly leverage: number | null;
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK' | 'GTD';
  /** API time at which a GTD order ends. */
  readonly expiresMs: number | null;
  readonly close: CloseOrder | null;
  readonly trail: Trail | null;
  /** Of an order that a conditional close made: txid of its primary order. */
  readonly primary: string | null;
};

export type KrakenOrder = VenueOrder & { readonly terms: KrakenTerms };

const isKraken = (terms: OrderTerms | undefined): terms is KrakenTerms => terms?.protocol === 'KRAKEN';

export const termsOf = (order: Pick<OrderRequest, 'terms'>): KrakenTerms | null =>
  isKraken(order.terms) ? order.terms : null;

export const isKrakenOrder = (order: Readonly<VenueOrder>): order is KrakenOrder => isKraken(order.terms);

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Kraken's form of ids, `O12345-12345-123456`: sixteen letters and digits, here made of numbers that name the thing. */
export function krakenId(
  letter: 'O' | 'T' | 'L',
  ...parts: readonly (readonly [value: number, digits: number])[]
): string {
  const text = parts.map(([value, digits]) => inBase36(value).padStart(digits, '0')).join('');
  const padded = text.padStart(16, '0');
  return `${letter}${padded.slice(0, 5)}-${padded.slice(5, 10)}-${padded.slice(10)}`;
}

function inBase36(value: number): string {
  let text = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / 36)) text = ALPHABET.charAt(rest % 36) + text;
  return text;
}

export const txidOf = (order: Pick<VenueOrder, 'id'>): string => krakenId('O', [order.id, 16]);

/** The order's number in a txid; undefined when it is none. */
export function orderIdOf(txid: string): number | undefined {
  const match = /^O([0-9A-Z]{5})-([0-9A-Z]{5})-([0-9A-Z]{6})$/.exec(txid);
  if (match === null) return undefined;
  const id = Number.parseInt(match.slice(1).join(''), 36);
  return Number.isSafeInteger(id) ? id : undefined;
}

/** Both orders of a match can be ours: the id names trade and order. */
export const tradeTxid = (phase: number, tradeId: number, orderId: number): string =>
  krakenId('T', [phase, 3], [tradeId, 7], [orderId, 6]);
