import { afterEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { BookFrame } from '../stores/book-frame.ts';
import { mountTerminal, type MountedTerminal } from '../testing/mounted-terminal.ts';
import { sampleBook } from '../testing/sample-bridge.ts';
import { EDGE_HEIGHT, paintLadder, ROW_HEIGHT, rowsPerSide, type LadderModel } from './ladder-painter.ts';
import type { TokenColors } from './token-colors.ts';

/** Plain colors, so that a pixel says which part painted it. */
const COLORS = {
  surface1: '#000000',
  surface2: '#101010',
  surface3: '#303030',
  line1: '#202020',
  line2: '#404040',
  text1: '#ffffff',
  text2: '#c0c0c0',
  text3: '#808080',
  accent: '#ff00ff',
  bid: '#00ff00',
  ask: '#ff0000',
  bidWash: '#004000',
  askWash: '#400000',
  bidSolid: '#00c000',
  askSolid: '#c00000',
  warn: '#ffff00',
  danger: '#ff8000',
  heat: '0, 0, 255',
} satisfies TokenColors;

const WIDTH = 278;
const HEIGHT = 500;
const ROWS = rowsPerSide(HEIGHT);

const frame: BookFrame = {
  viewIndex: 0,
  instrumentIndex: 0,
  updateId: 1,
  ageMs: 0,
  bids: Float64Array.from([1000, 100, 999, 25]),
  asks: Float64Array.from([1001, 100, 1002, 25]),
};

function painted(over: Partial<LadderModel> = {}) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext('2d')!;
  paintLadder(context, WIDTH, HEIGHT, {
    frame,
    group: 1,
    anchor: 1001,
    hoveredRow: null,
    isHeld: false,
    lastTrade: null,
    marks: [],
    price: String,
    quantity: String,
    colors: COLORS,
    ...over,
  });
  return (x: number, y: number): string => {
    const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(x, y, 1, 1).data;
    return a === 0 ? 'none' : `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
  };
}

/** The top inner edge of a row: above its text, inside its bar. */
const rowTop = (row: number): number => EDGE_HEIGHT + row * ROW_HEIGHT + (row >= ROWS ? 30 : 0) + 2;
const [BEST_ASK, NEXT_ASK, BEST_BID] = [ROWS - 1, ROWS - 2, ROWS];
/** Just left and right of the price column, where every bar begins. */
const [BID_EDGE, ASK_EDGE] = [54 + 74 - 3, 278 - 12 - 74 + 3];

describe('ladder pixels', () => {
  it('paints bids left and asks right of the price, each only on its side', () => {
    const at = painted();
    expect(at(BID_EDGE, rowTop(BEST_BID))).toBe(COLORS.bidWash);
    expect(at(ASK_EDGE, rowTop(BEST_BID))).toBe('none');
    expect(at(ASK_EDGE, rowTop(BEST_ASK))).toBe(COLORS.askWash);
    expect(at(BID_EDGE, rowTop(BEST_ASK))).toBe('none');
  });

  it('makes a quarter of the lots half as long', () => {
    const at = painted();
    const reach = (row: number): number => {
      let x = ASK_EDGE;
      while (at(x, rowTop(row)) === COLORS.askWash) x += 1;
      return x - ASK_EDGE + 3;
    };
    expect(reach(NEXT_ASK) / reach(BEST_ASK)).toBeCloseTo(0.5, 1);
  });

  it('leaves rows without a level empty', () => {
    const at = painted();
    expect(at(BID_EDGE, rowTop(ROWS + 4))).toBe('none');
    expect(at(ASK_EDGE, rowTop(0))).toBe('none');
  });

  it('marks own orders in their row and those beyond at the edge', () => {
    const mark = { side: 'buy', quantity: '0.15', word: 'entry', isStop: false, isUnknown: false } as const;
    const at = painted({ marks: [{ ...mark, ticks: 999 }, { ...mark, side: 'sell', word: 'target', ticks: 2000 }] }); // prettier-ignore
    expect(at(3, rowTop(ROWS + 1) + 1)).toBe(COLORS.bidSolid);
    expect(at(23, 3)).toBe(COLORS.askSolid);
    const unknown = painted({ marks: [{ ...mark, ticks: 999, isUnknown: true }] });
    expect(unknown(3, rowTop(ROWS + 1) + 1)).toBe(COLORS.warn);
  });

  it('shows the hovered row', () => {
    expect(painted({ hoveredRow: 2, isHeld: true })(20, rowTop(2))).toBe(COLORS.surface3);
  });

  it('paints a one-sided book', () => {
    const at = painted({ frame: { ...frame, bids: new Float64Array(0) } });
    expect(at(ASK_EDGE, rowTop(BEST_ASK))).toBe(COLORS.askWash);
    expect(at(BID_EDGE, rowTop(BEST_BID))).toBe('none');
  });
});

describe('the ladder in the terminal', () => {
  let t: MountedTerminal;
  afterEach(() => t.close());

  const started = async (): Promise<void> => {
    t = mountTerminal();
    await expect.poll(() => t.bridge.paintedCount).toBeGreaterThan(0);
  };
  const frames = (): Promise<void> =>
    new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
  /** The same book, moved up. */
  const moved = (ticks: number): Float64Array => {
    const book = sampleBook('BTC', 0, 0);
    for (let index = 6; index < book.length; index += 2) book[index] = (book[index] ?? 0) + ticks;
    return book;
  };
  const picture = (): string => (t.find('[data-panel="3"] canvas') as HTMLCanvasElement).toDataURL();

  it('acknowledges a frame after its paint, and many in one frame once', async () => {
    await started();
    await frames();
    const before = t.bridge.paintedCount;
    for (let index = 0; index < 20; index++) t.bridge.receiver?.onBookFrame(moved(index));
    expect(t.bridge.paintedCount).toBe(before);
    await expect.poll(() => t.bridge.paintedCount).toBe(before + 1);
    await frames();
    expect(t.bridge.paintedCount).toBe(before + 1);
  });

  it('renders nothing in React on a book frame', async () => {
    await started();
    await frames();
    let renders = 0;
    const observer = new MutationObserver((changes) => (renders += changes.length));
    observer.observe(t.find('[data-panel="3"]'), { subtree: true, childList: true, characterData: true });
    for (let index = 0; index < 5; index++) {
      t.bridge.receiver?.onBookFrame(moved(index));
      await frames();
    }
    observer.disconnect();
    expect(renders).toBe(0);
  });

  it('says that it is held while the pointer is over it', async () => {
    await started();
    await frames();
    const free = picture();
    await userEvent.hover(t.find('[data-panel="3"] canvas'));
    await frames();
    expect(picture()).not.toBe(free);
  });
});
