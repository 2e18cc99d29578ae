import { formatDecimal, rescale } from '../../engine/domain/decimal.ts';
import { type Amount, AMOUNT_SCALE, type Grid, WIRE_SCALE } from '../matching/grid.ts';
import type { SymbolRules } from '../matching/symbol-rules.ts';

/** Digits Kraken prints behind the point: as many as the step has, never fewer. They enter its book checksum. */
export const digitsOf = (grid: Grid): number => grid.size.scale;

/** This runs for each level of each update: the padded text is cut, nothing is divided. */
export function stepText(grid: Grid, steps: number): string {
  const padded = grid.format(steps);
  const digits = digitsOf(grid);
  return padded.slice(0, padded.length - (WIRE_SCALE - digits) - (digits === 0 ? 1 : 0));
}

export const priceText = (rules: SymbolRules, ticks: number): string => stepText(rules.prices, ticks);
export const sizeText = (rules: SymbolRules, lots: number): string => stepText(rules.sizes, lots);

/** An amount with so many digits behind the point, cut. */
export const amountText = (amount: Amount, digits: number): string =>
  formatDecimal(rescale({ units: amount, scale: AMOUNT_SCALE }, digits, 'down'));

/** Puts decimal text on the wire as a JSON number with every digit it has: 0.10 stays 0.10. */
export const wireNumber = (text: string): unknown => (JSON as unknown as RawJson).rawJSON(text);
type RawJson = { rawJSON(text: string): unknown };

/** Kraken's time text of WebSocket v2, to the microsecond. */
export const timeText = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, -1)}000Z`;
