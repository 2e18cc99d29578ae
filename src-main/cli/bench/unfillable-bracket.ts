import { randomBytes } from 'node:crypto';
import type { ListedInstrument } from '../../engine/domain/events.ts';
import { Price, Quantity } from '../../engine/domain/quantities.ts';
import { decimal } from '../../engine/domain/decimal.ts';

/** Below the market: a FOK entry there expires at once, so that every order finds the account as the first one did. */
export const BELOW_MARKET = decimal('0.97');

const id = (): string => randomBytes(16).toString('hex');
const near = (price: Price, factor: string, listed: ListedInstrument): string =>
  price
    .scaledBy(decimal(factor), 'down')
    .roundToTick(Price.of(decimal(listed.tickSize)), 'down')
    .toString();

/** Parameters of an OTOCO that cannot fill, as the contestants without an engine send it. */
export function unfillableBracket(listed: ListedInstrument, price: Price): Readonly<Record<string, string>> {
  const lot = Quantity.of(decimal(listed.lotSize));
  const affordable = Quantity.of(decimal(listed.minQuantity)).scaledBy(decimal('1000'), lot.scale, 'down');
  const quantity = affordable.max(lot).floorToLot(lot).toString();
  return {
    symbol: listed.venueSymbol,
    listClientOrderId: id(),
    newOrderRespType: 'FULL',
    workingType: 'LIMIT',
    workingSide: 'BUY',
    workingClientOrderId: id(),
    workingPrice: near(price, '1', listed),
    workingQuantity: quantity,
    workingTimeInForce: 'FOK',
    pendingSide: 'SELL',
    pendingQuantity: quantity,
    pendingAboveType: 'LIMIT_MAKER',
    pendingAboveClientOrderId: id(),
    pendingAbovePrice: near(price, '1.01', listed),
    pendingBelowType: 'STOP_LOSS_LIMIT',
    pendingBelowClientOrderId: id(),
    pendingBelowPrice: near(price, '0.98', listed),
    pendingBelowStopPrice: near(price, '0.99', listed),
    pendingBelowTimeInForce: 'GTC',
  };
}
