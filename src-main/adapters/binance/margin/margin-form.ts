import { capabilitiesOf } from '../../../engine/domain/capabilities.ts';
import { decimal } from '../../../engine/domain/decimal.ts';
import type { Lane, VenuePosition } from '../../../engine/domain/events.ts';
import { instrumentId } from '../../../engine/domain/identifiers.ts';
import type { Charge } from '../../../engine/domain/margin.ts';
import { err, ok, type Result } from '../../../engine/domain/result.ts';
import type { CallFailure } from '../../ccxt/call-failure.ts';
import type { CallParams } from '../../ccxt/ccxt-binance.ts';
import type { AccountLook, ChargeQuestion, ProductForm } from '../product-form.ts';
import type { RestClient } from '../rest-client.ts';
import type { SymbolMap } from '../symbol-map.ts';
import {
  type AssetRow,
  balanceOf,
  type CrossAccount,
  crossAccountReply,
  crossLiquidationPrice,
  idleRepayment,
  interestReply,
  type InterestRow,
  isHeld,
  isolatedAccountReply,
  type IsolatedPair,
  isZeroText,
  netOf,
  positionOf,
  priceIndexReply,
  repaidReply,
  standingOf,
} from './margin-account.ts';
import { marginRequest } from './margin-requests.ts';

/** Which of the key's margin accounts: the cross one, or that of one pair by the venue's symbol. */
export type MarginAccountKind = 'cross' | { readonly isolated: string };

type Look = Promise<Result<AccountLook, CallFailure>>;

const WEIGHT = { account: 10, priceIndex: 10, interest: 1 } as const;
/** The venue's largest page. */
const INTEREST_PAGE = 100;
/** Cross accounts are valued in it; a position is told on its pair. */
const QUOTE = 'USDT';

/** Margin on Binance's spot markets. Weights: https://developers.binance.com/docs/margin_trading */
export function marginForm(kind: MarginAccountKind): ProductForm {
  const symbol = kind === 'cross' ? null : kind.isolated;
  const common: CallParams = symbol === null ? {} : { isIsolated: 'TRUE' };
  return {
    product: 'MARGIN',
    capabilities: capabilitiesOf('BINANCE', 'MARGIN'),
    calls: {
      cancel: { call: 'sapiDeleteMarginOrder', weight: 10 },
      cancelList: { call: 'sapiDeleteMarginOrderList', weight: 1 },
      openOrders: { call: 'sapiGetMarginOpenOrders', weight: 10 },
      order: { call: 'sapiGetMarginOrder', weight: 10 },
      allOrders: { call: 'sapiGetMarginAllOrders', weight: 200 },
      trades: { call: 'sapiGetMarginMyTrades', weight: 10 },
      tradesOfOrder: { call: 'sapiGetMarginMyTrades', weight: 10 },
    },
    symbol,
    common,
    openOrdersParams: symbol === null ? {} : { symbol },
    createWeight: 6,
    create: (submission, venueSymbol) => marginRequest(submission, venueSymbol, common),
    repayIdle: async (rest) => repayIdle(rest, symbol),
    charges: async (asking) => interestOf(asking, symbol),
    look: symbol === null ? lookAtCross : (rest, symbols, lane) => lookAtPair({ rest, symbols, lane }, symbol),
  };
}

const readCross = (rest: RestClient, lane: Lane) =>
  rest.query({
    call: 'sapiGetMarginAccount',
    params: {},
    schema: crossAccountReply,
    lane,
    weight: WEIGHT.account,
  });

const readPair = (rest: RestClient, symbol: string, lane: Lane) =>
  rest.query({
    call: 'sapiGetMarginIsolatedAccount',
    params: { symbols: symbol },
    schema: isolatedAccountReply,
    lane,
    weight: WEIGHT.account,
  });

/**
 * Lists take no effect that repays, so what their legs bring lies beside the debt and both cost interest. A repayment that
 * fails leaves the account as it is; the next exit asks again.
 */
async function repayIdle(rest: RestClient, symbol: string | null): Promise<void> {
  const pair = symbol === null ? { isIsolated: 'FALSE' } : { isIsolated: 'TRUE', symbol };
  for (const row of await assetRows(rest, symbol)) {
    const amount = idleRepayment(row);
    if (amount === null) continue;
    await rest.command({
      call: 'sapiPostMarginBorrowRepay',
      params: { ...pair, asset: row.asset, amount, type: 'REPAY' },
      schema: repaidReply,
      lane: 'query',
      weight: 1,
    });
  }
}

async function assetRows(rest: RestClient, symbol: string | null): Promise<readonly AssetRow[]> {
  if (symbol === null) {
    const cross = await readCross(rest, 'query');
    return cross.ok ? cross.value.userAssets : [];
  }
  const pairs = await readPair(rest, symbol, 'query');
  return pairs.ok ? pairs.value.assets.flatMap(({ baseAsset, quoteAsset }) => [baseAsset, quoteAsset]) : [];
}

async function lookAtCross(rest: RestClient, symbols: SymbolMap, lane: Lane): Look {
  const reply = await readCross(rest, lane);
  if (!reply.ok) return reply;
  const positions = await crossPositions({ rest, symbols, lane }, reply.value);
  const standing = standingOf('cross', reply.value.marginLevel);
  return ok({ balances: reply.value.userAssets.filter(isHeld).map(balanceOf), positions, standing });
}

/** Interest since a time, page by page; the latest page when there is none. On a pair it is of that pair, else the venue names the asset only. */
async function interestOf(
  { rest, symbols, sinceUs, lane }: ChargeQuestion,
  symbol: string | null,
): Promise<Result<readonly Charge[], CallFailure>> {
  const pair = symbol === null ? {} : { isolatedSymbol: symbol };
  const since = sinceUs === null ? {} : { startTime: Math.floor(sinceUs / 1000) };
  const instrumentId = symbol === null ? null : (symbols.instrumentOf(symbol) ?? null);
  const charges: Charge[] = [];
  for (let current = 1; ; current += 1) {
    const reply = await rest.query({
      call: 'sapiGetMarginInterestHistory',
      params: { ...pair, ...since, current, size: INTEREST_PAGE },
      schema: interestReply,
      lane,
      weight: WEIGHT.interest,
    });
    if (!reply.ok) return reply;
    const { rows } = reply.value;
    charges.push(...rows.map((row) => interestCharge(row, instrumentId)));
    if (rows.length < INTEREST_PAGE || sinceUs === null) return ok(charges);
  }
}

const interestCharge = (
  { asset, interest, interestAccuredTime, txId }: InterestRow,
  instrumentId: Charge['instrumentId'],
): Charge => ({
  chargeId: `interest-${txId}`,
  kind: 'interest',
  asset,
  amount: `-${interest}`,
  instrumentId,
  chargedAtUs: interestAccuredTime * 1000,
});

type Asking = { readonly rest: RestClient; readonly symbols: SymbolMap; readonly lane: Lane };

async function crossPositions(
  { rest, symbols, lane }: Asking,
  account: CrossAccount,
): Promise<readonly VenuePosition[]> {
  const open = account.userAssets.filter((row) => row.asset !== QUOTE && netOf(row).units !== 0n);
  const positions: VenuePosition[] = [];
  if (open.length === 0) return positions;
  const btc = await indexPrice(rest, 'BTC', lane);
  for (const row of open) {
    const id = instrumentId({ base: row.asset, quote: QUOTE, venue: 'BINANCE', product: 'MARGIN' });
    if (!symbols.lists(id)) continue;
    const price = row.asset === 'BTC' ? btc : await indexPrice(rest, row.asset, lane);
    // Without debts, or without an index price, there is no price to tell; the position itself is known.
    const isKnown = btc.ok && price.ok && !isZeroText(account.totalLiabilityOfBtc);
    const liquidation = isKnown
      ? crossLiquidationPrice(account, row, { asset: decimal(price.value), btc: decimal(btc.value) })
      : null;
    positions.push(positionOf(row, id, liquidation));
  }
  return positions;
}

async function indexPrice(rest: RestClient, asset: string, lane: Lane): Promise<Result<string, CallFailure>> {
  const reply = await rest.query({
    call: 'sapiGetMarginPriceIndex',
    params: { symbol: `${asset}${QUOTE}` },
    schema: priceIndexReply,
    lane,
    weight: WEIGHT.priceIndex,
  });
  return reply.ok ? ok(reply.value.price) : reply;
}

async function lookAtPair({ rest, symbols, lane }: Asking, symbol: string): Look {
  const reply = await readPair(rest, symbol, lane);
  if (!reply.ok) return reply;
  const pair = reply.value.assets.find((row) => row.symbol === symbol);
  if (pair === undefined) return err(noPair(symbol));
  const rows = [pair.baseAsset, pair.quoteAsset];
  const standing = standingOf('isolated', pair.marginLevel);
  return ok({ balances: rows.filter(isHeld).map(balanceOf), positions: pairPositions(symbols, pair), standing });
}

function pairPositions(
  symbols: SymbolMap,
  { symbol, baseAsset, liquidatePrice }: IsolatedPair,
): readonly VenuePosition[] {
  const id = symbols.instrumentOf(symbol);
  if (id === undefined || netOf(baseAsset).units === 0n) return [];
  return [positionOf(baseAsset, id, isZeroText(liquidatePrice) ? null : liquidatePrice)];
}

const noPair = (symbol: string): CallFailure => ({
  outcome: 'rejected',
  code: 'NO_ISOLATED_ACCOUNT',
  message: `expected an isolated margin account of ${symbol}, was none`,
  remedy: 'none',
  retryAfterMs: null,
});
