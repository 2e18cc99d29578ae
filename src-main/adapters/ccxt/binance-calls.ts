/** The signed and public calls we use, as ccxt names them after the venue's paths. */
export type BinanceCall =
  | 'publicGetTime'
  | 'publicGetExchangeInfo'
  | 'privateGetAccount'
  | 'privateGetOpenOrders'
  | 'privateGetOrder'
  | 'privateGetAllOrders'
  | 'privateGetMyTrades'
  | 'privatePostOrder'
  | 'privatePostOrderListOco'
  | 'privatePostOrderListOto'
  | 'privatePostOrderListOtoco'
  | 'privateDeleteOrder'
  | 'privateDeleteOrderList'
  | MarginCall
  | UsdmCall;

type MarginCall =
  | 'sapiGetMarginAccount'
  | 'sapiGetMarginIsolatedAccount'
  | 'sapiGetMarginPriceIndex'
  | 'sapiGetMarginOpenOrders'
  | 'sapiGetMarginOrder'
  | 'sapiGetMarginAllOrders'
  | 'sapiGetMarginMyTrades'
  | 'sapiGetMarginInterestHistory'
  | 'sapiPostMarginBorrowRepay'
  | 'sapiPostMarginOrder'
  | 'sapiPostMarginOrderOco'
  | 'sapiPostMarginOrderOto'
  | 'sapiPostMarginOrderOtoco'
  | 'sapiDeleteMarginOrder'
  | 'sapiDeleteMarginOrderList';

type UsdmCall =
  | 'fapiPublicGetTime'
  | 'fapiPublicGetExchangeInfo'
  | 'fapiPrivateV3GetAccount'
  | 'fapiPrivateV3GetPositionRisk'
  | 'fapiPrivateGetPositionSideDual'
  | 'fapiPrivateGetCommissionRate'
  | 'fapiPrivateGetOpenOrders'
  | 'fapiPrivateGetOpenAlgoOrders'
  | 'fapiPrivateGetOrder'
  | 'fapiPrivateGetAlgoOrder'
  | 'fapiPrivateGetUserTrades'
  | 'fapiPrivateGetIncome'
  | 'fapiPrivatePostOrder'
  | 'fapiPrivatePutOrder'
  | 'fapiPrivateDeleteOrder'
  | 'fapiPrivatePostAlgoOrder'
  | 'fapiPrivateDeleteAlgoOrder'
  | 'fapiPrivatePostCountdownCancelAll'
  | 'fapiPrivatePostLeverage'
  | 'fapiPrivatePutListenKey';
/** ccxt makes no method for them; it sends and signs them all the same. */
export const WITHOUT_METHOD: Readonly<Partial<Record<BinanceCall, string>>> = {
  sapiPostMarginOrderOto: 'margin/order/oto',
  sapiPostMarginOrderOtoco: 'margin/order/otoco',
};

export type CallParams = Readonly<Record<string, string | number | boolean>>;
