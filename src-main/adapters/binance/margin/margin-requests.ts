import { type OrderSpec, ordersOf, type Submission } from '../../../engine/domain/order.ts';
import { ok, type Result } from '../../../engine/domain/result.ts';
import type { CallParams } from '../../ccxt/ccxt-binance.ts';
import { type OrderRequest, orderRequest } from '../order-requests.ts';

/**
 * A create on margin: spot's words under margin's paths, with who pays. Entries borrow what they lack; what ends a position
 * pays debts back with what it receives. OTO and OTOCO take a borrowing effect only, for their working order.
 * https://developers.binance.com/docs/margin_trading/trade
 */
export function marginRequest(
  submission: Submission,
  venueSymbol: string,
  common: CallParams,
): Result<OrderRequest, string> {
  const request = orderRequest(submission, venueSymbol);
  if (!request.ok) return request;
  const { params, orders } = request.value;
  const [first] = ordersOf(submission);
  const side: CallParams = { ...common, sideEffectType: first?.role === 'entry' ? 'MARGIN_BUY' : 'AUTO_REPAY' };
  switch (submission.kind) {
    case 'single':
      return ok({ call: 'sapiPostMarginOrder', orders, params: { ...params, ...side } });
    case 'oto':
      return ok({ call: 'sapiPostMarginOrderOto', orders, params: { ...params, ...side } });
    case 'otoco':
      return ok({ call: 'sapiPostMarginOrderOtoco', orders, params: { ...params, ...side } });
    case 'oco':
      return ok({ call: 'sapiPostMarginOrderOco', orders, params: { ...ocoParams(submission, venueSymbol), ...side } });
  }
}

/** Margin names the legs of an OCO by what they are, not by where they lie. */
function ocoParams(list: Extract<Submission, { kind: 'oco' }>, symbol: string): CallParams {
  const { target, stop, listId } = list;
  return {
    symbol,
    listClientOrderId: listId,
    side: stop.side.toUpperCase(),
    quantity: stop.quantity,
    newOrderRespType: 'FULL',
    limitClientOrderId: target.clientOrderId,
    stopClientOrderId: stop.clientOrderId,
    ...given('price', target.price),
    ...given('stopPrice', stop.triggerPrice),
    ...limitOfStop(stop),
  };
}

function limitOfStop({ price, timeInForce }: OrderSpec): CallParams {
  return price === null ? {} : { stopLimitPrice: price, stopLimitTimeInForce: (timeInForce ?? 'gtc').toUpperCase() };
}

const given = (name: string, value: string | null): CallParams => (value === null ? {} : { [name]: value });
