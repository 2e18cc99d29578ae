import type { BinanceCall } from '../../../adapters/ccxt/ccxt-binance.ts';
import type { RequestClass } from './wire.ts';

/** The venue's own words for the calls of ccxt. */
export const ROUTES: Readonly<Partial<Record<BinanceCall, string>>> = {
  publicGetTime: 'GET /api/v3/time',
  publicGetExchangeInfo: 'GET /api/v3/exchangeInfo',
  privateGetAccount: 'GET /api/v3/account',
  privateGetOpenOrders: 'GET /api/v3/openOrders',
  privateGetOrder: 'GET /api/v3/order',
  privateGetAllOrders: 'GET /api/v3/allOrders',
  privateGetMyTrades: 'GET /api/v3/myTrades',
  privatePostOrder: 'POST /api/v3/order',
  privatePostOrderListOco: 'POST /api/v3/orderList/oco',
  privatePostOrderListOto: 'POST /api/v3/orderList/oto',
  privatePostOrderListOtoco: 'POST /api/v3/orderList/otoco',
  privateDeleteOrder: 'DELETE /api/v3/order',
  privateDeleteOrderList: 'DELETE /api/v3/orderList',
  sapiGetMarginAccount: 'GET /sapi/v1/margin/account',
  sapiGetMarginPriceIndex: 'GET /sapi/v1/margin/priceIndex',
  sapiGetMarginOpenOrders: 'GET /sapi/v1/margin/openOrders',
  sapiGetMarginOrder: 'GET /sapi/v1/margin/order',
  sapiGetMarginAllOrders: 'GET /sapi/v1/margin/allOrders',
  sapiGetMarginMyTrades: 'GET /sapi/v1/margin/myTrades',
  sapiPostMarginBorrowRepay: 'POST /sapi/v1/margin/borrow-repay',
  sapiPostMarginOrder: 'POST /sapi/v1/margin/order',
  sapiPostMarginOrderOco: 'POST /sapi/v1/margin/order/oco',
  sapiPostMarginOrderOto: 'POST /sapi/v1/margin/order/oto',
  sapiPostMarginOrderOtoco: 'POST /sapi/v1/margin/order/otoco',
  sapiDeleteMarginOrder: 'DELETE /sapi/v1/margin/order',
  sapiDeleteMarginOrderList: 'DELETE /sapi/v1/margin/orderList',
  fapiPublicGetTime: 'GET /fapi/v1/time',
  fapiPublicGetExchangeInfo: 'GET /fapi/v1/exchangeInfo',
  fapiPrivateV3GetAccount: 'GET /fapi/v3/account',
  fapiPrivateV3GetPositionRisk: 'GET /fapi/v3/positionRisk',
  fapiPrivateGetPositionSideDual: 'GET /fapi/v1/positionSide/dual',
  fapiPrivateGetCommissionRate: 'GET /fapi/v1/commissionRate',
  fapiPrivateGetOpenOrders: 'GET /fapi/v1/openOrders',
  fapiPrivateGetOpenAlgoOrders: 'GET /fapi/v1/openAlgoOrders',
  fapiPrivateGetOrder: 'GET /fapi/v1/order',
  fapiPrivateGetAlgoOrder: 'GET /fapi/v1/algoOrder',
  fapiPrivateGetUserTrades: 'GET /fapi/v1/userTrades',
  fapiPrivatePostOrder: 'POST /fapi/v1/order',
  fapiPrivatePutOrder: 'PUT /fapi/v1/order',
  fapiPrivateDeleteOrder: 'DELETE /fapi/v1/order',
  fapiPrivatePostAlgoOrder: 'POST /fapi/v1/algoOrder',
  fapiPrivateDeleteAlgoOrder: 'DELETE /fapi/v1/algoOrder',
  fapiPrivatePostCountdownCancelAll: 'POST /fapi/v1/countdownCancelAll',
  fapiPrivatePostLeverage: 'POST /fapi/v1/leverage',
  fapiPrivatePutListenKey: 'PUT /fapi/v1/listenKey',
};

/** Creates, cancels, and what neither makes nor ends an order. */
export function classOf(call: BinanceCall): RequestClass {
  if (/Post(Margin|Algo)?Order/.test(call)) return 'create';
  return call.includes('Delete') ? 'cancel' : 'query';
}
