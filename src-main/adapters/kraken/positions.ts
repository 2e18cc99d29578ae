import { addDecimals, type Decimal, decimal, divideDecimals, formatDecimal } from '../../engine/domain/decimal.ts';
import type { VenuePosition } from '../../engine/domain/events.ts';
import type { PairMap } from './pair-map.ts';
import type { PositionRow } from './wire-schemas.ts';

const PRICE_SCALE = 8;
const ZERO: Decimal = { units: 0n, scale: 0 };

/**
 * Margin positions of known pairs, those of one pair together, shorts negative. The venue states no liquidation price: it
 * closes by margin level.
 */
export function positionsOf(rows: readonly PositionRow[], pairs: PairMap): readonly VenuePosition[] {
  const byPair = Map.groupBy(rows, ({ pair }) => pairs.named(pair)?.id);
  return [...byPair].flatMap(([instrumentId, own]) => {
    if (instrumentId === undefined) return [];
    const quantity = sumOf(own, (row) => signed(row, minus(decimal(row.vol), decimal(row.vol_closed))));
    if (quantity.units === 0n) return [];
    return [{ instrumentId, quantity: formatDecimal(quantity), entryPrice: entryPrice(own), liquidationPrice: null }];
  });
}

/** Average cost, eight digits of it. */
function entryPrice(rows: readonly PositionRow[]): string {
  const cost = sumOf(rows, (row) => decimal(row.cost));
  const opened = sumOf(rows, (row) => decimal(row.vol));
  return formatDecimal(divideDecimals(cost, opened, PRICE_SCALE, 'down'));
}

const sumOf = (rows: readonly PositionRow[], part: (row: PositionRow) => Decimal): Decimal =>
  rows.reduce((sum, row) => addDecimals(sum, part(row)), ZERO);
const minus = (a: Decimal, b: Decimal): Decimal => addDecimals(a, { units: -b.units, scale: b.scale });
const signed = ({ type }: PositionRow, amount: Decimal): Decimal =>
  type === 'buy' ? amount : { units: -amount.units, scale: amount.scale };
