/** Enough for days of trading; the oldest go first and can be asked for again. */
const CAPACITY = 20_000;

/** Our ids by the venue's: its trade rows name orders by number only. Order numbers are unique within a symbol. */
export class ClientIdIndex {
  private readonly ids = new Map<string, string>();

  remember(symbol: string, venueOrderId: string, clientOrderId: string): void {
    this.ids.set(`${symbol} ${venueOrderId}`, clientOrderId);
    if (this.ids.size <= CAPACITY) return;
    const oldest = this.ids.keys().next();
    if (oldest.done !== true) this.ids.delete(oldest.value);
  }

  of(symbol: string, venueOrderId: string): string | undefined {
    return this.ids.get(`${symbol} ${venueOrderId}`);
  }
}
