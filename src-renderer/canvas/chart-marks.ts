import type { FillDto, InstrumentDto, OrderDto, PositionDto, StopReportDto } from '../../src-preload/contract/state.ts';
import { isOpen, lotText } from '../panels/position-rows.ts';
import { isWorking } from '../stores/terminal-state.ts';
import { orderTypeText, sideText } from '../app/words.ts';
import { formatDecimal, formatSigned, formatSignedRatio, MINUS, signOf } from '../ui/number-text.ts';

export type LineTone = 'accent' | 'bid' | 'ask' | 'text2' | 'warn';

/** A price that matters to us, drawn across the chart. Prices here are pixels' numbers. */
export type ChartLine = {
  readonly key: string;
  readonly price: number;
  readonly tone: LineTone;
  readonly isSolid: boolean;
  readonly text: string;
};

const quantityText = (text: string): string => formatDecimal(text).replace(MINUS, '');

function positionLine(position: PositionDto, instrument: InstrumentDto): ChartLine | null {
  if (position.averageEntryPrice === null || !isOpen(position) || position.coverage === 'dust') return null;
  const side = signOf(position.quantity) > 0 ? 'Long' : 'Short';
  const pnl = position.unrealizedPnl === null ? '' : ` ${formatSigned(position.unrealizedPnl, 2)}`;
  return {
    key: `position ${position.accountId}`,
    price: Number(position.averageEntryPrice),
    tone: 'text2',
    isSolid: true,
    text: `${side} ${lotText(position.quantity, instrument)}${pnl}`,
  };
}

const ROLE_WORDS: Readonly<Record<string, string>> = { stop: 'Stop', target: 'Target' };

function toneOf(order: OrderDto): LineTone {
  if (order.pending?.outcome === 'unknown') return 'warn';
  if (order.role === 'stop') return 'ask';
  return order.role === 'target' ? 'bid' : 'accent';
}

function orderLine(order: OrderDto, last: number | null): ChartLine | null {
  const text = order.triggerPrice ?? order.price;
  if (text === null) return null;
  const price = Number(text);
  const role = ROLE_WORDS[order.role] ?? `${sideText(order.side)} ${orderTypeText(order.type).toLowerCase()}`;
  const distance = last === null || last === 0 ? '' : ` ${formatSignedRatio(price / last - 1)}`;
  const unknown = order.pending?.outcome === 'unknown' ? '? ' : '';
  return {
    key: order.clientOrderId,
    price,
    tone: toneOf(order),
    isSolid: false,
    text: `${unknown}${role} ${quantityText(order.quantity)}${order.pendingLeg ? ' not placed' : ''}${distance}`,
  };
}

export type ChartSubject = {
  readonly orders: readonly OrderDto[];
  readonly positions: readonly PositionDto[];
  readonly last: number | null;
};

/** Position, stop, target and entry lines of one instrument; foreign orders are not ours to draw. */
export function chartLines(subject: ChartSubject, instrument: InstrumentDto): readonly ChartLine[] {
  const isHere = (entry: { readonly instrumentId: string }): boolean => entry.instrumentId === instrument.instrumentId;
  const orders = subject.orders.filter((order) => isHere(order) && !order.foreign && isWorking(order));
  return [
    ...subject.positions.filter(isHere).map((position) => positionLine(position, instrument)),
    ...orders.map((order) => orderLine(order, subject.last)),
  ].filter((line) => line !== null);
}

export type FillMark = {
  readonly key: string;
  readonly timeUs: number;
  readonly price: number;
  readonly isBuy: boolean;
  readonly text: string;
};

export const fillMarks = (fills: readonly FillDto[], instrument: InstrumentDto): readonly FillMark[] =>
  fills
    .filter((fill) => fill.instrumentId === instrument.instrumentId)
    .map((fill) => ({
      key: fill.tradeId,
      timeUs: fill.tradedAtUs,
      price: Number(fill.price),
      isBuy: fill.side === 'buy',
      text: `${fill.side === 'buy' ? '▲ B' : '▼ S'} ${quantityText(fill.quantity)}`,
    }));

export const stopTimeUs = (stop: StopReportDto | null): number | null => stop?.startedAtUs ?? null;

/** Labels pushed apart so that none covers another; order is kept, prices stay where their line is. */
export function spread(tops: readonly number[], gap: number): readonly number[] {
  const order = tops.map((top, index) => ({ top, index })).toSorted((a, b) => a.top - b.top);
  const placed = [...tops];
  let floor = -Infinity;
  for (const { top, index } of order) {
    const at = Math.max(top, floor);
    placed[index] = at;
    floor = at + gap;
  }
  return placed;
}
