import type { ReactElement } from 'react';
import { HaltedBanner } from './halted-banner.tsx';
import { KeyMap } from './key-map.tsx';
import { Notices } from './notices.tsx';
import { SafetyStrip } from './safety-strip.tsx';
import { StatusBar } from './status-bar.tsx';
import { useEngine, useView } from './terminal-context.tsx';
import { TitleBar } from './title-bar.tsx';
import { Workspace } from './workspace.tsx';

/** The whole window. The frame's pattern says PAPER or LIVE without reading. */
export function Shell(): ReactElement {
  const mode = useView((view) => view.state?.strip.mode ?? view.welcome?.mode ?? 'paper');
  const tradingState = useEngine((state) => state.strip.tradingState);
  return (
    <div className="frame" data-mode={mode} data-state={tradingState ?? 'unknown'}>
      <div className="window">
        <TitleBar />
        <SafetyStrip />
        <div>
          <Notices />
          <HaltedBanner />
        </div>
        <Workspace />
        <StatusBar />
        <KeyMap />
      </div>
    </div>
  );
}
