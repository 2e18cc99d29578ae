import type { FaultBoard, FaultKind } from '../faults.ts';

type Drill = Extract<FaultKind, 'duplicateFill' | 'lateFill' | 'outOfOrder' | 'dropPrivate'>;

/** What an order's event is about. */
export type About = { readonly symbol: string; readonly isTrade: boolean };

/** Faults of private streams: events of orders that come late, twice, in another order or not at all. */
export class PrivateDrills {
  private readonly faults: FaultBoard;
  private readonly deliver: (account: string, event: unknown) => void;
  /** An event kept back by the out-of-order drill until the next one is sent. */
  private readonly keptBack = new Map<string, unknown>();

  constructor(faults: FaultBoard, deliver: (account: string, event: unknown) => void) {
    this.faults = faults;
    this.deliver = deliver;
  }

  pass(account: string, about: About, event: unknown): void {
    if (this.strike('dropPrivate', about) !== undefined) return;
    if (about.isTrade) {
      const delayMs = this.strike('lateFill', about);
      if (delayMs !== undefined) {
        setTimeout(() => this.deliver(account, event), delayMs);
        return;
      }
      if (this.strike('duplicateFill', about) !== undefined) this.deliver(account, event);
    }
    if (!this.keptBack.has(account) && this.strike('outOfOrder', about) !== undefined) {
      this.keptBack.set(account, event);
      return;
    }
    this.deliver(account, event);
    const kept = this.keptBack.get(account);
    this.keptBack.delete(account);
    if (kept !== undefined) this.deliver(account, kept);
  }

  /** The fault's delay when it struck. */
  private strike(kind: Drill, { symbol }: About): number | undefined {
    if (this.faults.list().length === 0) return undefined;
    const struck = this.faults.strike((fault) => fault.kind === kind && (fault.symbol ?? symbol) === symbol);
    return struck === undefined ? undefined : (struck.ms ?? 1000);
  }
}
