import {
  CandlestickSeries,
  createChart,
  HistogramSeries,
  LineStyle,
  type CandlestickData,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { BarDto } from '../../src-preload/contract/messages.ts';
import type { InstrumentDto } from '../../src-preload/contract/state.ts';
import { BarFolder } from '../stores/bar-folder.ts';
import { barStep, INTERVAL_US, KEPT_BARS, type BarInterval } from '../stores/bars.ts';
import type { Session } from '../stores/session.ts';
import { digitsOf, formatNumber, formatSignedRatio } from '../ui/number-text.ts';
import { ChartOverlay } from './chart-overlay.ts';
import { chartLines, fillMarks, stopTimeUs, type ChartLine, type LineTone } from './chart-marks.ts';
import { NUMBER_FONT, readTokenColors, type TokenColors } from './token-colors.ts';

export type CandleChartOptions = {
  readonly session: Session;
  readonly instrument: InstrumentDto;
  readonly interval: BarInterval;
  readonly bars: readonly BarDto[];
  /** Bars were missed: they must be loaded again. */
  readonly onGap: () => void;
  readonly legend: HTMLElement;
};

const secondsOf = (us: number): UTCTimestamp => Math.floor(us / 1_000_000) as UTCTimestamp;

/** Bars as pixels need them: the chart's library counts in floats. */
const candleOf = (bar: BarDto): CandlestickData<UTCTimestamp> => ({
  time: secondsOf(bar.openTimeUs),
  open: Number(bar.open),
  high: Number(bar.high),
  low: Number(bar.low),
  close: Number(bar.close),
});

/** Candles with our fills, orders and position on them. Bars and ticks never pass through React. */
class CandleChart {
  readonly #options: CandleChartOptions;
  readonly #colors: TokenColors = readTokenColors();
  readonly #digits: number;
  readonly #chart: IChartApi;
  readonly #candles: ISeriesApi<'Candlestick'>;
  readonly #volumes: ISeriesApi<'Histogram'>;
  readonly #overlay: ChartOverlay;
  readonly #undo: readonly (() => void)[];
  readonly #folder: BarFolder;
  #isStreamed = false;
  #bars: BarDto[];
  #lines: { readonly line: ChartLine; readonly drawn: IPriceLine }[] = [];

  constructor(element: HTMLElement, options: CandleChartOptions) {
    const { session, instrument } = options;
    this.#options = options;
    this.#digits = digitsOf(instrument.tickSize);
    this.#bars = options.bars.slice(-KEPT_BARS);
    this.#folder = new BarFolder(options.interval, this.#bars.at(-1) ?? null);
    this.#chart = createChart(element, this.#chartOptions());
    this.#candles = this.#addCandles();
    this.#volumes = this.#addVolumes();
    this.#overlay = new ChartOverlay(element, {
      chart: this.#chart,
      series: this.#candles,
      colors: this.#colors,
      barSeconds: INTERVAL_US[options.interval] / 1_000_000,
    });
    this.#showBars();
    this.#showMarks();
    this.#undo = [
      session.market.listen({
        onBar: (bar, interval) => this.#onStreamed(bar, interval),
      }),
      session.store.subscribe((now, before) => {
        const [a, b] = [now.state, before.state];
        if (a?.orders !== b?.orders || a?.positions !== b?.positions || a?.fills !== b?.fills || a?.stop !== b?.stop)
          this.#showMarks();
      }),
    ];
  }

  dispose(): void {
    for (const undo of this.#undo) undo();
    this.#overlay.dispose();
    this.#chart.remove();
  }

  #chartOptions(): Parameters<typeof createChart>[1] {
    const { text3, line1 } = this.#colors;
    const price = (value: number): string => formatNumber(value, this.#digits);
    return {
      autoSize: true,
      layout: { background: { color: 'transparent' }, textColor: text3, fontFamily: NUMBER_FONT, fontSize: 10 },
      grid: { vertLines: { color: `${line1}90` }, horzLines: { color: `${line1}90` } },
      rightPriceScale: { borderColor: line1, minimumWidth: 66, scaleMargins: { top: 0.1, bottom: 0.16 } },
      timeScale: { borderColor: line1, timeVisible: true, secondsVisible: false, rightOffset: 14 },
      localization: { priceFormatter: price },
    };
  }

  #addCandles(): ISeriesApi<'Candlestick'> {
    const { bid, ask } = this.#colors;
    return this.#chart.addSeries(CandlestickSeries, {
      upColor: bid,
      downColor: ask,
      wickUpColor: bid,
      wickDownColor: ask,
      borderVisible: false,
      priceLineVisible: false,
      priceFormat: { type: 'price', precision: this.#digits, minMove: 10 ** -this.#digits },
      autoscaleInfoProvider: (base: () => ReturnType<typeof stretched>) => stretched(base(), this.#lines),
    });
  }

  #addVolumes(): ISeriesApi<'Histogram'> {
    const volumes = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    volumes.priceScale().applyOptions({ scaleMargins: { top: 0.88, bottom: 0 } });
    this.#chart.subscribeCrosshairMove(({ time }) => {
      const hovered =
        typeof time === 'number' ? this.#bars.find((bar) => secondsOf(bar.openTimeUs) === time) : undefined;
      this.#showLegend(hovered ?? this.#bars.at(-1));
    });
    return volumes;
  }

  #volumeOf(bar: BarDto): { time: UTCTimestamp; value: number; color: string } {
    const isUp = Number(bar.close) >= Number(bar.open);
    const color = `${isUp ? this.#colors.bid : this.#colors.ask}55`;
    return { time: secondsOf(bar.openTimeUs), value: Number(bar.volume), color };
  }

  #showBars(): void {
    this.#candles.setData(this.#bars.map(candleOf));
    this.#volumes.setData(this.#bars.map((bar) => this.#volumeOf(bar)));
    this.#showLegend(this.#bars.at(-1));
    const shown = Math.min(this.#bars.length, 110);
    this.#chart
      .timeScale()
      .setVisibleLogicalRange({ from: this.#bars.length - shown, to: this.#bars.length + shown * 0.16 });
  }

  /** Bars of the shown interval where they are streamed; otherwise minutes, folded. */
  #onStreamed(bar: BarDto, interval: string): void {
    if (interval === this.#options.interval) {
      this.#isStreamed = true;
      this.#onBar(bar);
    } else if (interval === '1m' && !this.#isStreamed) this.#onBar(this.#folder.fold(bar));
  }

  #onBar(bar: BarDto): void {
    const step = barStep(this.#bars.at(-1)?.openTimeUs ?? null, bar.openTimeUs, this.#options.interval);
    if (step === 'old') return;
    if (step === 'gap') {
      this.#options.onGap();
      return;
    }
    if (step === 'replace') this.#bars[this.#bars.length - 1] = bar;
    else this.#bars.push(bar);
    this.#candles.update(candleOf(bar));
    this.#volumes.update(this.#volumeOf(bar));
    this.#showLegend(bar);
    // Half as much again before the cut, so that it is rare.
    if (this.#bars.length > KEPT_BARS * 1.5) {
      this.#bars = this.#bars.slice(-KEPT_BARS);
      this.#candles.setData(this.#bars.map(candleOf));
      this.#volumes.setData(this.#bars.map((kept) => this.#volumeOf(kept)));
    }
  }

  #showMarks(): void {
    const state = this.#options.session.store.getState().state;
    if (!state) return;
    const { instrument } = this.#options;
    const last = Number(this.#bars.at(-1)?.close ?? Number.NaN);
    const subject = { orders: state.orders, positions: state.positions, last: Number.isNaN(last) ? null : last };
    const lines = chartLines(subject, instrument);
    for (const { drawn } of this.#lines) this.#candles.removePriceLine(drawn);
    this.#lines = lines.map((line) => ({ line, drawn: this.#candles.createPriceLine(this.#priceLine(line)) }));
    this.#overlay.show(lines, fillMarks(state.fills, instrument), stopTimeUs(state.stop));
  }

  #priceLine(line: ChartLine): Parameters<ISeriesApi<'Candlestick'>['createPriceLine']>[0] {
    return {
      price: line.price,
      color: this.#colors[line.tone satisfies LineTone],
      lineWidth: 1,
      lineStyle: line.isSolid ? LineStyle.Solid : LineStyle.Dashed,
      axisLabelVisible: true,
      title: '',
    };
  }

  #showLegend(bar: BarDto | undefined): void {
    const { legend } = this.#options;
    if (!bar) {
      legend.textContent = '';
      return;
    }
    const price = (text: string): string => formatNumber(Number(text), this.#digits);
    const change = Number(bar.close) / Number(bar.open) - 1;
    const prices = [`O ${price(bar.open)}`, `H ${price(bar.high)}`, `L ${price(bar.low)}`, `C ${price(bar.close)}`];
    const parts = [...prices, formatSignedRatio(change), `Vol ${formatNumber(Number(bar.volume), 1)}`];
    legend.replaceChildren(...parts.map(legendPart));
  }
}

/** Parts wrap as wholes where the chart is narrow. */
function legendPart(text: string): HTMLElement {
  const part = document.createElement('span');
  part.textContent = text;
  return part;
}

type Autoscale = { readonly priceRange: { minValue: number; maxValue: number } | null } | null;
/** Lines further than this many bar ranges away would flatten the candles: they stay as labels at the edge. */
const STRETCH = 1.5;

function stretched(info: Autoscale, lines: readonly { readonly line: ChartLine }[]): Autoscale {
  if (!info?.priceRange) return info;
  const { minValue, maxValue } = info.priceRange;
  const reach = (maxValue - minValue) * STRETCH;
  const near = lines
    .map(({ line }) => line.price)
    .filter((price) => price > minValue - reach && price < maxValue + reach);
  return { ...info, priceRange: { minValue: Math.min(minValue, ...near), maxValue: Math.max(maxValue, ...near) } };
}

/** Returns what takes the chart off its element again. */
export function mountCandleChart(element: HTMLElement, options: CandleChartOptions): () => void {
  const chart = new CandleChart(element, options);
  return () => chart.dispose();
}
