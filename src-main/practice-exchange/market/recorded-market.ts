import type { Capture, CapturedEvent } from './capture.ts';
import type { Kline, KlineInterval, MarketEvent, MarketSymbol } from './market-source.ts';
import { klinesOfMinutes, PlayedMinutes } from './played-minutes.ts';
import type { PlayedSymbol } from './played-symbol.ts';

/**
 * Plays a recording as it was received, its clock moved so that the snapshot stands at the start time. At its end it
 * begins again: a discontinuity, then the snapshot. Klines are those of the trades played so far; there is no history
 * from before the recording.
 */
export class RecordedMarket implements PlayedSymbol {
  readonly symbol: MarketSymbol;
  private readonly capture: Capture;
  private readonly minutes = new PlayedMinutes();
  private lapStartMs: number;
  private position = -1;

  constructor(symbol: MarketSymbol, capture: Capture, startTimeMs: number) {
    this.symbol = symbol;
    this.capture = capture;
    this.lapStartMs = startTimeMs;
  }

  advance(marketTimeMs: number, events: MarketEvent[]): void {
    while (this.lapStartMs + this.nextOffsetMs() <= marketTimeMs) {
      const event = this.position < 0 ? null : this.capture.events[this.position];
      if (event === null) this.emitSnapshot(events);
      else if (event === undefined) this.beginAgain(events);
      else events.push(this.played(event));
      this.position += 1;
    }
  }

  history(interval: KlineInterval, endTimeMs: number, limit: number): readonly Kline[] {
    return klinesOfMinutes(this.minutes.bars(), this.symbol, { interval, endTimeMs, limit });
  }

  private nextOffsetMs(): number {
    if (this.position < 0) return 0;
    return this.capture.events[this.position]?.offsetMs ?? this.capture.durationMs;
  }

  private emitSnapshot(events: MarketEvent[]): void {
    const { bids, asks } = this.capture.snapshot;
    const at = { symbol: this.symbol.symbol, marketTimeMs: this.lapStartMs };
    events.push({ kind: 'book', ...at, snapshot: true, bids, asks });
  }

  private beginAgain(events: MarketEvent[]): void {
    this.lapStartMs += this.capture.durationMs;
    this.position = -2;
    events.push({ kind: 'discontinuity', symbol: this.symbol.symbol, marketTimeMs: this.lapStartMs });
  }

  private played(event: CapturedEvent): MarketEvent {
    const at = { symbol: this.symbol.symbol, marketTimeMs: this.lapStartMs + event.offsetMs };
    if (event.kind === 'depth') return { kind: 'book', ...at, snapshot: false, bids: event.bids, asks: event.asks };
    const { ticks, lots, aggressor } = event;
    this.minutes.count({ timeMs: at.marketTimeMs, ticks, lots, prints: 1, aggressor });
    return { kind: 'trade', ...at, ticks, lots, aggressor };
  }
}
