import type { ReactElement } from 'react';

/** How far the scale reaches beyond the limit on the gain side, so that zero stands right of the middle. */
const SPAN_OF_LIMIT = 1.6;

/** The day's result between the loss limit (red, left) and an equal gain; pixels, so floats. */
export function DayBar({
  amount,
  limit,
}: {
  readonly amount: string | null;
  readonly limit: string | null;
}): ReactElement | null {
  if (amount === null || limit === null) return null;
  const scale = Math.abs(Number(limit)) * SPAN_OF_LIMIT;
  if (scale === 0) return null;
  const day = Number(amount);
  const zero = 100 / SPAN_OF_LIMIT;
  const isLoss = day < 0;
  const width = Math.min((Math.abs(day) / scale) * 100, isLoss ? zero : 100 - zero);
  const side = isLoss ? { right: `${100 - zero}%` } : { left: `${zero}%` };
  return (
    <span className="pnl" aria-hidden="true">
      <s />
      <u style={{ left: `${zero}%` }} />
      <i style={{ ...side, width: `${width}%`, background: isLoss ? 'var(--ask)' : 'var(--bid)' }} />
    </span>
  );
}
