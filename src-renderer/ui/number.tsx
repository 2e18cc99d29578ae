import Tooltip from '@mui/material/Tooltip';
import type { ReactElement, ReactNode } from 'react';

/** Anything that changes or is compared is set in the number face. */
export const Num = ({
  children,
  className = '',
}: {
  readonly children: ReactNode;
  readonly className?: string;
}): ReactElement => <span className={`n ${className}`}>{children}</span>;

/** A missing value is a dash with its reason; never zero, never blank. */
export const Missing = ({ reason }: { readonly reason: string }): ReactElement => (
  <Tooltip title={reason}>
    <span className="n t3" aria-label={reason}>
      —
    </span>
  </Tooltip>
);

export function toneOf(sign: number): string {
  if (sign === 0) return 't2';
  return sign > 0 ? 'up' : 'down';
}
export function arrowOf(sign: number): string {
  if (sign === 0) return '·';
  return sign > 0 ? '▲' : '▼';
}
