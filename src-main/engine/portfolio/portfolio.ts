import type { Balance } from '../domain/events.ts';
import type { AccountId, InstrumentId } from '../domain/identifiers.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { Charge } from '../domain/margin.ts';
import type { Fill } from '../domain/order.ts';
import type { Money, Price } from '../domain/quantities.ts';
import type { JsonValue } from '../ports/store.ts';
import { sharesOf } from './charge-shares.ts';
import { applyFillTo, carryOf, flatLedger, type Ledger, type Position, positionOf } from './position.ts';
import { portfolioFromJson, portfolioToJson } from './portfolio-snapshot.ts';
import { type RateOf, valueOfBalances, valueOfPnl } from './valuation.ts';

export type { Position } from './position.ts';
export type { RateOf } from './valuation.ts';

export type Portfolio = {
  /** Books one own fill; the caller has made sure that its trade id applies once. Throws when a text is no decimal. */
  applyFill(fill: Fill, instrument: Instrument): void;
  /** Books a funding, interest or rollover to the positions it was for; nothing where none is ours. Throws when a text is no decimal. */
  applyCharge(accountId: AccountId, charge: Charge): void;
  setMark(instrumentId: InstrumentId, price: Price): void;
  /** Undefined before the first fill. */
  position(accountId: AccountId, instrumentId: InstrumentId): Position | undefined;
  /** In order of first fill, flat ones included: their realized PnL stays. */
  positions(): readonly Position[];
  /**
   * Free and locked balances in the reporting asset, rounded down to 8 digits; null when a rate is missing. A caller that
   * leaves out unmanaged assets values them at zero, the worst case.
   */
  equity(balances: readonly Balance[], reportingAsset: string, rateOf: RateOf): Money | null;
  /**
   * Realized and unrealized PnL of own fills in the reporting asset, fees of third assets included; of one account or of
   * all. Deposits and unmanaged balances do not move it. Null when a mark or a rate is missing.
   */
  pnl(accountId: AccountId | null, reportingAsset: string, rateOf: RateOf): Money | null;
  snapshot(): JsonValue;
  /** Throws when `state` is no snapshot of a portfolio. */
  restore(state: JsonValue): void;
};

/** Positions from own fills, per account and instrument, exactly. */
export function createPortfolio(): Portfolio {
  const ledgers = new Map<string, Ledger>();
  const marks = new Map<InstrumentId, Price>();
  const positionFor = (ledger: Ledger): Position => positionOf(ledger, marks.get(ledger.instrumentId) ?? null);
  const positions = (): readonly Position[] => [...ledgers.values()].map(positionFor);

  return {
    applyFill(fill, instrument) {
      const key = keyOf(fill.accountId, fill.instrumentId);
      const ledger = ledgers.get(key) ?? flatLedger(fill.accountId, instrument);
      ledgers.set(key, applyFillTo(ledger, fill));
    },
    applyCharge(accountId, charge) {
      const own = [...ledgers.values()].filter((ledger) => ledger.accountId === accountId);
      for (const { ledger, amount } of sharesOf(charge, own)) {
        ledgers.set(keyOf(accountId, ledger.instrumentId), carryOf(ledger, charge.asset, amount));
      }
    },
    setMark(instrumentId, price) {
      marks.set(instrumentId, price);
    },
    position(accountId, instrumentId) {
      const ledger = ledgers.get(keyOf(accountId, instrumentId));
      return ledger === undefined ? undefined : positionFor(ledger);
    },
    positions,
    equity: valueOfBalances,
    pnl(accountId, reportingAsset, rateOf) {
      const chosen = positions().filter((position) => accountId === null || position.accountId === accountId);
      return valueOfPnl(chosen, reportingAsset, rateOf);
    },
    snapshot: () => portfolioToJson({ ledgers: [...ledgers.values()], marks }),
    restore(state) {
      const read = portfolioFromJson(state);
      ledgers.clear();
      marks.clear();
      for (const ledger of read.ledgers) ledgers.set(keyOf(ledger.accountId, ledger.instrumentId), ledger);
      for (const [id, price] of read.marks) marks.set(id, price);
    },
  };
}

const keyOf = (accountId: AccountId, instrumentId: InstrumentId): string => `${accountId} ${instrumentId}`;
