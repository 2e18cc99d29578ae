import type { ExposureView } from '../engine/core/core-view.ts';
import { decimal, formatDecimal } from '../engine/domain/decimal.ts';
import { type Money, Price } from '../engine/domain/quantities.ts';
import type { CarryDto, PositionDto } from '../../src-preload/contract/state.ts';
import type { EngineFacts } from './engine-facts.ts';

/** Undefined before the first fill of the account on the instrument. */
export function positionDto(facts: EngineFacts, exposure: ExposureView): PositionDto | undefined {
  const { accountId, instrumentId, protection } = exposure;
  const position = facts.position(accountId, instrumentId);
  if (position === undefined) return undefined;
  const { averageEntryPrice, mark, quantity, unrealizedPnl } = position;
  const notional = mark === null ? null : mark.times(quantity.abs(), position.realizedPnl.asset);
  const stopTrigger = restingStopTrigger(facts, exposure);
  const openGapUs = protection.unprotectedSinceUs === null ? 0 : facts.nowUs() - protection.unprotectedSinceUs;
  return {
    accountId,
    instrumentId,
    quantity: quantity.toString(),
    averageEntryPrice: averageEntryPrice?.toString() ?? null,
    mark: mark?.toString() ?? null,
    notional: cents(notional),
    unrealizedPnl: cents(unrealizedPnl),
    unrealizedRatio: ratio(mark, averageEntryPrice),
    realizedPnl: position.realizedPnl.rounded(2, 'halfEven').toString(),
    carry: [...position.carry.values()].map(carried),
    currency: position.realizedPnl.asset,
    stopTrigger,
    stopDistanceRatio: stopTrigger === null ? null : ratio(Price.of(decimal(stopTrigger)), mark),
    protectedQuantity: exposure.covered,
    coverage: exposure.isFlat ? 'dust' : exposure.isBare ? 'bare' : 'protected',
    unprotectedMs: (protection.unprotectedUs + openGapUs) / 1000,
    openedAtUs: position.openedAtUs,
    liquidation: liquidationOf(facts, exposure),
  };
}

/** To the digit: a cost of a fraction of a cent is told as one. */
const carried = (amount: Money): CarryDto => ({ amount: formatDecimal(amount), asset: amount.asset });

/** Null on spot, where nothing can be liquidated. */
function liquidationOf(facts: EngineFacts, { accountId, instrumentId }: ExposureView): PositionDto['liquidation'] {
  const margin = facts.margins().find((one) => one.accountId === accountId);
  if (margin === undefined) return null;
  const position = margin.told?.positions.find((one) => one.instrumentId === instrumentId);
  return { isKnown: margin.told !== null, price: position?.liquidationPrice ?? null };
}

function restingStopTrigger(facts: EngineFacts, exposure: ExposureView): string | null {
  for (const id of exposure.openOrders) {
    const record = facts.order(id);
    if (record?.spec.role === 'stop' && record.spec.triggerPrice !== null && record.venueStatus === 'live')
      return record.spec.triggerPrice;
  }
  return null;
}

const cents = (money: Money | null): string | null => money?.rounded(2, 'halfEven').toString() ?? null;

function ratio(price: Price | null, base: Price | null): number | null {
  return price === null || base === null ? null : price.toNumberLossy() / base.toNumberLossy() - 1;
}
