import { addDecimals, type DecimalText, decimal, divideDecimals, formatDecimal } from '../../engine/domain/decimal.ts';
import type { VenuePosition } from '../../engine/domain/events.ts';
import { isZero } from './known-orders.ts';
import type { PairMap } from './pair-map.ts';
import type { PositionRow } from './wire-schemas.ts';

const PRICE_SCALE = 8;

/** Margin positions of known pairs, shorts negative. The venue states no liquidation price: it closes by margin level. */
export function positionsOf(rows: readonly PositionRow[], pairs: PairMap): readonly VenuePosition[] {
  return rows.flatMap((row) => {
    const pair = pairs.named(row.pair);
    if (pair === undefined || isZero(row.vol)) return [];
    const closed = decimal(row.vol_closed);
    const open = formatDecimal(addDecimals(decimal(row.vol), { ...closed, units: -closed.units }));
    if (isZero(open)) return [];
    const quantity = row.type === 'buy' ? open : `-${open}`;
    return [{ instrumentId: pair.id, quantity, entryPrice: entryPrice(row), liquidationPrice: null }];
  });
}

/** Average cost, eight digits of it. */
function entryPrice(row: PositionRow): DecimalText {
  return formatDecimal(divideDecimals(decimal(row.cost), decimal(row.vol), PRICE_SCALE, 'down'));
}
