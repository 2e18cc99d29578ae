import type { GenericAbility } from '../../engine/domain/generic-venues.ts';
import type { CcxtExchange } from './ccxt-exchange.ts';

type Stated = Pick<CcxtExchange, 'has' | 'features'>;

/** What `has` and `features` of ccxt say in a word of ours. `emulated` is no answer of the venue and does not count. */
const STATED: Readonly<Record<Exclude<GenericAbility, 'orders' | 'ownId' | 'lookup'>, (of: Stated) => boolean>> = {
  bookStream: ({ has }) => has['watchOrderBook'] === true,
  tradeStream: ({ has }) => has['watchTrades'] === true,
  orderStream: ({ has }) => has['watchOrders'] === true,
  bars: ({ has }) => has['fetchOHLCV'] === true,
  market: ({ has }) => has['createMarketOrder'] === true,
  postOnly: ({ features }) => timeInForceOf(features, 'PO'),
  ioc: ({ features }) => timeInForceOf(features, 'IOC'),
  fok: ({ features }) => timeInForceOf(features, 'FOK'),
  stop: ({ features }) => orderFeature(features, 'stopLossPrice') === true,
};

/** Without any of these an account cannot be kept: orders, what became of them, and what it holds. */
const TO_TRADE = ['createOrder', 'cancelOrder', 'fetchOpenOrders', 'fetchMyTrades', 'fetchBalance'] as const;
/** An order that lost its answer is read again by these. */
const OWN_ID = /client_?order_?id|clientoid|cl_ord_id/i;

/** In the order in which they are written down. */
export function statedAbilities(exchange: CcxtExchange): readonly GenericAbility[] {
  const names = Object.keys(STATED) as (keyof typeof STATED)[];
  return [
    ...(TO_TRADE.every((name) => exchange.has[name] === true) ? (['orders'] as const) : []),
    ...(OWN_ID.test(sourceOf(exchange, /^create\w*Order$|OrderRequest$/i)) ? (['ownId'] as const) : []),
    ...(OWN_ID.test(sourceOf(exchange, /^fetchOrder(WithClientOrderId)?$/)) ? (['lookup'] as const) : []),
    ...names.filter((name) => STATED[name](exchange)),
  ];
}

/**
 * ccxt states nowhere whether a venue takes ids of ours or finds orders by them: the methods of its class do, by reading
 * such a parameter. Text of every method with such a name, without those of the base class.
 */
function sourceOf(exchange: CcxtExchange, name: RegExp): string {
  const texts: string[] = [];
  let type: unknown = Object.getPrototypeOf(exchange);
  while (typeof type === 'object' && type !== null && type.constructor.name !== 'Exchange') {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
      if (name.test(key) && typeof value === 'function') texts.push(String(value));
    }
    type = Object.getPrototypeOf(type);
  }
  return texts.join('\n');
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;

const orderFeature = (features: unknown, name: string): unknown => at(at(at(features, 'spot'), 'createOrder'), name);

const timeInForceOf = (features: unknown, name: string): boolean =>
  at(orderFeature(features, 'timeInForce'), name) === true;
