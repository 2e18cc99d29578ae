import type { Command } from '../domain/command.ts';
import type { Config } from '../domain/config.ts';
import type { Denial } from '../domain/denial.ts';
import type { Balance, ComponentState, VenuePosition } from '../domain/events.ts';
import type { AccountId, CommandId, ExecutorId, InstrumentId, StrategyId, Venue } from '../domain/identifiers.ts';
import type { MarginStanding } from '../domain/margin.ts';
import type { FeedState, PriceReference } from '../domain/market.ts';
import { ensure } from '../domain/result.ts';
import { emptyExecutionState, type ExecutionState } from '../execution/execution-state.ts';
import { emptyReconciliation } from '../execution/reconciliation-state.ts';
import { createPortfolio, type Portfolio } from '../portfolio/portfolio.ts';
import type { JsonValue } from '../ports/store.ts';
import type { ExecutorRecord } from '../executors/executor-record.ts';
import type { RiskDay } from '../risk/risk-day.ts';
import { createEmaCross, type EmaCross } from '../strategy/ema-cross.ts';
import { fromJson, toJson } from './state-codec.ts';
import { STATE_VERSION, upcastState } from './state-version.ts';

export type AnsweredCommand = {
  readonly untilUs: number;
  /** Null where a state of version 1 did not keep it. */
  readonly command: Command | null;
  readonly denial: Denial | null;
};

type MarginReport = {
  readonly standing: MarginStanding;
  readonly positions: readonly VenuePosition[];
  readonly atUs: number;
};

/** A venue whose market data fell silent. It stays away until it was heard again for `failover.returnAfterMs`. */
export type AwayVenue = { readonly silentSinceUs: number; readonly heardSinceUs: number | null };

/** Everything decisions depend on besides the parts with a state of their own. Plain data and maps only. */
export type CoreState = {
  execution: ExecutionState;
  config: Config | null;
  sequence: number;
  timeUs: number;
  feeds: Map<InstrumentId, FeedState>;
  balances: Map<AccountId, readonly Balance[]>;
  /** Ids of the charges that were taken in, the latest last. */
  charges: Map<AccountId, readonly string[]>;
  /** What venues last said of accounts with debts or leverage. */
  margins: Map<AccountId, MarginReport>;
  disabledStrategies: readonly StrategyId[];
  /** What was answered to each command of late, oldest first: a second one with its id is not carried out again. */
  commands: Map<CommandId, AnsweredCommand>;
  components: Map<string, ComponentState>;
  riskDays: Map<AccountId, RiskDay>;
  /** Venues whose market data fell silent and that are not used again yet. */
  away: Map<Venue, AwayVenue>;
  /** Of this life, for draws. */
  seed: string;
  executors: Map<ExecutorId, ExecutorRecord>;
  executorCount: number;
  /** Last prices of instruments that executors work, and when they came. */
  executorPrices: Map<InstrumentId, { readonly reference: PriceReference; readonly atUs: number }>;
  /** When each account sent its entries, rising; none of the last minute is missing, some older ones are still there. */
  entryTimes: Map<AccountId, number[]>;
  /** `account|instrument|side` -> open time of the last bar whose signal was taken up. */
  signalBars: Map<string, number>;
};

export type Parts = {
  state: CoreState;
  readonly portfolio: Portfolio;
  readonly strategies: Map<StrategyId, EmaCross>;
};

export const createParts = (): Parts => ({
  state: emptyCoreState(),
  portfolio: createPortfolio(),
  strategies: new Map(),
});

function emptyCoreState(): CoreState {
  return {
    execution: emptyExecutionState(),
    config: null,
    sequence: 0,
    timeUs: 0,
    feeds: new Map(),
    balances: new Map(),
    charges: new Map(),
    margins: new Map(),
    disabledStrategies: [],
    commands: new Map(),
    components: new Map(),
    riskDays: new Map(),
    away: new Map(),
    seed: '',
    executors: new Map(),
    executorCount: 0,
    executorPrices: new Map(),
    entryTimes: new Map(),
    signalBars: new Map(),
  };
}

export const startedConfig = (parts: Parts): Config => ensure(parts.state.config, 'a started engine');

/** Strategies of the configuration, without history: their bars are warmed up anew in each life. */
export function startStrategies(parts: Parts, config: Config): void {
  parts.strategies.clear();
  for (const strategy of config.strategies) parts.strategies.set(strategy.strategyId, createEmaCross(strategy));
}

export function snapshotOf(parts: Parts): JsonValue {
  const strategies = [...parts.strategies].map(([id, strategy]) => [id, strategy.snapshot()] as const);
  return {
    version: STATE_VERSION,
    state: toJson(parts.state),
    portfolio: parts.portfolio.snapshot(),
    strategies: Object.fromEntries(strategies),
  };
}

/** Throws when `snapshot` is not one of a core, or of a newer version than this one understands. */
export function restoreParts(parts: Parts, snapshot: JsonValue): void {
  const { version = 1, state, portfolio, strategies } = snapshot as Readonly<Record<string, JsonValue>>;
  const restored = upcastState(version, fromJson(ensure(state, 'a core state'))) as CoreState;
  // What a snapshot of an earlier version does not have starts empty.
  const reconciliation = { ...emptyReconciliation(), ...restored.execution.reconciliation };
  const execution = { ...emptyExecutionState(), ...restored.execution, reconciliation };
  parts.state = { ...emptyCoreState(), ...restored, execution };
  parts.portfolio.restore(ensure(portfolio, 'a portfolio state'));
  if (parts.state.config !== null) startStrategies(parts, parts.state.config);
  const saved = ensure(strategies, 'strategy states') as Readonly<Record<string, JsonValue>>;
  for (const [id, strategy] of parts.strategies) strategy.restore(ensure(saved[id], `state of strategy ${id}`));
}
