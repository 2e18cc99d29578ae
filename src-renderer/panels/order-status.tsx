import type { ReactElement } from 'react';
import type { OrderDto } from '../../src-preload/contract/state.ts';
import { statusText } from '../app/words.ts';
import { Icon } from '../ui/icons.tsx';

/** By us, by the venue, or by the order's own terms: with a mark, because nothing was traded. */
export const BAD = new Set(['denied', 'rejected', 'expired']);

export function OrderStatus({ order }: { readonly order: OrderDto }): ReactElement {
  if (order.pending?.outcome === 'unknown') return <span className="chip warn hatch">? unknown</span>;
  if (order.foreign) return <span className="chip dash">foreign</span>;
  if (order.pending) return <span className="chip line">{order.pending.command} sent</span>;
  if (order.pendingLeg) return <span className="chip line">not placed yet</span>;
  if (BAD.has(order.status))
    return (
      <span className={order.status === 'denied' ? 'chip bad' : 'chip line'}>
        <Icon name="cross" /> {statusText(order.status)}
      </span>
    );
  return <span className="t2">{statusText(order.status)}</span>;
}
