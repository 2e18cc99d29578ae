import type { ReactElement } from 'react';
import type { OrderDto } from '../../src-preload/contract/state.ts';
import { sideText } from '../app/words.ts';
import type { Estimate } from '../stores/order-size.ts';
import { Num } from '../ui/number.tsx';
import { formatDecimal, formatNumber, formatRatio } from '../ui/number-text.ts';
import { OrderStatus } from './order-status.tsx';

type SummaryProps = { readonly estimate: Estimate; readonly quote: string };

/** What the order means before it is sent, in the quote asset. */
export function EstimateView({ estimate, quote }: SummaryProps): ReactElement {
  const { notional, fee, worstLoss, worstLossRatio, rewardToRisk } = estimate;
  return (
    <dl className="estimate" aria-label="Estimate">
      <div>
        <dt>Notional</dt>
        <dd title={quote}>
          <Num>{formatDecimal(notional, 2)}</Num>
        </dd>
      </div>
      <div>
        <dt title="At the fee of a taker; a post-only order at that of a maker.">Fee about</dt>
        <dd>
          <Num>{formatDecimal(fee, 2)}</Num>
        </dd>
      </div>
      {worstLoss !== null && (
        <div title="Filled whole, then stopped at the limit of the stop, with both fees. A gap beyond that limit costs more.">
          <dt>Worst</dt>
          <dd>
            <Num className="down">{formatDecimal(`-${worstLoss}`, 2)}</Num>
            {worstLossRatio !== null && <Num className="t3"> {formatRatio(worstLossRatio)}</Num>}
          </dd>
        </div>
      )}
      {rewardToRisk !== null && (
        <div title="Distance to the target over distance to the stop, before fees.">
          <dt>Target</dt>
          <dd>
            <Num>{formatNumber(rewardToRisk, 1)} R</Num>
          </dd>
        </div>
      )}
    </dl>
  );
}

/** What became of the order that this ticket sent last. */
export function LastOrder({ order }: { readonly order: OrderDto }): ReactElement {
  const isUnknown = order.pending?.outcome === 'unknown';
  return (
    <p className={isUnknown ? 'lastorder warn' : 'lastorder t2'} role="status">
      <OrderStatus order={order} /> {sideText(order.side)} <Num>{formatDecimal(order.quantity)}</Num>
      {isUnknown ? (
        <span>: the answer is lost. Counted as its worst case until the venue proves what became of it.</span>
      ) : (
        <span className="t3">
          {' '}
          filled <Num>{formatDecimal(order.filledQuantity)}</Num>
          {order.reason !== null && `: ${order.reason}`}
        </span>
      )}
    </p>
  );
}
