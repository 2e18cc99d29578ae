import type { JudgedCommand } from '../domain/command.ts';
import type { Config } from '../domain/config.ts';
import type { RiskCheck, Verdict } from '../domain/denial.ts';
import type { Difference } from '../domain/difference.ts';
import type { Balance, ComponentState, ListedInstrument, StopReport } from '../domain/events.ts';
import type { AccountId, ClientOrderId, InstrumentId } from '../domain/identifiers.ts';
import type { FeedState, PriceReference } from '../domain/market.ts';
import type { Money } from '../domain/quantities.ts';
import type { TradingState } from '../domain/trading-state.ts';
import type { UnknownOutcome } from '../domain/unknown-outcome.ts';
import { type AccountMargin, accountMargins } from './account-margin.ts';
import { coverageOf, isDust, isFlat } from '../execution/coverage.ts';
import type { Exposure, OrderRecord, VenueLink } from '../execution/execution-state.ts';
import type { ForeignOrder, OtherInstallation } from '../execution/reconciliation-state.ts';
import type { ExecutorRecord } from '../executors/executor-record.ts';
import type { Position } from '../portfolio/portfolio.ts';
import type { EmaCross } from '../strategy/ema-cross.ts';
import type { Parts } from './core-state.ts';
import { dayFigures } from './day-loss.ts';
import { isEnabled } from './entry-path.ts';
import { judgmentOf } from './order-judgment.ts';
import { equityOf, rateOf } from './valuation.ts';

export type ExposureView = Readonly<Exposure> & {
  /** Decimal text: quantity of resting stops, and what of the position they leave open. */
  readonly covered: string;
  readonly uncovered: string;
  readonly isFlat: boolean;
  /** What stops leave open is more than dust. */
  readonly isBare: boolean;
};

/** What others may read of the core; never a way to change it. */
export type CoreView = {
  /** Of the last input; 0 before any. */
  timeUs(): number;
  config(): Config | null;
  tradingState(): { readonly state: TradingState; readonly reason: string; readonly sources: readonly string[] };
  /** Orders of the session that are open or closed within the hour, oldest first. */
  orders(): readonly Readonly<OrderRecord>[];
  order(id: ClientOrderId): Readonly<OrderRecord> | undefined;
  exposures(): readonly ExposureView[];
  positions(): readonly Position[];
  instruments(): readonly ListedInstrument[];
  balances(accountId: AccountId): readonly Balance[];
  equity(accountId: AccountId): Money | null;
  /** Of own fills, in the reporting asset; of one account or of all. */
  pnl(accountId: AccountId | null): Money | null;
  /** Accounts that trade more than spot, and how safe their venue says they are. */
  margins(): readonly AccountMargin[];
  /** PnL since the risk day began, and its loss against the limit; null before the day's first known figures. */
  day(accountId: AccountId): { readonly pnl: Money; readonly loss: RiskCheck } | null;
  feed(instrumentId: InstrumentId): FeedState | undefined;
  venue(accountId: AccountId): Readonly<VenueLink> | undefined;
  components(): ReadonlyMap<string, ComponentState>;
  /** Open orders that are not ours, with their numbers. */
  foreignOrders(): readonly ForeignOrder[];
  /** What the venue says otherwise than we believed: open ones, and those accepted of late. */
  differences(): readonly Difference[];
  /** Accounts whose venue is not yet heard about all that the journal said at start, and about how many orders. */
  comparing(): readonly { readonly accountId: AccountId; readonly orders: number }[];
  /** Other Leewards seen at work on our accounts. */
  otherInstallations(): readonly OtherInstallation[];
  stop(): StopReport | null;
  /** Commands of unknown outcome, oldest first: all that are open, and the newest that were resolved. */
  unknownOutcomes(): readonly UnknownOutcome[];
  strategy(strategyId: string): { readonly strategy: EmaCross; readonly enabled: boolean } | undefined;
  /** Working, paused and lately ended, oldest first. */
  executors(): readonly Readonly<ExecutorRecord>[];
  /** What a command would be answered now, at these prices. */
  judge(command: JudgedCommand, reference: PriceReference): Verdict;
  /** Time without protection of all exposures, gaps still open included, as of the last event. */
  unprotectedMs(): number;
  /** Instruments with an order or a position: their prices are referenced every second. */
  watched(): readonly InstrumentId[];
};

export function coreView(parts: Parts): CoreView {
  const exposures = (): readonly Exposure[] => [...parts.state.execution.exposures.values()];
  return {
    ...statusView(parts),
    ...moneyView(parts),
    orders: () => [...parts.state.execution.orders.values()],
    order: (id) => parts.state.execution.orders.get(id),
    exposures: () => exposures().map((exposure) => exposureView(parts, exposure)),
    instruments: () => [...parts.state.execution.instruments.values()],
    strategy: (strategyId) => strategyView(parts, strategyId),
    executors: () => [...parts.state.executors.values()],
    judge: (command, reference) => judgmentOf(parts, command, reference),
    unprotectedMs: () => exposures().reduce((sum, exposure) => sum + unprotectedUs(parts, exposure), 0) / 1_000,
    watched: () => {
      const busy = exposures().filter(({ openOrders, quantity }) => openOrders.length > 0 || quantity !== '0');
      const worked = [...parts.state.executors.values()].filter(({ status }) => status === 'working');
      const ids = [...busy, ...worked.map(({ request }) => request)].map(({ instrumentId }) => instrumentId);
      return [...new Set(ids)];
    },
  };
}

function statusView(
  parts: Parts,
): Pick<
  CoreView,
  | 'timeUs'
  | 'config'
  | 'tradingState'
  | 'feed'
  | 'venue'
  | 'components'
  | 'stop'
  | 'unknownOutcomes'
  | 'foreignOrders'
  | 'differences'
  | 'comparing'
  | 'otherInstallations'
> {
  return {
    timeUs: () => parts.state.timeUs,
    config: () => parts.state.config,
    tradingState: () => {
      const { tradingState, tradingStateReason, tradingStateSources } = parts.state.execution;
      return { state: tradingState, reason: tradingStateReason, sources: tradingStateSources };
    },
    feed: (instrumentId) => parts.state.feeds.get(instrumentId),
    venue: (accountId) => parts.state.execution.venues.get(accountId),
    components: () => parts.state.components,
    foreignOrders: () => [...parts.state.execution.reconciliation.foreign.values()],
    differences: () => [...parts.state.execution.reconciliation.differences.values()],
    comparing: () =>
      [...parts.state.execution.reconciliation.beliefs].map(([accountId, { orders }]) => ({
        accountId,
        orders: orders.length,
      })),
    otherInstallations: () => [...parts.state.execution.reconciliation.others.values()],
    stop: () => parts.state.execution.stop?.report ?? null,
    unknownOutcomes: () => parts.state.execution.unknowns,
  };
}

function moneyView(parts: Parts): Pick<CoreView, 'positions' | 'balances' | 'equity' | 'margins' | 'pnl' | 'day'> {
  return {
    positions: () => parts.portfolio.positions(),
    balances: (accountId) => parts.state.balances.get(accountId) ?? [],
    equity: (accountId) => equityOf(parts, accountId),
    margins: () => (parts.state.config === null ? [] : accountMargins(parts)),
    day: (accountId) => dayFigures(parts, accountId),
    pnl: (accountId) => {
      const asset = parts.state.config?.reportingAsset;
      return asset === undefined ? null : parts.portfolio.pnl(accountId, asset, (other) => rateOf(parts, other));
    },
  };
}

function exposureView(parts: Parts, exposure: Exposure): ExposureView {
  const { covered, uncovered } = coverageOf(parts.state.execution, exposure);
  return {
    ...exposure,
    covered: covered.toString(),
    uncovered: uncovered.toString(),
    isFlat: isFlat(parts.state.execution, exposure),
    isBare: !isDust(parts.state.execution, exposure, uncovered),
  };
}

function unprotectedUs(parts: Parts, { protection }: Exposure): number {
  const since = protection.unprotectedSinceUs;
  return protection.unprotectedUs + (since === null ? 0 : parts.state.timeUs - since);
}

function strategyView(parts: Parts, strategyId: string): ReturnType<CoreView['strategy']> {
  const config = parts.state.config?.strategies.find((candidate) => candidate.strategyId === strategyId);
  const strategy = config === undefined ? undefined : parts.strategies.get(config.strategyId);
  return config === undefined || strategy === undefined ? undefined : { strategy, enabled: isEnabled(parts, config) };
}
