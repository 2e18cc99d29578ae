import type { DecimalText } from './decimal.ts';
import type { InstrumentId } from './identifiers.ts';

/**
 * What carrying a position cost or paid, as the venue booked it, once by its id: funding of a perpetual, interest on a loan,
 * rollover of a margin position.
 */
export type Charge = {
  /** The venue's own number: one and the same charge has it in every answer. */
  readonly chargeId: string;
  readonly kind: 'funding' | 'interest' | 'rollover';
  readonly asset: string;
  /** Signed: negative was paid by us. */
  readonly amount: DecimalText;
  /** Null where the venue does not say which position it was for. */
  readonly instrumentId: InstrumentId | null;
  readonly chargedAtUs: number;
};

/**
 * How far an account with debts or leverage is from being closed by its venue, as the venue states it. The level is what
 * stands behind the positions over what they need: assets over debts (Binance margin), equity over used margin (Kraken),
 * margin balance over maintenance margin (USD-M). At `liquidationLevel` and below the venue closes.
 */
export type MarginStanding = {
  /** Null while nothing is owed or open. */
  readonly level: DecimalText | null;
  readonly liquidationLevel: DecimalText;
  /** What new positions may use, in `asset`; null where the venue does not state it. */
  readonly freeMargin: DecimalText | null;
  readonly asset: string;
};
