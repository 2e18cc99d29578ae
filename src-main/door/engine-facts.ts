import type { RiskConfig } from '../engine/domain/config.ts';
import type { ListedInstrument, StopReport } from '../engine/domain/events.ts';
import type { AccountId, ClientOrderId, InstrumentId } from '../engine/domain/identifiers.ts';
import type { FeedState } from '../engine/domain/market.ts';
import type { Money, Price } from '../engine/domain/quantities.ts';
import type { TradingState } from '../engine/domain/trading-state.ts';
import type { UnknownOutcome } from '../engine/domain/unknown-outcome.ts';
import type { AccountMargin } from '../engine/core/account-margin.ts';
import type { CoreView, ExposureView } from '../engine/core/core-view.ts';
import type { OrderRecord } from '../engine/execution/execution-state.ts';
import type { ForeignOrder } from '../engine/execution/reconciliation-state.ts';
import type { Position } from '../engine/portfolio/portfolio.ts';
import type {
  ComponentDto,
  DriftDto,
  ExecutorDto,
  OriginDto,
  ReconciliationDto,
  StrategyDto,
} from '../../src-preload/contract/state.ts';
import { executorDtos } from './executor-view.ts';
import { reconciliationDto } from './reconciliation-view.ts';

/** What the door reads of the engine to show it; never a way to change it. */
export type EngineFacts = {
  readonly mode: 'paper' | 'live';
  readonly venueLabel: string;
  readonly origin: OriginDto;
  readonly reportingAsset: string;
  readonly risk: RiskConfig;
  readonly engineEpoch: number;
  readonly accounts: readonly AccountId[];
  /** Those that trade the instrument. */
  accountsOf(instrumentId: InstrumentId): readonly AccountId[];
  nowUs(): number;
  instruments(): readonly ListedInstrument[];
  tradingState(): { readonly state: TradingState; readonly sinceUs: number; readonly reason: string };
  order(id: ClientOrderId): Readonly<OrderRecord> | undefined;
  exposures(): readonly ExposureView[];
  position(accountId: AccountId, instrumentId: InstrumentId): Position | undefined;
  foreignOrders(): readonly ForeignOrder[];
  reconciliation(): ReconciliationDto;
  unprotectedMs(): number;
  margins(): readonly AccountMargin[];
  account(): { readonly equity: Money | null; readonly dayPnl: Money | null };
  feed(instrumentId: InstrumentId): { readonly state: FeedState; readonly ageMs: number | null };
  last(instrumentId: InstrumentId): Price | null;
  closes(instrumentId: InstrumentId): readonly number[];
  stopReport(): StopReport | null;
  unknownOutcomes(): readonly UnknownOutcome[];
  executors(): readonly ExecutorDto[];
  components(): readonly ComponentDto[];
  drift(): DriftDto;
  strategies(): readonly StrategyDto[];
  journal(): {
    readonly rows: number;
    readonly headHash: string;
    readonly lastCommitMs: number | null;
    readonly failed: string | null;
  };
  guardian(): { readonly silentMs: number | null };
  lag(): { readonly p50Ms: number | null; readonly p99Ms: number | null };
  roundTrip(): { readonly lastMs: number | null; readonly p99Ms: number | null; readonly samples: number };
};

/** Facts that do not come from the core: the shell's measurements and the world around the engine. */
export type Surroundings = Pick<
  EngineFacts,
  | 'mode'
  | 'venueLabel'
  | 'accountsOf'
  | 'origin'
  | 'engineEpoch'
  | 'nowUs'
  | 'closes'
  | 'last'
  | 'drift'
  | 'strategies'
  | 'journal'
  | 'guardian'
  | 'lag'
  | 'roundTrip'
> & {
  readonly accounts: readonly AccountId[];
  readonly config: { readonly reportingAsset: string; readonly risk: RiskConfig };
  feedAgeMs(instrumentId: InstrumentId): number | null;
  tradingStateSinceUs(): number;
  componentDetails(): ReadonlyMap<string, string>;
};

/** The door's facts from the core's view and what surrounds it. */
export function engineFacts(view: CoreView, around: Surroundings): EngineFacts {
  const { config } = around;
  return {
    ...around,
    reportingAsset: config.reportingAsset,
    risk: config.risk,
    instruments: () => view.instruments(),
    tradingState: () => ({ ...view.tradingState(), sinceUs: around.tradingStateSinceUs() }),
    order: (id) => view.order(id),
    exposures: () => view.exposures(),
    position: (accountId, instrumentId) =>
      view.positions().find((position) => position.accountId === accountId && position.instrumentId === instrumentId),
    foreignOrders: () => view.foreignOrders(),
    reconciliation: () => reconciliationDto(view, around.accounts),
    unprotectedMs: () => view.unprotectedMs(),
    margins: () => view.margins(),
    account: () => accountFigures(view, around),
    feed: (instrumentId) => ({ state: view.feed(instrumentId) ?? 'connecting', ageMs: around.feedAgeMs(instrumentId) }),
    stopReport: () => view.stop(),
    unknownOutcomes: () => view.unknownOutcomes(),
    executors: () => executorDtos(view.executors()),
    components: () => componentDtos(view, around),
  };
}

function accountFigures(view: CoreView, around: Surroundings): { equity: Money | null; dayPnl: Money | null } {
  const equities = around.accounts.map((accountId) => view.equity(accountId));
  const equity = equities.reduce((sum, next) => (sum === null || next === null ? null : sum.plus(next)));
  const days = around.accounts.map((accountId) => view.day(accountId)?.pnl ?? null);
  const dayPnl = days.reduce((sum, next) => (sum === null || next === null ? null : sum.plus(next)));
  return { equity, dayPnl };
}

function componentDtos(view: CoreView, around: Surroundings): readonly ComponentDto[] {
  const details = around.componentDetails();
  const venues = around.accounts.map((accountId): ComponentDto => {
    const link = view.venue(accountId);
    const state = link?.state === 'ready' ? 'up' : link?.state === 'down' ? 'down' : 'degraded';
    return { component: `venue ${accountId}`, state, detail: link?.state ?? 'connecting' };
  });
  const others = [...view.components()].map(([component, state]): ComponentDto => ({
    component,
    state,
    detail: details.get(component) ?? '',
  }));
  return [...others, ...venues];
}
