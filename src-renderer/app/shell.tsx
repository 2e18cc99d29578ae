import type { ReactElement } from 'react';
import { AlertsPanel } from '../panels/alerts.tsx';
import { BlotterPanel } from '../panels/blotter.tsx';
import { DriftPanel } from '../panels/drift.tsx';
import { OrderBookPanel } from '../panels/order-book.tsx';
import { RiskPanel } from '../panels/risk.tsx';
import { StrategiesPanel } from '../panels/strategies.tsx';
import { TapePanel } from '../panels/tape.tsx';
import { WatchlistPanel } from '../panels/watchlist.tsx';
import { Notices } from './notices.tsx';
import { SafetyStrip } from './safety-strip.tsx';
import { StatusBar } from './status-bar.tsx';
import { useEngine, useView } from './terminal-context.tsx';
import { TitleBar } from './title-bar.tsx';

/** The whole window. The frame's pattern says PAPER or LIVE without reading. */
export function Shell(): ReactElement {
  const mode = useView((view) => view.state?.strip.mode ?? view.welcome?.mode ?? 'paper');
  const tradingState = useEngine((state) => state.strip.tradingState);
  return (
    <div className="frame" data-mode={mode} data-state={tradingState ?? 'unknown'}>
      <div className="window">
        <TitleBar />
        <SafetyStrip />
        <Notices />
        <main className="body">
          <WatchlistPanel />
          <div />
          <OrderBookPanel />
          <div />
          <RiskPanel />
          <StrategiesPanel />
          <BlotterPanel />
          <TapePanel />
          <AlertsPanel />
          <DriftPanel />
        </main>
        <StatusBar />
      </div>
    </div>
  );
}
