import { type Conditional, conditionalOf } from './usdm-reports.ts';
import type { AlgoReply } from './usdm-wire.ts';

/** Enough for days of trading; the oldest go first. */
const CAPACITY = 20_000;

/** Conditional orders by client id: an ordinary order with such an id is one that was triggered. */
export class ConditionalIndex {
  private readonly known = new Map<string, Conditional>();

  remember(algo: Pick<AlgoReply, 'clientAlgoId' | 'orderType' | 'price' | 'triggerPrice'>): void {
    this.known.set(algo.clientAlgoId, conditionalOf(algo));
    if (this.known.size <= CAPACITY) return;
    const oldest = this.known.keys().next();
    if (oldest.done !== true) this.known.delete(oldest.value);
  }

  of(clientOrderId: string): Conditional | undefined {
    return this.known.get(clientOrderId);
  }
}
