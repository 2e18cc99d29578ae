import { useState, type ReactElement } from 'react';
import { AlertsPanel } from '../panels/alerts.tsx';
import { BlotterPanel } from '../panels/blotter.tsx';
import { ChartPanel } from '../panels/chart.tsx';
import { DriftPanel } from '../panels/drift.tsx';
import { ExecutorPanel } from '../panels/executor-form.tsx';
import { OrderBookPanel } from '../panels/order-book.tsx';
import { PanelGuard } from '../panels/panel-guard.tsx';
import { Panel, type PanelTab } from '../panels/panel.tsx';
import { RearmPanel } from '../panels/rearm.tsx';
import { needsAttention, ReconciliationPanel } from '../panels/reconciliation.tsx';
import { RiskPanel } from '../panels/risk.tsx';
import { StopReportPanel } from '../panels/stop-report.tsx';
import { StrategiesPanel } from '../panels/strategies.tsx';
import { TapePanel } from '../panels/tape.tsx';
import { TicketPanel } from '../panels/ticket.tsx';
import { WatchlistPanel } from '../panels/watchlist.tsx';
import { useEngine } from './terminal-context.tsx';
import { useIsWide } from './use-width.ts';

const RISK_TAB: PanelTab = { id: 'risk', title: 'Risk' };
const DRIFT_TAB: PanelTab = { id: 'drift', title: 'Drift' };

const guarded = (title: string, panel: ReactElement): ReactElement => (
  <PanelGuard fallback={(error, retry) => <BrokenPanel title={title} error={error} retry={retry} />}>
    {panel}
  </PanelGuard>
);

type BrokenProps = { readonly title: string; readonly error: Error; readonly retry: () => void };

const BrokenPanel = ({ title, error, retry }: BrokenProps): ReactElement => (
  <Panel
    title={title}
    condition={{ kind: 'failed', code: 'PANEL_FAILED', detail: error.message }}
    tools={
      <button type="button" className="textbtn" onClick={retry}>
        Draw again
      </button>
    }
  >
    {null}
  </Panel>
);

/** The panels in their places. Two rows share one split, so that edges line up. */
export function Workspace(): ReactElement {
  const isWide = useIsWide();
  const tradingState = useEngine((state) => state.strip.tradingState);
  const isStopped = tradingState === 'halted' || tradingState === 'stopping';
  return (
    <main className="body">
      {guarded('Watchlist', <WatchlistPanel />)}
      {guarded('Chart', <ChartPanel />)}
      {guarded('Order book', <OrderBookPanel />)}
      {guarded('Order ticket', <TradeCell isStopped={isStopped} isWide={isWide} />)}
      {isWide && guarded('Risk', <RiskPanel />)}
      {guarded('Strategies', <StrategiesPanel />)}
      {guarded('Positions', <BlotterCell key={isStopped ? 'stopped' : 'trading'} isStopped={isStopped} />)}
      {guarded('Time and sales', <TapePanel />)}
      {guarded('Alerts', <AlertsCell isWide={isWide} />)}
      {isWide && guarded('Drift', <DriftPanel />)}
    </main>
  );
}

type CellProps = { readonly isStopped: boolean; readonly isWide: boolean };

const TICKET_TAB: PanelTab = { id: 'trade', title: 'Order ticket' };
const EXECUTOR_TAB: PanelTab = { id: 'executor', title: 'Executor' };
const REARM_TAB: PanelTab = { id: 'trade', title: 'Re-arm' };

/** Orders and executors by hand, or the re-arm steps while stopped; risk beside them where the window is narrow. */
function TradeCell({ isStopped, isWide }: CellProps): ReactElement {
  const [tab, setTab] = useState('trade');
  const own = isStopped ? [REARM_TAB] : [TICKET_TAB, EXECUTOR_TAB];
  const all = isWide ? own : [...own, RISK_TAB];
  const tabs = all.length > 1 ? all : [];
  if (!isWide && tab === 'risk') return <RiskPanel tabs={tabs} onTab={setTab} />;
  if (isStopped) return <RearmPanel tabs={tabs} onTab={setTab} />;
  const Shown = tab === 'executor' ? ExecutorPanel : TicketPanel;
  return <Shown tabs={tabs} onTab={setTab} />;
}

const STOP_TAB: PanelTab = { id: 'stop', title: 'Stop report' };
const ORDERS_TAB: PanelTab = { id: 'orders', title: 'Positions and orders' };

const DIFFERENCES_TAB: PanelTab = { id: 'differences', title: 'Differences' };

/**
 * What waits for a word comes first: differences from the venue, then the report of a stop. The rest stays one tab away.
 */
function BlotterCell({ isStopped }: { readonly isStopped: boolean }): ReactElement {
  const [tab, setTab] = useState<string | null>(null);
  const isAsked = useEngine((state) => needsAttention(state.reconciliation)) ?? false;
  const hasReport = useEngine((state) => state.stop !== null) ?? false;
  const first = isAsked ? 'differences' : isStopped && hasReport ? 'stop' : 'orders';
  const shown = tab ?? first;
  const before = isStopped ? [DIFFERENCES_TAB, STOP_TAB] : [DIFFERENCES_TAB];
  const tabs = [...before, ORDERS_TAB];
  if (shown === 'differences') return <ReconciliationPanel tabs={tabs} onTab={setTab} />;
  if (shown === 'stop' && isStopped) return <StopReportPanel tabs={tabs} onTab={setTab} />;
  return <BlotterPanel before={before} onTab={setTab} />;
}

function AlertsCell({ isWide }: { readonly isWide: boolean }): ReactElement {
  const [isDrift, setDrift] = useState(false);
  if (isWide || !isDrift)
    return <AlertsPanel more={isWide ? [] : [DRIFT_TAB]} onTab={(id) => setDrift(id === 'drift')} />;
  const back: PanelTab = { id: 'alerts', title: 'Alerts' };
  return <DriftPanel tabs={[back, DRIFT_TAB]} onTab={(id) => setDrift(id === 'drift')} />;
}
