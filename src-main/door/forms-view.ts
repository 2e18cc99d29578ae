import { capabilitiesOfInstrument } from '../engine/domain/capabilities.ts';
import type { ListedInstrument } from '../engine/domain/events.ts';
import type { OrderFormsDto } from '../../src-preload/contract/order-forms.ts';

/** What may be sent for an instrument, from the engine's own table of its venue. */
export function formsDto({ id, makerFee, takerFee }: ListedInstrument): OrderFormsDto {
  const row = capabilitiesOfInstrument(id);
  return {
    orderTypes: row.orderTypes,
    timesInForce: row.timesInForce,
    icebergs: row.icebergs,
    shorts: !row.sellsOnlyHoldings,
    restingExits: !row.locksFunds && row.reduceOnly,
    modify: row.modify,
    modifyConditional: row.modifyConditional,
    makerFee,
    takerFee,
  };
}
