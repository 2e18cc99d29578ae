import type { DecimalText } from '../domain/decimal.ts';
import type { DenialCode } from '../domain/denial.ts';
import type { ExecutorRequest, ExecutorStatus } from '../domain/executor.ts';
import type { ClientOrderId, ExecutorId } from '../domain/identifiers.ts';
import type { OrderSide } from '../domain/order.ts';
import type { Memo } from './executor.ts';

/** A parent as the state keeps it. Plain data and maps only. */
export type ExecutorRecord = {
  readonly executorId: ExecutorId;
  readonly request: ExecutorRequest;
  /** Of the life it was started in: its draws come from this and `draws` alone. */
  readonly seed: string;
  readonly startedAtUs: number;
  status: ExecutorStatus;
  /** Why it is not working; null while it is. */
  reason: string | null;
  children: Map<ClientOrderId, ChildRecord>;
  memo: Memo;
  draws: number;
  /** Denials in a row, and when to try again after the last. */
  denials: number;
  lastDenial: DenialCode | null;
  retryAtUs: number;
  placedAtUs: number;
};

/** Kept after its order was forgotten. */
export type ChildRecord = {
  readonly side: OrderSide;
  readonly price: DecimalText | null;
  quantity: DecimalText;
  filled: DecimalText;
  isOpen: boolean;
};
