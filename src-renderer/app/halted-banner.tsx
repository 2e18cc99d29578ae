import type { ReactElement, ReactNode } from 'react';
import { Icon } from '../ui/icons.tsx';
import { Num } from '../ui/number.tsx';
import { ageText } from '../ui/time-text.ts';
import { useEngine } from './terminal-context.tsx';
import { focusPanel } from './regions.ts';
import { stopFigures } from './stop-figures.ts';

const Figure = ({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement => (
  <div>
    {label}
    <b>{children}</b>
  </div>
);

/** The engine stamps a whole turn with one time: a cancel of the stop's own turn has no distance of its own. */
function firstCancelText(firstCancelMs: number | null): string {
  if (firstCancelMs === null) return 'no order to cancel';
  return firstCancelMs === 0 ? 'in the same turn' : ageText(firstCancelMs);
}

/** Measured times or nothing: an unfinished stop says so. */
function ReportFigures(): ReactElement | null {
  const report = useEngine((state) => state.stop);
  if (!report) return null;
  const figures = stopFigures(report);
  return (
    <>
      <Figure label="stop to first cancel">
        <Num>{firstCancelText(figures.firstCancelMs)}</Num>
      </Figure>
      <Figure label={report.verifiedFlat ? 'all flat, verified' : 'all flat'}>
        <Num>
          {figures.finishedMs === null ? 'at work' : report.verifiedFlat ? ageText(figures.finishedMs) : 'NOT verified'}
        </Num>
      </Figure>
      <Figure label="orders canceled">
        <Num>
          {figures.cancels.done} of {figures.cancels.all}
        </Num>
      </Figure>
      <Figure label="positions exited">
        <Num>
          {figures.exits.done} of {figures.exits.all}
        </Num>
      </Figure>
      <Figure label="unknown">
        <Num>{figures.unknown}</Num>
      </Figure>
    </>
  );
}

/** HALTED and STOPPING say what is still allowed. Nothing re-arms by itself. */
export function HaltedBanner(): ReactElement | null {
  const state = useEngine((terminal) => terminal.strip.tradingState);
  if (state !== 'halted' && state !== 'stopping') return null;
  const isHalted = state === 'halted';
  return (
    <div className={isHalted ? 'banner' : 'banner stopping'} role="alert" data-region="" tabIndex={-1}>
      <h1>
        <Icon name={isHalted ? 'octagon' : 'square'} />
        {isHalted ? 'HALTED' : 'STOPPING'}
      </h1>
      <div className="k">
        <ReportFigures />
        <Figure label="still allowed">{isHalted ? 'cancel · reduce · protect' : 'cancel · reduce'}</Figure>
        <Figure label="denied">entry · increase</Figure>
      </div>
      {isHalted && (
        <button type="button" className="btn" onClick={() => focusPanel('4')}>
          Go to re-arm <kbd>Alt 4</kbd>
        </button>
      )}
    </div>
  );
}
