import { parseInstrumentId, type Product } from '../domain/identifiers.ts';
import { invariant } from '../domain/result.ts';
import type { Exposure } from './execution-state.ts';

export type ProductTraits = {
  /** Resting orders hold the balance they would sell: an exit waits for the release of its stop. */
  readonly locksFunds: boolean;
  /** Fees in the base asset are taken out of what was bought. */
  readonly feesReduceHolding: boolean;
};

/** By product, so that a replay needs no venue. */
const TRAITS: Readonly<Record<Product, ProductTraits>> = {
  SPOT: { locksFunds: true, feesReduceHolding: true },
  MARGIN: { locksFunds: true, feesReduceHolding: true },
  USDM: { locksFunds: false, feesReduceHolding: false },
};

export function traitsOf(exposure: Exposure): ProductTraits {
  const parts = parseInstrumentId(exposure.instrumentId);
  invariant(parts.ok, () => `expected an instrument id, was ${exposure.instrumentId}`);
  return TRAITS[parts.value.product];
}
