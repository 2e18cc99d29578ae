import type { MarginAccount } from '../../margin/loans.ts';
import {
  barsOf,
  liquidationPrice,
  NO_DEBT_LEVEL,
  over,
  priceIn,
  standingOf,
  times,
  valuedIn,
} from '../../margin/risk.ts';
import { type Amount, formatAmount } from '../../matching/grid.ts';
import type { PracticeVenue } from '../../practice-venue.ts';
import { keyRoute, type RouteContext, type Routes, signedRoute } from '../route.ts';
import { found, marginOf } from './context.ts';

/** What margin accounts are and what they may trade. Shapes: https://developers.binance.com/docs/margin_trading */
export const MARGIN_ACCOUNT_ROUTES: Routes = {
  'GET /sapi/v1/margin/account': signedRoute(10, crossAccount),
  'GET /sapi/v1/margin/isolated/account': signedRoute(10, isolatedAccount),
  'GET /sapi/v1/margin/allPairs': signedRoute(1, ({ venue }) => pairs(venue)),
  'GET /sapi/v1/margin/isolated/allPairs': signedRoute(1, ({ venue }) => pairs(venue)),
  'POST /sapi/v1/userListenToken': keyRoute(1, listenToken),
};

function listenToken(context: RouteContext) {
  context.parameters.optional('validity');
  const { listenTokens } = context.venue.margin;
  const token = listenTokens.issue(marginOf(context).account.name);
  return { token, expirationTime: listenTokens.validUntil(token) };
}

function pairs({ engine, margin }: PracticeVenue) {
  if (!margin.hasAccounts) return [];
  return [...engine.state.markets.values()].map(({ rules }, index) => ({
    id: index + 1,
    symbol: rules.symbol,
    base: rules.base,
    quote: rules.quote,
    isMarginTrade: true,
    isBuyAllowed: true,
    isSellAllowed: true,
  }));
}

/** An asset of a margin account. */
function assetRow({ account, debts }: MarginAccount, asset: string) {
  const { free, locked } = account.balance(asset);
  const { borrowed, interest } = debts.get(asset) ?? { borrowed: 0n, interest: 0n };
  return {
    asset,
    borrowed: formatAmount(borrowed),
    free: formatAmount(free),
    interest: formatAmount(interest),
    locked: formatAmount(locked),
    netAsset: formatAmount(free + locked - borrowed - interest),
  };
}

function crossAccount({ venue, account }: RouteContext) {
  const margin = found(venue.margin.of(account, null));
  const { assets, debts, level } = standingOf(venue.engine.state, margin);
  const assetNames = new Set([...allAssets(venue), ...margin.account.balances.keys()]);
  return {
    created: true,
    borrowEnabled: true,
    marginLevel: formatAmount(level),
    collateralMarginLevel: formatAmount(level),
    ...inBtc(venue, margin, assets, debts),
    totalCollateralValueInUSDT: formatAmount(assets),
    totalOpenOrderLossInUSDT: '0',
    tradeEnabled: true,
    transferInEnabled: true,
    transferOutEnabled: true,
    accountType: 'MARGIN_1',
    userAssets: [...assetNames].map((asset) => assetRow(margin, asset)),
  };
}

const allAssets = (venue: PracticeVenue): string[] =>
  [...venue.engine.state.markets.values()].flatMap(({ rules }) => [rules.base, rules.quote]);

/** Totals are told in BTC; zero where the practice market has no BTC to value in. */
function inBtc(venue: PracticeVenue, margin: MarginAccount, assets: Amount, debts: Amount) {
  const price = priceIn(venue.engine.state, 'BTC', valuedIn(venue.engine.state, margin)) ?? 0n;
  return {
    totalAssetOfBtc: formatAmount(over(assets, price)),
    totalLiabilityOfBtc: formatAmount(over(debts, price)),
    totalNetAssetOfBtc: formatAmount(over(assets - debts, price)),
  };
}

function isolatedAccount({ venue, parameters, account }: RouteContext) {
  const wanted = parameters.optional('symbols')?.split(',');
  const mine = venue.margin.isolatedOf(account).filter(({ symbol }) => wanted?.includes(symbol ?? '') ?? true);
  return { assets: mine.map((margin) => isolatedRow(venue, margin)) };
}

function isolatedRow(venue: PracticeVenue, margin: MarginAccount) {
  const { state } = venue.engine;
  const symbol = margin.symbol ?? '';
  const { rules } = state.market(symbol);
  const { level, debts, assets } = standingOf(state, margin);
  const btc = priceIn(state, 'BTC', rules.quote) ?? 0n;
  const side = (asset: string) => {
    const { free, locked } = margin.account.balance(asset);
    const value = times(free + locked - margin.owed(asset), priceIn(state, asset, rules.quote) ?? 0n);
    return {
      ...assetRow(margin, asset),
      borrowEnabled: true,
      repayEnabled: true,
      totalAsset: formatAmount(free + locked),
      netAssetOfBtc: formatAmount(over(value, btc)),
    };
  };
  return {
    baseAsset: side(rules.base),
    quoteAsset: side(rules.quote),
    symbol,
    isolatedCreated: true,
    enabled: true,
    marginLevel: formatAmount(level),
    marginLevelStatus: levelStatus(margin, level),
    marginRatio: '10.00000000',
    indexPrice: formatAmount(priceIn(state, rules.base, rules.quote) ?? 0n),
    liquidatePrice: formatAmount(liquidationPrice(state, margin)),
    liquidateRate: formatAmount(debts === 0n ? 0n : assets === 0n ? 0n : over(debts, assets)),
    tradeEnabled: true,
  };
}

function levelStatus(margin: MarginAccount, level: Amount): string {
  const { marginCall, liquidation } = barsOf(margin);
  if (level === NO_DEBT_LEVEL) return 'EXCESSIVE';
  if (level > marginCall) return 'NORMAL';
  return level > liquidation ? 'MARGIN_CALL' : 'FORCE_LIQUIDATION';
}
