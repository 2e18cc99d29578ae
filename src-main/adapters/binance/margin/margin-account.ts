import { z } from 'zod';
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimal,
  type DecimalText,
  divideDecimals,
  formatDecimal,
  multiplyDecimals,
} from '../../../engine/domain/decimal.ts';
import type { Balance, VenuePosition } from '../../../engine/domain/events.ts';
import type { MarginStanding } from '../../../engine/domain/margin.ts';
import type { InstrumentId } from '../../../engine/domain/identifiers.ts';
import { decimalText, epochMs, integerId, symbol } from '../wire-schemas.ts';

/** Shapes: https://developers.binance.com/docs/margin_trading/account */
const asset = z.object({
  asset: z.string().min(1),
  free: decimalText,
  locked: decimalText,
  borrowed: decimalText,
  interest: decimalText,
});

export const crossAccountReply = z.object({
  marginLevel: decimalText,
  totalAssetOfBtc: decimalText,
  totalLiabilityOfBtc: decimalText,
  tradeEnabled: z.boolean(),
  userAssets: z.array(asset),
});
export const isolatedAccountReply = z.object({
  assets: z.array(
    z.object({
      symbol,
      baseAsset: asset,
      quoteAsset: asset,
      marginLevel: decimalText,
      liquidatePrice: decimalText,
      tradeEnabled: z.boolean(),
    }),
  ),
});
export const repaidReply = z.object({ tranId: integerId });
export const priceIndexReply = z.object({ symbol, price: decimalText });

export type AssetRow = z.infer<typeof asset>;
export type InterestRow = z.infer<typeof interestReply>['rows'][number];
export type CrossAccount = z.infer<typeof crossAccountReply>;
export type IsolatedPair = z.infer<typeof isolatedAccountReply>['assets'][number];

export const interestReply = z.object({
  rows: z.array(
    z.object({ txId: integerId, interestAccuredTime: epochMs, asset: z.string().min(1), interest: decimalText }),
  ),
});

/** Assets over debts at which a cross account is closed: `forceLiquidationBar` of GET /sapi/v1/margin/tradeCoeff. */
const CROSS_LIQUIDATION_LEVEL = '1.1';
const CROSS_LIQUIDATION = decimal(CROSS_LIQUIDATION_LEVEL);
/** Of an isolated account: tier 1 of BTCUSDT in GET /sapi/v1/margin/isolatedMarginTier. */
const ISOLATED_LIQUIDATION_LEVEL = '1.05';
/** What the venue writes where nothing is owed. */
const NO_DEBT_LEVEL = decimal('999');
const PRICE_SCALE = 8;

export const isZeroText = (text: DecimalText): boolean => decimal(text).units === 0n;

export const balanceOf = ({ asset: name, free, locked, borrowed, interest }: AssetRow): Balance => ({
  asset: name,
  free,
  locked,
  borrowed,
  interest,
});

/** An asset that was never held or owed says nothing. */
export const isHeld = ({ free, locked, borrowed, interest }: AssetRow): boolean =>
  [free, locked, borrowed, interest].some((text) => !isZeroText(text));

/** What an asset amounts to without its interest, which grows by itself and is told with the balance; negative is short. */
export const netOf = ({ free, locked, borrowed }: AssetRow): Decimal =>
  minus(addDecimals(decimal(free), decimal(locked)), decimal(borrowed));

/** What of a debt the free balance could pay back now; null when there is nothing to pay or to pay with. */
export function idleRepayment({ free, borrowed, interest }: AssetRow): DecimalText | null {
  const owed = addDecimals(decimal(borrowed), decimal(interest));
  const amount = compareDecimals(decimal(free), owed) < 0 ? decimal(free) : owed;
  return amount.units > 0n ? formatDecimal(amount) : null;
}

/** The venue states no entry price on margin. */
export const positionOf = (
  row: AssetRow,
  instrumentId: InstrumentId,
  liquidationPrice: DecimalText | null,
): VenuePosition => ({ instrumentId, quantity: formatDecimal(netOf(row)), entryPrice: null, liquidationPrice });

/**
 * Price of one asset, all others standing still, at which a cross account is closed. With totals A and L, amount b, debt B,
 * index price p and bar r: A - b*p + b*x = r*(L - B*p + B*x), so x = (r*(L - B*p) - (A - b*p)) / (b - r*B). Null without one.
 */
export function crossLiquidationPrice(
  account: CrossAccount,
  row: AssetRow,
  prices: { readonly asset: Decimal; readonly btc: Decimal },
): DecimalText | null {
  const held = addDecimals(decimal(row.free), decimal(row.locked));
  const debt = addDecimals(decimal(row.borrowed), decimal(row.interest));
  const otherAssets = minus(times(decimal(account.totalAssetOfBtc), prices.btc), times(held, prices.asset));
  const otherDebts = minus(times(decimal(account.totalLiabilityOfBtc), prices.btc), times(debt, prices.asset));
  const numerator = minus(times(CROSS_LIQUIDATION, otherDebts), otherAssets);
  const denominator = minus(held, times(CROSS_LIQUIDATION, debt));
  if (denominator.units === 0n) return null;
  const price = divideDecimals(numerator, denominator, PRICE_SCALE, 'halfEven');
  return compareDecimals(price, decimal('0')) > 0 ? formatDecimal(price) : null;
}

/** The venue states no free margin: what may be borrowed depends on the asset. */
export const standingOf = (kind: 'cross' | 'isolated', marginLevel: DecimalText): MarginStanding => ({
  level: compareDecimals(decimal(marginLevel), NO_DEBT_LEVEL) < 0 ? marginLevel : null,
  liquidationLevel: kind === 'cross' ? CROSS_LIQUIDATION_LEVEL : ISOLATED_LIQUIDATION_LEVEL,
  freeMargin: null,
  asset: 'USDT',
});

const times = multiplyDecimals;
const minus = (a: Decimal, b: Decimal): Decimal => addDecimals(a, { units: -b.units, scale: b.scale });
