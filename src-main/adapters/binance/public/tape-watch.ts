/**
 * Notices that one of two streams that tell of the same trades fell silent while the other went on: a bar names the last
 * trade in it, and a trade is followed by a bar that holds it. Neither alone can tell silence from a quiet market.
 */
export class TapeWatch {
  /** Last trade known when the connection came up; earlier ones are never delivered. */
  private baseline: number | null = null;
  private lastTraded = -1;
  private lastInBar = -1;
  /** Monotonic microseconds since which one is behind the other; null while it is not. */
  private tradesBehindUs: number | null = null;
  private barsBehindUs: number | null = null;

  reset(): void {
    this.baseline = null;
    this.lastTraded = -1;
    this.lastInBar = -1;
    this.tradesBehindUs = null;
    this.barsBehindUs = null;
  }

  traded(tradeId: number, nowUs: number): void {
    this.lastTraded = Math.max(this.lastTraded, tradeId);
    this.settle(nowUs);
  }

  barred(lastTradeId: number, nowUs: number): void {
    this.baseline ??= lastTradeId;
    this.lastInBar = Math.max(this.lastInBar, lastTradeId);
    this.settle(nowUs);
  }

  /** The stream that has been behind the other for longer than `afterUs`. */
  silent(nowUs: number, afterUs: number): 'trade' | 'kline' | null {
    if (this.tradesBehindUs !== null && nowUs - this.tradesBehindUs > afterUs) return 'trade';
    if (this.barsBehindUs !== null && nowUs - this.barsBehindUs > afterUs) return 'kline';
    return null;
  }

  private settle(nowUs: number): void {
    const areTradesBehind = this.lastInBar > Math.max(this.lastTraded, this.baseline ?? -1);
    this.tradesBehindUs = areTradesBehind ? (this.tradesBehindUs ?? nowUs) : null;
    this.barsBehindUs = this.lastTraded > this.lastInBar ? (this.barsBehindUs ?? nowUs) : null;
  }
}
