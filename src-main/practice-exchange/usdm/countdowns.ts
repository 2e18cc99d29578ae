type Countdown = { readonly account: string; readonly symbol: string; readonly atMs: number };

/** Dead-man timers of wall time, one per account and symbol. Each call replaces the one before; zero stops it. */
export class Countdowns {
  private readonly timers = new Map<string, Countdown>();

  set(account: string, symbol: string, atMs: number | null): void {
    const key = `${account} ${symbol}`;
    if (atMs === null) this.timers.delete(key);
    else this.timers.set(key, { account, symbol, atMs });
  }

  /** Takes out those that ran down. */
  due(wallMs: number): Countdown[] {
    const due = [...this.timers].filter(([, { atMs }]) => wallMs >= atMs);
    for (const [key] of due) this.timers.delete(key);
    return due.map(([, countdown]) => countdown);
  }
}
