import type { MarginAccount } from '../../margin/loans.ts';
import type { Funding } from '../../matching/funding.ts';
import { ApiError } from '../api-error.ts';
import { readSymbol } from '../order-parameters.ts';
import type { Parameters } from '../parameters.ts';
import type { RouteContext } from '../route.ts';

const NO_ACCOUNT = new ApiError(-3003, 'Margin account does not exist.');
const BAD_EFFECT = new ApiError(-1130, "Data sent for parameter 'sideEffectType' is not valid.");
const BAD_FLAG = new ApiError(-1130, "Data sent for parameter 'isIsolated' is not valid.");

export const flag = (parameters: Parameters, name: string, standard: boolean): boolean => {
  const value = parameters.optional(name)?.toUpperCase();
  if (value === undefined) return standard;
  if (value !== 'TRUE' && value !== 'FALSE') throw BAD_FLAG;
  return value === 'TRUE';
};

/** The margin account a request names: cross, or isolated on its symbol. Throws -3003 when the signer has none. */
export function marginOf(context: RouteContext): MarginAccount {
  const { venue, parameters, account } = context;
  const isIsolated = flag(parameters, 'isIsolated', false);
  const symbol = isIsolated ? readSymbol(parameters, venue.engine.state.markets) : null;
  return found(venue.margin.of(account, symbol));
}

/** The same for queries that name the pair of an isolated account by another word. */
export function marginNamed({ venue, parameters, account }: RouteContext, name: string): MarginAccount {
  return found(venue.margin.of(account, parameters.optional(name) ?? null));
}

export function found(margin: MarginAccount | undefined): MarginAccount {
  if (margin === undefined) throw NO_ACCOUNT;
  return margin;
}

const EFFECTS = ['NO_SIDE_EFFECT', 'MARGIN_BUY', 'AUTO_REPAY', 'AUTO_BORROW_REPAY'] as const;

/** Throws -1130 for an effect this kind of order does not take. */
export function readFunding(parameters: Parameters, allowed: readonly (typeof EFFECTS)[number][] = EFFECTS): Funding {
  const repaysAtCancel = flag(parameters, 'autoRepayAtCancel', true);
  const sent = parameters.optional('sideEffectType');
  const effect = sent === undefined ? 'NO_SIDE_EFFECT' : parameters.word('sideEffectType', allowed, BAD_EFFECT);
  return {
    borrows: effect === 'MARGIN_BUY' || effect === 'AUTO_BORROW_REPAY',
    repays: effect === 'AUTO_REPAY' || effect === 'AUTO_BORROW_REPAY',
    repaysAtCancel,
  };
}
