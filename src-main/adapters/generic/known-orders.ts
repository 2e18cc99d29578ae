import type { ClientOrderId } from '../../engine/domain/identifiers.ts';
import { ownIdIn, type UnifiedOrder } from './unified-replies.ts';

/** More are forgotten, oldest first: a later question finds them at the venue. */
const KEPT = 2_000;

/** Which order of the venue is which of ours. Trades name the venue's id alone, and some replies too. */
export class KnownOrders {
  private readonly clientIds = new Map<string, ClientOrderId | null>();
  private readonly venueIds = new Map<ClientOrderId, string>();

  /** Null is a stranger's order. An id of ours that was learned once is not unlearned by a reply without it. */
  note(order: UnifiedOrder): ClientOrderId | null {
    const echoed = ownIdIn(order.clientOrderId);
    const known = this.clientIds.get(order.id) ?? null;
    const clientOrderId = echoed ?? known;
    this.remember(order.id, clientOrderId);
    return clientOrderId;
  }

  remember(venueId: string, clientOrderId: ClientOrderId | null): void {
    this.clientIds.delete(venueId);
    this.clientIds.set(venueId, clientOrderId);
    if (clientOrderId !== null) this.venueIds.set(clientOrderId, venueId);
    if (this.clientIds.size <= KEPT) return;
    const [oldest] = this.clientIds;
    if (oldest === undefined) return;
    this.clientIds.delete(oldest[0]);
    if (oldest[1] !== null) this.venueIds.delete(oldest[1]);
  }

  /** Undefined when the order was never seen. */
  clientIdOf(venueId: string): ClientOrderId | null | undefined {
    return this.clientIds.get(venueId);
  }

  venueIdOf(clientOrderId: ClientOrderId): string | undefined {
    return this.venueIds.get(clientOrderId);
  }
}
