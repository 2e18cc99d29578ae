import type { BookFrame } from '../stores/book-frame.ts';
import { ladderRows, type LadderRows } from './ladder-rows.ts';
import { NUMBER_FONT, WORD_FONT, type TokenColors } from './token-colors.ts';

export const ROW_HEIGHT = 17;
export const MID_HEIGHT = 30;
export const EDGE_HEIGHT = 18;
export const FOOT_HEIGHT = 26;

/** One own resting order on the ladder, in ticks. */
export type LadderMark = {
  readonly ticks: number;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly word: string;
  readonly isStop: boolean;
  readonly isUnknown: boolean;
};

export type LadderModel = {
  readonly frame: BookFrame;
  readonly group: number;
  readonly anchor: number;
  readonly hoveredRow: number | null;
  readonly isHeld: boolean;
  readonly lastTrade: { readonly ticks: number; readonly aggressor: 1 | -1 } | null;
  readonly marks: readonly LadderMark[];
  readonly price: (ticks: number) => string;
  readonly quantity: (lots: number) => string;
  readonly colors: TokenColors;
};

const OWN_WIDTH = 54;
const SUM_WIDTH = 12;
const PRICE_WIDTH = 76;
/** Advance of the number face at 11.5 px. */
const DIGIT_WIDTH = 6.9;

export const rowsPerSide = (height: number): number =>
  Math.max(1, Math.floor((height - MID_HEIGHT - FOOT_HEIGHT - 2 * EDGE_HEIGHT) / 2 / ROW_HEIGHT));

/** The row under a y, or null between the sides; rows count from the top. */
export function rowAt(y: number, height: number): number | null {
  const rows = rowsPerSide(height);
  const above = y - EDGE_HEIGHT;
  if (above < 0) return null;
  if (above < rows * ROW_HEIGHT) return Math.floor(above / ROW_HEIGHT);
  const below = above - rows * ROW_HEIGHT - MID_HEIGHT;
  return below >= 0 && below < rows * ROW_HEIGHT ? rows + Math.floor(below / ROW_HEIGHT) : null;
}

type Columns = {
  readonly bidRight: number;
  readonly priceLeft: number;
  readonly askLeft: number;
  readonly sumLeft: number;
  readonly sideWidth: number;
};

function columnsOf(width: number, priceText: string): Columns {
  const priceWidth = Math.max(PRICE_WIDTH - 12, Math.ceil(priceText.length * DIGIT_WIDTH) + 10);
  const sideWidth = Math.floor((width - OWN_WIDTH - SUM_WIDTH - priceWidth) / 2);
  const bidRight = OWN_WIDTH + sideWidth;
  return { bidRight, priceLeft: bidRight, askLeft: bidRight + priceWidth, sumLeft: width - SUM_WIDTH, sideWidth };
}

const topOf = (row: number, rows: number): number => EDGE_HEIGHT + row * ROW_HEIGHT + (row >= rows ? MID_HEIGHT : 0);

/** Paints one frame. Color never tells alone: sides have their columns, marks their letter. */
export function paintLadder(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  model: LadderModel,
): LadderRows {
  const rows = rowsPerSide(height);
  const ladder = ladderRows(model.frame, model.group, model.anchor, rows);
  const columns = columnsOf(width, model.price(ladder.topIndex * model.group));
  context.textBaseline = 'middle';
  context.font = `11.5px ${NUMBER_FONT}`;
  for (let row = 0; row < 2 * rows; row++) paintRow(context, width, { row, rows, ladder, columns, model });
  paintMid(context, width, EDGE_HEIGHT + rows * ROW_HEIGHT, model);
  paintMarks(context, rows, ladder, model);
  paintFoot(context, width, height, model);
  return ladder;
}

type RowPaint = {
  readonly row: number;
  readonly rows: number;
  readonly ladder: LadderRows;
  readonly columns: Columns;
  readonly model: LadderModel;
};

function paintRow(context: CanvasRenderingContext2D, width: number, paint: RowPaint): void {
  const { row, rows, ladder, columns, model } = paint;
  const { colors } = model;
  const top = topOf(row, rows);
  const [bid, ask] = [ladder.bidLots[row] ?? 0, ladder.askLots[row] ?? 0];
  if (model.hoveredRow === row) {
    context.fillStyle = colors.surface3;
    context.fillRect(0, top, width, ROW_HEIGHT);
  }
  context.fillStyle = model.hoveredRow === row ? colors.surface3 : colors.surface2;
  context.fillRect(columns.priceLeft, top, columns.askLeft - columns.priceLeft, ROW_HEIGHT);
  paintSide(context, paint, 'bid', bid);
  paintSide(context, paint, 'ask', ask);
  paintSum(context, paint, top);
  context.textAlign = 'center';
  context.fillStyle = priceColor(paint, bid, ask);
  const middle = (columns.priceLeft + columns.askLeft) / 2;
  context.fillText(model.price((ladder.topIndex - row) * model.group), middle, top + ROW_HEIGHT / 2 + 0.5);
}

function paintSum(context: CanvasRenderingContext2D, { row, ladder, columns, model }: RowPaint, top: number): void {
  const sum = Math.max(ladder.bidSum[row] ?? 0, ladder.askSum[row] ?? 0);
  if (sum === 0) return;
  context.fillStyle = `rgba(${model.colors.heat}, ${(0.08 + (0.75 * sum) / ladder.wholeLots).toFixed(2)})`;
  context.fillRect(columns.sumLeft, top, SUM_WIDTH, ROW_HEIGHT);
}

/** A price without a level is grey; one with both sides in its group takes the side of its half. */
function priceColor({ row, rows, model }: RowPaint, bid: number, ask: number): string {
  const { colors } = model;
  if (bid === 0 && ask === 0) return colors.text3;
  if (bid > 0 && ask > 0) return row < rows ? colors.ask : colors.bid;
  return bid > 0 ? colors.bid : colors.ask;
}

function paintSide(context: CanvasRenderingContext2D, paint: RowPaint, side: 'bid' | 'ask', lots: number): void {
  if (lots === 0) return;
  const { row, rows, ladder, columns, model } = paint;
  const top = topOf(row, rows);
  // Square root: small levels stay visible beside a wall.
  const length = Math.sqrt(lots / ladder.maxLots) * columns.sideWidth;
  const isBid = side === 'bid';
  context.fillStyle = isBid ? model.colors.bidWash : model.colors.askWash;
  context.fillRect(isBid ? columns.bidRight - length : columns.askLeft, top + 1, length, ROW_HEIGHT - 2);
  context.fillStyle = isBid ? model.colors.bid : model.colors.ask;
  context.textAlign = isBid ? 'right' : 'left';
  const text = fittedQuantity(model.quantity(lots), Math.floor((columns.sideWidth - 8) / DIGIT_WIDTH));
  context.fillText(text, isBid ? columns.bidRight - 5 : columns.askLeft + 5, top + ROW_HEIGHT / 2 + 0.5);
}

/** Drops decimals, then counts in thousands or millions; it never cuts digits off a number. */
export function fittedQuantity(text: string, most: number): string {
  if (text.length <= most) return text;
  const [whole = text, fraction] = text.split('.');
  if (fraction !== undefined && whole.length <= most) {
    const room = most - whole.length - 1;
    return room > 0 ? `${whole}.${fraction.slice(0, room)}` : whole;
  }
  const groups = whole.split(',');
  const units = ['', 'k', 'M', 'G', 'T'];
  const kept = groups.slice(0, Math.max(1, groups.length - 1));
  const unit = units[groups.length - kept.length] ?? '';
  const short = kept.join(',') + unit;
  return short.length <= most ? short : `${kept.slice(0, 1).join('')}${units[groups.length - 1] ?? ''}`;
}

function paintMid(context: CanvasRenderingContext2D, width: number, top: number, model: LadderModel): void {
  const { colors, frame, lastTrade } = model;
  context.fillStyle = colors.surface2;
  context.fillRect(0, top, width, MID_HEIGHT);
  context.fillStyle = colors.line1;
  context.fillRect(0, top, width, 1);
  context.fillRect(0, top + MID_HEIGHT - 1, width, 1);
  const middle = top + MID_HEIGHT / 2 + 0.5;
  context.textAlign = 'left';
  context.font = `600 17px ${NUMBER_FONT}`;
  if (lastTrade) {
    context.fillStyle = lastTrade.aggressor > 0 ? colors.bid : colors.ask;
    context.fillText(`${lastTrade.aggressor > 0 ? '▲' : '▼'} ${model.price(lastTrade.ticks)}`, 10, middle);
  } else {
    context.fillStyle = colors.text3;
    context.font = `11px ${WORD_FONT}`;
    context.fillText('no trade yet', 10, middle);
  }
  context.textAlign = 'right';
  context.font = `11px ${WORD_FONT}`;
  context.fillStyle = model.isHeld ? colors.accent : colors.text3;
  const [bid, ask] = [frame.bids[0], frame.asks[0]];
  const spread = bid === undefined || ask === undefined ? 'one side empty' : spreadText(ask - bid, model.price);
  context.fillText(model.isHeld ? 'held in place' : spread, width - 10, middle);
  context.font = `11.5px ${NUMBER_FONT}`;
}

const spreadText = (ticks: number, price: (ticks: number) => string): string =>
  `spread ${price(ticks)} · ${ticks} ${ticks === 1 ? 'tick' : 'ticks'}`;

const groupIndexOf = (mark: LadderMark, group: number): number =>
  mark.side === 'buy' ? Math.floor(mark.ticks / group) : Math.ceil(mark.ticks / group);

const markText = (mark: LadderMark): string =>
  `${mark.isUnknown ? '?' : ''}${mark.side === 'buy' ? 'B' : 'S'} ${mark.quantity}`;

function paintChip(
  context: CanvasRenderingContext2D,
  mark: LadderMark,
  at: { readonly x: number; readonly top: number },
  colors: TokenColors,
): number {
  context.font = `600 10px ${NUMBER_FONT}`;
  const text = markText(mark);
  const width = context.measureText(text).width + 6;
  const solid = mark.side === 'buy' ? colors.bidSolid : colors.askSolid;
  context.fillStyle = mark.isUnknown ? colors.warn : solid;
  context.fillRect(at.x, at.top + 2, width, 13);
  context.fillStyle = mark.isUnknown ? colors.surface1 : '#ffffff';
  context.textAlign = 'left';
  context.fillText(text, at.x + 3, at.top + 9);
  context.font = `11.5px ${NUMBER_FONT}`;
  return width;
}

function paintMarks(context: CanvasRenderingContext2D, rows: number, ladder: LadderRows, model: LadderModel): void {
  let above: LadderMark | null = null;
  let below: LadderMark | null = null;
  for (const mark of model.marks) {
    const row = ladder.topIndex - groupIndexOf(mark, model.group);
    if (row < 0) above = nearer(above, mark, true);
    else if (row >= 2 * rows) below = nearer(below, mark, false);
    else paintChip(context, mark, { x: 1, top: topOf(row, rows) }, model.colors);
  }
  if (above) paintEdge(context, above, 0, model);
  if (below) paintEdge(context, below, topOf(2 * rows, rows), model);
}

/** Of two orders beyond the same edge the stop is told, then the nearer one. */
function nearer(kept: LadderMark | null, next: LadderMark, isAbove: boolean): LadderMark {
  if (!kept || (next.isStop && !kept.isStop)) return next;
  if (kept.isStop && !next.isStop) return kept;
  const isNextNearer = isAbove ? next.ticks < kept.ticks : next.ticks > kept.ticks;
  return isNextNearer ? next : kept;
}

/** Own orders outside of the rows stay in sight, with their distance. */
function paintEdge(context: CanvasRenderingContext2D, mark: LadderMark, top: number, model: LadderModel): void {
  const isAbove = top === 0;
  const reference = (isAbove ? model.frame.asks[0] : model.frame.bids[0]) ?? mark.ticks;
  context.fillStyle = model.colors.text2;
  context.textAlign = 'left';
  context.font = `10px ${WORD_FONT}`;
  context.fillText(isAbove ? '▲' : '▼', 10, top + 9);
  const x = 24 + paintChip(context, mark, { x: 22, top }, model.colors);
  context.font = `10px ${WORD_FONT}`;
  context.fillStyle = model.colors.text2;
  const distance = model.price(Math.abs(mark.ticks - reference));
  const text = `${mark.word} ${model.price(mark.ticks)}  ${distance} ${isAbove ? 'above' : 'below'}`;
  context.fillText(text, x + 4, top + 9.5);
}

function paintFoot(context: CanvasRenderingContext2D, width: number, height: number, model: LadderModel): void {
  const { colors, frame } = model;
  const top = height - FOOT_HEIGHT;
  context.fillStyle = colors.line1;
  context.fillRect(0, top, width, 1);
  const [bids, asks] = [lotsOf(frame.bids), lotsOf(frame.asks)];
  if (bids + asks === 0) return;
  const share = bids / (bids + asks);
  const middle = top + FOOT_HEIGHT / 2 + 0.5;
  context.font = `10px ${NUMBER_FONT}`;
  context.textAlign = 'left';
  context.fillStyle = colors.bid;
  context.fillText(`${(share * 100).toFixed(0)} % bid`, 10, middle);
  context.textAlign = 'right';
  context.fillStyle = colors.ask;
  context.fillText(`ask ${(100 - share * 100).toFixed(0)} %`, width - 10, middle);
  const [left, length] = [72, width - 144];
  context.fillStyle = colors.askSolid;
  context.fillRect(left, middle - 3, length, 6);
  context.fillStyle = colors.bidSolid;
  context.fillRect(left, middle - 3, length * share, 6);
}

function lotsOf(side: Float64Array): number {
  let total = 0;
  for (let index = 1; index < side.length; index += 2) total += side[index] ?? 0;
  return total;
}
