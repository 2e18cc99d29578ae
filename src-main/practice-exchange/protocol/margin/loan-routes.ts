import { DAILY_RATE, type MarginAccount } from '../../margin/loans.ts';
import { indexPrice, maxBorrowable } from '../../margin/risk.ts';
import { type Amount, amountOf, formatAmount } from '../../matching/grid.ts';
import { ApiError, fromRefusal, missing } from '../api-error.ts';
import { readSymbol } from '../order-parameters.ts';
import type { Parameters } from '../parameters.ts';
import { publicRoute, type RouteContext, type Routes, signedRoute } from '../route.ts';
import { found, marginNamed, marginOf } from './context.ts';

const BAD_TYPE = new ApiError(-1130, "Data sent for parameter 'type' is not valid.");
const BAD_WALLET = new ApiError(-1130, "Data sent for parameter 'transFrom' is not valid.");
const NO_ASSET = new ApiError(-3002, "We don't have this asset.");

/** Loans, what they cost, and the way money comes in and out. */
export const MARGIN_LOAN_ROUTES: Routes = {
  'POST /sapi/v1/margin/borrow-repay': signedRoute(1, borrowRepay),
  'GET /sapi/v1/margin/borrow-repay': signedRoute(10, loanHistory),
  'GET /sapi/v1/margin/interestHistory': signedRoute(1, interestHistory),
  'GET /sapi/v1/margin/interestRateHistory': signedRoute(1, rateHistory),
  'GET /sapi/v1/margin/maxBorrowable': signedRoute(50, borrowable),
  'GET /sapi/v1/margin/priceIndex': publicRoute(10, priceIndex),
  'POST /sapi/v1/margin/isolated/transfer': signedRoute(1, isolatedTransfer),
  'POST /sapi/v1/asset/transfer': signedRoute(1, crossTransfer),
};

function readAmount(parameters: Parameters): Amount {
  const amount = parameters.decimal('amount');
  if (amount === null) throw missing('amount');
  if (amount.units === 0n) throw new ApiError(-1130, "Data sent for parameter 'amount' is not valid.");
  return amountOf(amount);
}

function readAsset({ venue, parameters }: RouteContext): string {
  const asset = parameters.text('asset');
  const known = [...venue.engine.state.markets.values()].some(
    ({ rules }) => rules.base === asset || rules.quote === asset,
  );
  if (!known) throw NO_ASSET;
  return asset;
}

function borrowRepay(context: RouteContext) {
  const { venue, parameters } = context;
  const type = parameters.word('type', ['BORROW', 'REPAY'], BAD_TYPE);
  const asset = readAsset(context);
  const amount = readAmount(parameters);
  const margin = marginOf(context);
  parameters.optional('symbol');
  parameters.checkAllRead();
  const done =
    type === 'BORROW' ? venue.margin.borrow(margin, asset, amount) : venue.margin.repay(margin, asset, amount);
  if (!done.ok) throw fromRefusal(done.error);
  return { tranId: done.value };
}

const isolatedMark = ({ symbol }: MarginAccount) => (symbol === null ? {} : { isolatedSymbol: symbol });

/** Newest first, in pages of `size`. */
function page<T>(rows: readonly T[], parameters: Parameters): { readonly rows: readonly T[]; readonly total: number } {
  const size = Math.min(parameters.integer('size') ?? 10, 100);
  const first = ((parameters.integer('current') ?? 1) - 1) * size;
  return { rows: rows.toReversed().slice(first, first + size), total: rows.length };
}

function within(parameters: Parameters): (row: { readonly asset: string; readonly atMs: number }) => boolean {
  const asset = parameters.optional('asset');
  const startMs = parameters.integer('startTime') ?? 0;
  const endMs = parameters.integer('endTime') ?? Infinity;
  return (row) => (asset === undefined || row.asset === asset) && row.atMs >= startMs && row.atMs <= endMs;
}

function loanHistory(context: RouteContext) {
  const { parameters } = context;
  const type = parameters.word('type', ['BORROW', 'REPAY'], BAD_TYPE);
  const margin = marginNamed(context, 'isolatedSymbol');
  const isWanted = within(parameters);
  const rows = margin.loans.filter((row) => row.type === type && isWanted(row));
  return page(
    rows.map((row) => ({
      ...isolatedMark(margin),
      type: row.isAutomatic ? 'AUTO' : 'MANUAL',
      amount: formatAmount(row.amount),
      asset: row.asset,
      interest: formatAmount(row.interest),
      principal: formatAmount(row.principal),
      status: 'CONFIRMED',
      timestamp: row.atMs,
      txId: row.id,
    })),
    parameters,
  );
}

function interestHistory(context: RouteContext) {
  const margin = marginNamed(context, 'isolatedSymbol');
  return page(
    margin.interests.filter(within(context.parameters)).map((row) => ({
      ...isolatedMark(margin),
      txId: row.id,
      interestAccuredTime: row.atMs,
      asset: row.asset,
      rawAsset: row.asset,
      principal: formatAmount(row.principal),
      interest: formatAmount(row.interest),
      interestRate: DAILY_RATE,
      type: row.type,
    })),
    context.parameters,
  );
}

function rateHistory(context: RouteContext) {
  const asset = readAsset(context);
  return [{ asset, dailyInterestRate: DAILY_RATE, timestamp: context.venue.clock.now().marketMs, vipLevel: 0 }];
}

function borrowable(context: RouteContext) {
  const asset = readAsset(context);
  const margin = marginNamed(context, 'isolatedSymbol');
  const amount = formatAmount(maxBorrowable(context.venue.engine.state, margin, asset));
  return { amount, borrowLimit: amount };
}

function priceIndex({ venue, parameters }: RouteContext) {
  const symbol = readSymbol(parameters, venue.engine.state.markets);
  const price = formatAmount(indexPrice(venue.engine.state.market(symbol)));
  return { calcTime: venue.clock.now().marketMs, price, symbol };
}

function isolatedTransfer(context: RouteContext) {
  const { venue, parameters, account } = context;
  const asset = readAsset(context);
  const symbol = readSymbol(parameters, venue.engine.state.markets);
  const wallets = ['SPOT', 'ISOLATED_MARGIN'] as const;
  const from = parameters.word('transFrom', wallets, BAD_WALLET);
  const to = parameters.word('transTo', wallets, BAD_WALLET);
  if (from === to) throw BAD_WALLET;
  const existing = venue.margin.of(account, symbol);
  // The first transfer into a pair opens its account.
  const margin = from === 'SPOT' ? (existing ?? venue.margin.open(account, symbol, {})) : found(existing);
  return transferred(context, margin, { asset, direction: from === 'SPOT' ? 'in' : 'out' });
}

function crossTransfer(context: RouteContext) {
  const { venue, parameters, account } = context;
  const type = parameters.word('type', ['MAIN_MARGIN', 'MARGIN_MAIN'], BAD_TYPE);
  const asset = readAsset(context);
  const margin = found(venue.margin.of(account, null));
  return transferred(context, margin, { asset, direction: type === 'MAIN_MARGIN' ? 'in' : 'out' });
}

function transferred(
  { venue, parameters }: RouteContext,
  margin: MarginAccount,
  { asset, direction }: { readonly asset: string; readonly direction: 'in' | 'out' },
) {
  const amount = readAmount(parameters);
  parameters.checkAllRead();
  if (margin.symbol !== null) {
    const { base, quote } = venue.engine.state.market(margin.symbol).rules;
    if (asset !== base && asset !== quote) throw NO_ASSET;
  }
  const done = venue.margin.transfer(margin, direction, asset, amount);
  if (!done.ok) throw fromRefusal(done.error);
  return { tranId: done.value };
}
