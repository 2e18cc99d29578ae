import {
  addDecimals,
  compareDecimals,
  divideToStep,
  multiplyDecimals,
  negated,
  signOf,
  subtractDecimals,
} from '../ui/number-text.ts';
import { formsOf } from './order-forms.ts';
import { entryPrice, plain, type TicketFields, type TicketWorld } from './ticket-fields.ts';

const absolute = (text: string): string => (text.startsWith('-') ? negated(text) : text);

/** Quantity in whole lots, rounded down; null while what it needs is missing. */
export function quantityOf(fields: TicketFields, world: TicketWorld): string | null {
  const size = plain(fields.size);
  if (size === null || signOf(size) <= 0) return null;
  if (fields.sizeUnit === 'base') return size;
  const price = entryPrice(fields, world);
  if (price === null || signOf(price) <= 0) return null;
  const { lotSize } = world.instrument;
  if (fields.sizeUnit === 'quote') return divideToStep(size, price, lotSize);
  const perUnit = lossPerUnit(fields, world, price);
  if (world.equity === null || perUnit === null || signOf(perUnit) <= 0) return null;
  const risked = multiplyDecimals(multiplyDecimals(world.equity, size), '0.01');
  return divideToStep(risked, perUnit, lotSize);
}

/** Post-only pays the maker fee; anything else may take. */
const entryFee = ({ type }: TicketFields, world: TicketWorld): string => {
  const { makerFee, takerFee } = formsOf(world.instrument);
  return type === 'limitMaker' ? makerFee : takerFee;
};

/** What one unit loses between the entry and the limit of its stop, with the fees of both. */
function lossPerUnit(fields: TicketFields, world: TicketWorld, price: string): string | null {
  const stop = plain(fields.stopLimit);
  if (stop === null) return null;
  const distance = absolute(subtractDecimals(price, stop));
  const { takerFee } = formsOf(world.instrument);
  const fees = addDecimals(multiplyDecimals(price, entryFee(fields, world)), multiplyDecimals(stop, takerFee));
  return addDecimals(distance, fees);
}

/** What the order means, exactly, in the quote asset; null where it cannot be reckoned. */
export type Estimate = {
  readonly notional: string;
  /** Of the entry. */
  readonly fee: string;
  /** Entry filled whole, then stopped at the stop's limit, with both fees. A gap beyond the limit costs more. */
  readonly worstLoss: string | null;
  /** As a fraction of the equity. */
  readonly worstLossRatio: number | null;
  /** At the target before fees, in multiples of the distance to the stop. */
  readonly rewardToRisk: number | null;
};

export function estimateOf(fields: TicketFields, world: TicketWorld): Estimate | null {
  const [price, quantity] = [entryPrice(fields, world), quantityOf(fields, world)];
  if (price === null || quantity === null || signOf(quantity) <= 0) return null;
  const notional = multiplyDecimals(price, quantity);
  const perUnit = fields.isClosing ? null : lossPerUnit(fields, world, price);
  const worstLoss = perUnit === null ? null : multiplyDecimals(perUnit, quantity);
  const { equity } = world;
  const isKnown = worstLoss !== null && equity !== null && compareDecimals(equity, '0') > 0;
  return {
    notional,
    fee: multiplyDecimals(notional, entryFee(fields, world)),
    worstLoss,
    worstLossRatio: isKnown ? Number(worstLoss) / Number(equity) : null,
    rewardToRisk: fields.isClosing ? null : rewardOf(fields, price),
  };
}

function rewardOf(fields: TicketFields, price: string): number | null {
  const [stop, target] = [plain(fields.stopTrigger), plain(fields.target)];
  if (stop === null || target === null) return null;
  const risk = Math.abs(Number(subtractDecimals(price, stop)));
  return risk === 0 ? null : Math.abs(Number(subtractDecimals(target, price))) / risk;
}
