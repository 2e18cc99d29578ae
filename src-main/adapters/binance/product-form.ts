import {
  BINANCE_SPOT_CREATE_DEADLINE_MS,
  capabilitiesOf,
  type VenueCapabilities,
} from '../../engine/domain/capabilities.ts';
import type { Balance, Lane, VenuePosition } from '../../engine/domain/events.ts';
import type { Charge, MarginStanding } from '../../engine/domain/margin.ts';
import type { Submission } from '../../engine/domain/order.ts';
import { ok, type Result } from '../../engine/domain/result.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import type { BinanceCall, CallParams } from '../ccxt/ccxt-binance.ts';
import { balancesOf } from './order-reports.ts';
import { type OrderRequest, orderRequest } from './order-requests.ts';
import type { RestClient } from './rest-client.ts';
import type { SymbolMap } from './symbol-map.ts';
import { accountReply } from './wire-schemas.ts';

/** What the venue says an account holds. */
export type AccountLook = {
  readonly balances: readonly Balance[];
  readonly positions?: readonly VenuePosition[];
  readonly standing?: MarginStanding;
};

/** One call with its REST request weight. */
export type WeighedCall = { readonly call: BinanceCall; readonly weight: number };

export type ChargeQuestion = {
  readonly rest: RestClient;
  readonly symbols: SymbolMap;
  readonly sinceUs: number | null;
  readonly lane: Lane;
};

/** How one product of Binance's spot markets is asked and traded: spot itself and margin share orders, books and answers. */
export type ProductForm = {
  readonly product: 'SPOT' | 'MARGIN';
  readonly capabilities: VenueCapabilities;
  readonly calls: {
    readonly cancel: WeighedCall;
    readonly cancelList: WeighedCall;
    readonly openOrders: WeighedCall;
    readonly order: WeighedCall;
    readonly allOrders: WeighedCall;
    readonly trades: WeighedCall;
    readonly tradesOfOrder: WeighedCall;
  };
  /** The symbol it is bound to; null when it trades all. */
  readonly symbol: string | null;
  /** Goes with every query and cancel. */
  readonly common: CallParams;
  readonly openOrdersParams: CallParams;
  readonly createWeight: number;
  /** Writes a create in the venue's words. Denies what the product has no form for. */
  readonly create: (submission: Submission, venueSymbol: string) => Result<OrderRequest, string>;
  /** Pays debts back with what lies idle; absent where nothing is owed. */
  readonly repayIdle?: (rest: RestClient) => Promise<void>;
  /** Costs booked at or after a time by the venue's clock, the latest ones when null; absent where carrying costs nothing. */
  readonly charges?: (asking: ChargeQuestion) => Promise<Result<readonly Charge[], CallFailure>>;
  /** What the account holds; a failure means "no information". */
  readonly look: (rest: RestClient, symbols: SymbolMap, lane: Lane) => Promise<Result<AccountLook, CallFailure>>;
};

const ACCOUNT_WEIGHT = 20;

/** Weights: rest-api.md of the venue's documentation. */
export const SPOT_FORM: ProductForm = {
  product: 'SPOT',
  capabilities: capabilitiesOf('BINANCE', 'SPOT'),
  calls: {
    cancel: { call: 'privateDeleteOrder', weight: 1 },
    cancelList: { call: 'privateDeleteOrderList', weight: 1 },
    openOrders: { call: 'privateGetOpenOrders', weight: 80 },
    order: { call: 'privateGetOrder', weight: 4 },
    allOrders: { call: 'privateGetAllOrders', weight: 20 },
    trades: { call: 'privateGetMyTrades', weight: 20 },
    tradesOfOrder: { call: 'privateGetMyTrades', weight: 5 },
  },
  symbol: null,
  common: {},
  openOrdersParams: {},
  createWeight: 1,
  create(submission, venueSymbol) {
    const request = orderRequest(submission, venueSymbol);
    if (!request.ok) return request;
    const params = { ...request.value.params, recvWindow: BINANCE_SPOT_CREATE_DEADLINE_MS };
    return ok({ ...request.value, params });
  },
  async look(rest, _symbols, lane) {
    const reply = await readSpotAccount(rest, lane);
    return reply.ok ? ok({ balances: balancesOf(reply.value) }) : reply;
  },
};

/** Balances, fees and permissions of the spot account; fees are the same on margin. */
export const readSpotAccount = (rest: RestClient, lane: Lane = 'query') =>
  rest.query({
    call: 'privateGetAccount',
    params: {},
    schema: accountReply,
    lane,
    weight: ACCOUNT_WEIGHT,
  });
