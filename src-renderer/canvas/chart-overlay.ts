import type { IChartApi, ISeriesApi, UTCTimestamp } from 'lightweight-charts';
import { spread, type ChartLine, type FillMark, type LineTone } from './chart-marks.ts';
import type { TokenColors } from './token-colors.ts';

type OverlayParts = {
  readonly chart: IChartApi;
  readonly series: ISeriesApi<'Candlestick'>;
  readonly colors: TokenColors;
  readonly barSeconds: number;
};

const TONES: Readonly<Record<LineTone, string>> = {
  accent: '--accent',
  bid: '--bid',
  ask: '--ask',
  text2: '--text-2',
  warn: '--warn',
};
const TAG_HEIGHT = 18;
const LABEL_AWAY = 22;

/** Labels over the canvas, so that they stay crisp and can be read out. They follow the chart's own redraws. */
export class ChartOverlay {
  readonly #element: HTMLElement;
  readonly #parts: OverlayParts;
  #lines: readonly { readonly line: ChartLine; readonly tag: HTMLElement }[] = [];
  #fills: readonly { readonly mark: FillMark; readonly element: HTMLElement }[] = [];
  #stop: { readonly timeUs: number; readonly element: HTMLElement } | null = null;
  #frame = 0;

  constructor(host: HTMLElement, parts: OverlayParts) {
    this.#parts = parts;
    this.#element = document.createElement('div');
    this.#element.className = 'overlay';
    host.append(this.#element);
    // The chart calls this on every redraw of its own: scrolling, scaling, resizing, new bars.
    parts.series.attachPrimitive({ updateAllViews: () => this.#schedule() });
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#element.remove();
  }

  show(lines: readonly ChartLine[], fills: readonly FillMark[], stopUs: number | null): void {
    this.#element.replaceChildren();
    this.#lines = lines.map((line) => ({ line, tag: this.#add('tag', line.text, TONES[line.tone]) }));
    this.#fills = fills.map((mark) => {
      const element = this.#add('fillmark', '', mark.isBuy ? '--bid-solid' : '--ask-solid');
      element.append(document.createElement('i'), document.createElement('u'), boldText(mark.text));
      return { mark, element };
    });
    this.#stop = null;
    if (stopUs !== null) {
      const element = this.#add('vline', '', '--danger');
      element.append(boldText(`Emergency stop ${new Date(stopUs / 1000).toISOString().slice(11, 19)}`));
      this.#stop = { timeUs: stopUs, element };
    }
    this.#schedule();
  }

  #add(className: string, text: string, color: string): HTMLElement {
    const element = document.createElement('div');
    element.className = className;
    element.textContent = text;
    element.style.setProperty('--c', `var(${color})`);
    this.#element.append(element);
    return element;
  }

  #schedule(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#place();
    });
  }

  #xOf(timeUs: number): number | null {
    const { chart, barSeconds } = this.#parts;
    const opened = Math.floor(timeUs / 1_000_000 / barSeconds) * barSeconds;
    return chart.timeScale().timeToCoordinate(opened as UTCTimestamp);
  }

  #place(): void {
    const { chart, series } = this.#parts;
    const width = chart.timeScale().width();
    const height = this.#element.clientHeight - chart.timeScale().height();
    const ys = this.#lines.map(({ line }) => series.priceToCoordinate(line.price));
    const shown = (y: number | null | undefined): y is NonNullable<typeof y> =>
      y !== null && y !== undefined && y > 0 && y < height;
    const tops = spread(
      ys.map((y) => (shown(y) ? y : Infinity)),
      TAG_HEIGHT,
    );
    this.#lines.forEach(({ tag }, index) => {
      tag.hidden = !shown(ys[index]);
      tag.style.top = `${tops[index] ?? 0}px`;
      tag.style.left = `${width}px`;
    });
    this.#placeFills(width, height);
    const x = this.#stop ? this.#xOf(this.#stop.timeUs) : null;
    if (!this.#stop) return;
    this.#stop.element.hidden = x === null || x < 0 || x > width;
    this.#stop.element.style.left = `${x ?? 0}px`;
  }

  /** Buys are labeled below and sells above; labels of one bar stand in a column. */
  #placeFills(width: number, height: number): void {
    const perBar = new Map<string, number>();
    for (const { mark, element } of this.#fills) {
      const x = this.#xOf(mark.timeUs);
      const y = this.#parts.series.priceToCoordinate(mark.price);
      const isShown = x !== null && y !== null && x > 0 && x < width && y > 0 && y < height;
      element.hidden = !isShown;
      if (!isShown) continue;
      const key = `${x} ${mark.isBuy}`;
      const nth = perBar.get(key) ?? 0;
      perBar.set(key, nth + 1);
      element.style.left = `${x}px`;
      element.style.top = `${y}px`;
      const away = (LABEL_AWAY + nth * 16) * (mark.isBuy ? 1 : -1);
      element.style.setProperty('--away', `${away}px`);
      element.style.setProperty('--stem', `${Math.abs(away)}px`);
      element.style.setProperty('--stem-top', `${Math.min(0, away)}px`);
    }
  }
}

function boldText(text: string): HTMLElement {
  const element = document.createElement('b');
  element.textContent = text;
  return element;
}
