import {
  divideDecimals,
  formatDecimal,
  multiplyDecimals,
  decimal,
  addDecimals,
  type Decimal,
} from '../engine/domain/decimal.ts';
import type { Fill } from '../engine/domain/order.ts';
import type { OrderRecord } from '../engine/execution/execution-state.ts';
import type { ForeignOrder } from '../engine/execution/reconciliation-state.ts';
import { syntheticOrderId } from '../engine/domain/synthetic-id.ts';
import type { FillDto, OrderDto } from '../../src-preload/contract/state.ts';

/** Averages show four digits below the price's own. */
const AVERAGE_DIGITS = 4;

/** Value and quantity filled of one order, for its average price. */
export type Filled = { readonly quantity: Decimal; readonly value: Decimal };

export function addFill(filled: Filled | undefined, fill: Fill): Filled {
  const quantity = decimal(fill.quantity);
  const value = multiplyDecimals(decimal(fill.price), quantity);
  if (filled === undefined) return { quantity, value };
  return { quantity: addDecimals(filled.quantity, quantity), value: addDecimals(filled.value, value) };
}

/** `refusal`: what the venue said when it rejected the order. */
export function orderDto(record: OrderRecord, filled: Filled | undefined, refusal: string | null): OrderDto {
  const { spec } = record;
  return {
    clientOrderId: spec.clientOrderId,
    venueOrderId: record.venueOrderIds.at(-1) ?? null,
    accountId: spec.accountId,
    strategyId: spec.strategyId,
    instrumentId: spec.instrumentId,
    role: spec.role,
    side: spec.side,
    type: spec.type,
    timeInForce: spec.timeInForce,
    quantity: spec.quantity,
    filledQuantity: record.filled,
    averagePrice: averagePrice(filled),
    price: spec.price,
    triggerPrice: spec.triggerPrice,
    status: record.status,
    pendingLeg: record.venueStatus === 'pendingNew',
    pending: record.pending,
    foreign: false,
    installation: null,
    adopted: record.adoptedAs !== undefined,
    ...(spec.parentId !== undefined && { parentId: spec.parentId }),
    createdAtUs: record.createdAtUs,
    updatedAtUs: record.updatedAtUs,
    reason: refusal,
  };
}

/** An order that is not ours, under the id it would have if it were adopted. */
export function foreignOrderDto({ report, firstSeenUs, installation, updatedAtUs }: ForeignOrder): OrderDto {
  const { accountId, venueOrderId } = report;
  return {
    clientOrderId: syntheticOrderId(accountId, venueOrderId),
    venueOrderId,
    accountId,
    strategyId: null,
    instrumentId: report.instrumentId,
    role: 'foreign',
    side: report.side,
    type: report.type,
    timeInForce: null,
    quantity: report.quantity,
    filledQuantity: report.filledQuantity,
    averagePrice: null,
    price: report.price,
    triggerPrice: report.triggerPrice,
    status: report.triggered ? 'triggered' : STATUS_WORDS[report.venueStatus],
    pendingLeg: report.venueStatus === 'pendingNew',
    pending: null,
    foreign: true,
    installation,
    adopted: false,
    createdAtUs: firstSeenUs,
    updatedAtUs,
    reason: null,
  };
}

const STATUS_WORDS: Readonly<Record<ForeignOrder['report']['venueStatus'], string>> = {
  pendingNew: 'accepted',
  live: 'accepted',
  partiallyFilled: 'partiallyFilled',
  filled: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
};

export function fillDto(fill: Fill, role: string): FillDto {
  return {
    tradeId: fill.tradeId,
    clientOrderId: fill.clientOrderId,
    accountId: fill.accountId,
    instrumentId: fill.instrumentId,
    role,
    side: fill.side,
    price: fill.price,
    quantity: fill.quantity,
    feeAmount: fill.fee.amount,
    feeAsset: fill.fee.asset,
    liquidity: fill.liquidity,
    tradedAtUs: fill.tradedAtUs,
  };
}

function averagePrice(filled: Filled | undefined): string | null {
  if (filled === undefined || filled.quantity.units === 0n) return null;
  const scale = Math.max(filled.value.scale - filled.quantity.scale, 0) + AVERAGE_DIGITS;
  return formatDecimal(divideDecimals(filled.value, filled.quantity, scale, 'halfEven'));
}
