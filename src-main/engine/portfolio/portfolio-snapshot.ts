import type { Decimal } from '../domain/decimal.ts';
import type { AccountId, InstrumentId } from '../domain/identifiers.ts';
import { Price } from '../domain/quantities.ts';
import type { JsonValue } from '../ports/store.ts';
import type { Ledger } from './position.ts';

/** All that a portfolio remembers. */
export type PortfolioState = {
  readonly ledgers: readonly Ledger[];
  readonly marks: ReadonlyMap<InstrumentId, Price>;
};

/** Units and scale, not decimal text: an exact cost may have more fraction digits than decimal text allows. */
type DecimalJson = readonly [units: string, scale: number];

type LedgerJson = {
  readonly accountId: string;
  readonly instrumentId: string;
  readonly base: string | null;
  readonly quote: string;
  readonly tickScale: number;
  readonly quantity: DecimalJson;
  readonly cost: DecimalJson;
  readonly realized: DecimalJson;
  readonly fees: Readonly<Record<string, DecimalJson>>;
  /** Absent in snapshots of before there were any. */
  readonly carry?: Readonly<Record<string, DecimalJson>>;
  readonly openedAtUs: number | null;
};

type PortfolioJson = {
  readonly version: number;
  readonly ledgers: readonly LedgerJson[];
  readonly marks: Readonly<Record<string, DecimalJson>>;
};

export function portfolioToJson(state: PortfolioState): JsonValue {
  const json: PortfolioJson = {
    version: 1,
    ledgers: state.ledgers.map((ledger) => ({
      ...ledger,
      quantity: toJson(ledger.quantity),
      cost: toJson(ledger.cost),
      realized: toJson(ledger.realized),
      fees: amountsToJson(ledger.fees),
      carry: amountsToJson(ledger.carry),
    })),
    marks: Object.fromEntries([...state.marks].map(([id, price]) => [id, toJson(price)])),
  };
  return json;
}

/** Throws when `json` is no snapshot of this version: a snapshot is our own, checked by the journal's hash. */
export function portfolioFromJson(json: JsonValue): PortfolioState {
  const state = json as PortfolioJson;
  if (state.version !== 1)
    throw new RangeError(`expected a portfolio snapshot of version 1, was ${String(state.version)}`);
  return {
    ledgers: state.ledgers.map((ledger) => ({
      ...ledger,
      accountId: ledger.accountId as AccountId,
      instrumentId: ledger.instrumentId as InstrumentId,
      quantity: fromJson(ledger.quantity),
      cost: fromJson(ledger.cost),
      realized: fromJson(ledger.realized),
      fees: amountsFromJson(ledger.fees),
      carry: amountsFromJson(ledger.carry ?? {}),
    })),
    marks: new Map(Object.entries(state.marks).map(([id, price]) => [id as InstrumentId, Price.of(fromJson(price))])),
  };
}

const amountsToJson = (amounts: ReadonlyMap<string, Decimal>): Readonly<Record<string, DecimalJson>> =>
  Object.fromEntries([...amounts].map(([asset, amount]) => [asset, toJson(amount)]));
const amountsFromJson = (amounts: Readonly<Record<string, DecimalJson>>): ReadonlyMap<string, Decimal> =>
  new Map(Object.entries(amounts).map(([asset, amount]) => [asset, fromJson(amount)]));
const toJson = ({ units, scale }: Decimal): DecimalJson => [units.toString(), scale];
const fromJson = ([units, scale]: DecimalJson): Decimal => ({ units: BigInt(units), scale });
