import type { InstrumentDto, OrderDto } from '../../src-preload/contract/state.ts';
import type { BookFrame } from '../stores/book-frame.ts';
import type { Session } from '../stores/session.ts';
import { isWorking } from '../stores/terminal-state.ts';
import { formatDecimal, stepFormatter, stepsOf } from '../ui/number-text.ts';
import { paintLadder, rowAt, rowsPerSide, type LadderMark } from './ladder-painter.ts';
import { autoGroup, nextAnchor } from './ladder-rows.ts';
import { createSurface, type Surface } from './surface.ts';
import { readTokenColors } from './token-colors.ts';

export type LadderOptions = {
  readonly session: Session;
  readonly instrument: InstrumentDto;
  /** Ticks per row, or null: by the depth that is known, once. */
  readonly group: number | null;
  readonly onGroup: (group: number) => void;
  /** Names the theme: another one is another mount. */
  readonly look: string;
};

const markOf = (order: OrderDto, tickSize: string): LadderMark | null => {
  const price = order.triggerPrice ?? order.price;
  if (price === null) return null;
  return {
    ticks: stepsOf(price, tickSize),
    side: order.side,
    quantity: formatDecimal(order.quantity),
    word: order.role,
    isStop: order.triggerPrice !== null,
    isUnknown: order.pending?.outcome === 'unknown',
  };
};

/** Own working orders of one instrument; foreign ones are not ours to mark. */
export const ladderMarks = (orders: readonly OrderDto[], instrument: InstrumentDto): readonly LadderMark[] =>
  orders
    .filter((order) => order.instrumentId === instrument.instrumentId && !order.foreign && isWorking(order))
    .map((order) => markOf(order, instrument.tickSize))
    .filter((mark) => mark !== null);

/** A group is changed only when it is off by this factor, for this many frames: about a second. */
const FAR_OFF = 2;
const UNFIT_FRAMES = 25;

/** Paints the newest book once a frame and acknowledges it after the paint. */
class LadderView {
  readonly #canvas: HTMLCanvasElement;
  readonly #options: LadderOptions;
  readonly #surface: Surface;
  readonly #colors = readTokenColors();
  readonly #price: (ticks: number) => string;
  readonly #quantity: (lots: number) => string;
  readonly #undo: readonly (() => void)[];
  #group: number | null;
  #anchor: number | null = null;
  #pointerY: number | null = null;
  #unfitFrames = 0;
  /** The frame that made the panel ready came before anyone listened: it is unpainted too. */
  #isUnpainted: boolean;

  constructor(canvas: HTMLCanvasElement, options: LadderOptions) {
    const { session, instrument } = options;
    this.#canvas = canvas;
    this.#options = options;
    this.#group = options.group;
    this.#price = stepFormatter(instrument.tickSize);
    this.#quantity = stepFormatter(instrument.lotSize);
    this.#isUnpainted = session.market.book() !== null;
    this.#surface = createSurface(canvas, (context, width, height) => this.#paint(context, width, height));
    canvas.addEventListener('pointermove', this.#onMove);
    canvas.addEventListener('pointerleave', this.#onLeave);
    this.#undo = [
      session.market.listen({ onBook: this.#onBook, onTrades: this.#surface.invalidate }),
      session.store.subscribe((now, before) => {
        if (now.state?.orders !== before.state?.orders) this.#surface.invalidate();
      }),
    ];
  }

  dispose(): void {
    this.#canvas.removeEventListener('pointermove', this.#onMove);
    this.#canvas.removeEventListener('pointerleave', this.#onLeave);
    for (const undo of this.#undo) undo();
    this.#surface.dispose();
  }

  readonly #onBook = (): void => {
    this.#isUnpainted = true;
    this.#surface.invalidate();
  };

  readonly #onMove = (event: PointerEvent): void => {
    this.#pointerY = event.offsetY;
    this.#surface.invalidate();
  };

  readonly #onLeave = (): void => {
    this.#pointerY = null;
    this.#surface.invalidate();
  };

  /** A group chosen by hand stays. Otherwise depth that has changed for a while, unhovered, brings another one. */
  #groupFor(frame: BookFrame, rows: number): number {
    const wanted = this.#options.group ?? autoGroup(frame, rows);
    if (this.#group === null) this.#group = wanted;
    if (wanted === this.#group || this.#pointerY !== null) {
      this.#unfitFrames = 0;
      return this.#group;
    }
    this.#unfitFrames += 1;
    const ratio = wanted / this.#group;
    const isFarOff = ratio >= FAR_OFF || ratio <= 1 / FAR_OFF;
    if (isFarOff && this.#unfitFrames >= UNFIT_FRAMES) {
      this.#group = wanted;
      this.#anchor = null;
      this.#unfitFrames = 0;
    }
    return this.#group;
  }

  #paint(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { session, instrument, onGroup } = this.#options;
    const frame = session.market.book();
    if (!frame) return;
    const group = this.#groupFor(frame, rowsPerSide(height));
    onGroup(group);
    this.#anchor = nextAnchor(this.#anchor, frame, group, this.#pointerY !== null);
    if (this.#anchor === null) return;
    const last = session.market.trades()[0];
    paintLadder(context, width, height, {
      frame,
      group,
      anchor: this.#anchor,
      isHeld: this.#pointerY !== null,
      hoveredRow: this.#pointerY === null ? null : rowAt(this.#pointerY, height),
      lastTrade: last ? { ticks: last[0], aggressor: last[2] } : null,
      marks: ladderMarks(session.store.getState().state?.orders ?? [], instrument),
      price: this.#price,
      quantity: this.#quantity,
      colors: this.#colors,
    });
    if (this.#isUnpainted) session.painted();
    this.#isUnpainted = false;
  }
}

/** Returns what takes the ladder off the canvas again. */
export function mountLadder(canvas: HTMLCanvasElement, options: LadderOptions): () => void {
  const view = new LadderView(canvas, options);
  return () => view.dispose();
}
