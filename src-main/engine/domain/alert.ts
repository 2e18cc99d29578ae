export type Severity = 'info' | 'warning' | 'critical';

export const ALERT_CODES = [
  'EMERGENCY_STOP',
  'TRADING_STATE_CHANGED',
  'ORDER_DENIED',
  'ORDER_REJECTED',
  'OUTCOME_UNKNOWN',
  'OUTCOME_RESOLVED',
  'OUTCOME_UNRESOLVED',
  'POSITION_UNPROTECTED',
  'LEG_REFUSED',
  'STOP_ESCALATED',
  'FEED_STALE',
  'VENUE_DOWN',
  'VENUE_SILENT',
  'VENUE_RETURNED',
  'BREAKER_OPENED',
  'BREAKER_CLOSED',
  'STORE_FAILED',
  'GUARDIAN_LOST',
  'WORKER_DOWN',
  'COMPONENT_DEGRADED',
  'CLOCK_STEPPED',
  'FOREIGN_ORDER',
  'OTHER_INSTALLATION',
  'DIFFERENCES_OPEN',
  'POSITION_DIFFERS',
  'POSITION_FORCED',
  'LATE_FILL',
  'DRIFT',
  'RECONCILED',
  'INVARIANT_BROKEN',
] as const;
export type AlertCode = (typeof ALERT_CODES)[number];

/** A code with its numbers; the renderer words it. */
export type Alert = {
  readonly code: AlertCode;
  readonly severity: Severity;
  readonly params: Readonly<Record<string, string | number | boolean | null>>;
};
