import type { TradeTuple } from '../../src-preload/contract/messages.ts';
import { NUMBER_FONT, type TokenColors } from './token-colors.ts';

export const TAPE_ROW = 17;

export type TapeRow = {
  readonly ticks: number;
  readonly lots: number;
  readonly aggressor: 1 | -1;
  readonly tradedAtUs: number;
  readonly count: number;
};

/** One row per price, side and instant: an order that took many resting orders is one event to a trader. */
export function tapeRows(trades: readonly TradeTuple[], most: number): readonly TapeRow[] {
  const rows: TapeRow[] = [];
  for (const [ticks, lots, aggressor, tradedAtUs] of trades) {
    const last = rows.at(-1);
    if (last?.ticks === ticks && last.aggressor === aggressor && last.tradedAtUs === tradedAtUs) {
      rows[rows.length - 1] = { ...last, lots: last.lots + lots, count: last.count + 1 };
      continue;
    }
    if (rows.length === most) break;
    rows.push({ ticks, lots, aggressor, tradedAtUs, count: 1 });
  }
  return rows;
}

export type TapeModel = {
  readonly trades: readonly TradeTuple[];
  readonly price: (ticks: number) => string;
  readonly quantity: (lots: number) => string;
  readonly colors: TokenColors;
};

/** Below this the milliseconds would run into the price. */
const NARROW = 274;

/** A print this many times the median of what is shown stands out. */
const BIG = 8;

function bigLots(rows: readonly TapeRow[]): number {
  const sorted = rows.map((row) => row.lots).toSorted((a, b) => a - b);
  return BIG * (sorted[Math.floor(sorted.length / 2)] ?? Infinity);
}

export function paintTape(context: CanvasRenderingContext2D, width: number, height: number, model: TapeModel): void {
  const { colors } = model;
  const rows = tapeRows(model.trades, Math.ceil(height / TAPE_ROW));
  const big = bigLots(rows);
  context.textBaseline = 'middle';
  const timeEnd = width < NARROW ? 19 : 23;
  rows.forEach((row, index) => {
    const top = index * TAPE_ROW;
    const isBuy = row.aggressor > 0;
    const isBig = row.lots >= big;
    if (isBig) {
      context.fillStyle = isBuy ? colors.bidWash : colors.askWash;
      context.fillRect(0, top, width, TAPE_ROW);
    }
    const middle = top + TAPE_ROW / 2 + 0.5;
    context.font = `${isBig ? '600 ' : ''}11.5px ${NUMBER_FONT}`;
    context.textAlign = 'left';
    context.fillStyle = colors.text3;
    context.fillText(new Date(row.tradedAtUs / 1000).toISOString().slice(11, timeEnd), 10, middle);
    context.textAlign = 'right';
    context.fillStyle = isBuy ? colors.bid : colors.ask;
    context.fillText(`${isBuy ? '▲' : '▼'} ${model.price(row.ticks)}`, width - 104, middle);
    context.fillStyle = colors.text1;
    context.fillText(model.quantity(row.lots), width - 34, middle);
    context.fillStyle = colors.text3;
    if (row.count > 1) context.fillText(`×${row.count}`, width - 8, middle);
  });
}
