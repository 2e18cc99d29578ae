import { useState, type ReactElement, type ReactNode } from 'react';
import { REASON_MINIMUM } from '../app/state-menu.tsx';
import { useEngine } from '../app/terminal-context.tsx';
import { useCommand } from '../app/use-command.ts';
import { HoldButton } from '../ui/hold-button.tsx';
import { READY, useCondition } from './condition.ts';
import { Panel, type PanelTab } from './panel.tsx';
import { useReconciliation } from './reconciliation.tsx';

type StepState = 'done' | 'now' | 'later';
type StepProps = {
  readonly number: number;
  readonly state: StepState;
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
};

const Step = ({ number, state, title, text, children }: StepProps): ReactElement => (
  <div className={`step ${state}`}>
    <span className="num">{state === 'done' ? '✓' : number}</span>
    <b>{title}</b>
    <p>{text}</p>
    {children}
  </div>
);

type RearmProps = { readonly tabs?: readonly PanelTab[]; readonly onTab?: (id: string) => void };

/** The way out of HALTED: evidence, a reason for the journal, a held button. It leads to REDUCING first. */
export function RearmPanel({ tabs = [], onTab }: RearmProps): ReactElement {
  const condition = useCondition(READY);
  return (
    <Panel digit="4" title="Re-arm" isAlarm isScrolling condition={condition} tabs={tabs} {...(onTab && { onTab })}>
      <Rearm />
    </Panel>
  );
}

function flatStep(isFlat: boolean, isReported: boolean): Pick<StepProps, 'state' | 'title' | 'text'> {
  if (isFlat) return { state: 'done', title: 'Positions verified flat', text: 'Queried at the venue after the stop.' };
  if (isReported) return { state: 'now', title: 'Not verified flat', text: 'See the stop report and the positions.' };
  return { state: 'done', title: 'Halted without a stop', text: 'Positions and their stops stand as they were.' };
}

function unknownStep(unknown: number): Pick<StepProps, 'state' | 'title' | 'text'> {
  if (unknown === 0) return { state: 'done', title: 'No unknown outcome', text: 'Every order is proven.' };
  const text =
    'The engine asks the venue again by itself. Until then each counts as its worst case against every limit.';
  return { state: 'now', title: `${unknown} unknown`, text };
}

function differenceStep(open: number, waiting: number): Pick<StepProps, 'state' | 'title' | 'text'> {
  if (open > 0)
    return { state: 'now', title: `${open} differences`, text: 'Confirm each in the panel Differences, Alt 7.' };
  if (waiting > 0) return { state: 'now', title: 'Comparing', text: `${waiting} orders are still asked about.` };
  return { state: 'done', title: 'Books compared', text: 'The venue says what the journal says, or it was confirmed.' };
}

function Rearm(): ReactElement {
  const [reason, setReason] = useState('');
  const { send, answer } = useCommand();
  const stop = useEngine((state) => state.stop);
  const strip = useEngine((state) => state.strip);
  const { open, waiting } = useReconciliation();
  const isLive = strip?.mode === 'live';
  const isLong = reason.trim().length >= REASON_MINIMUM;
  const isAtWork = strip?.tradingState !== 'halted';
  return (
    <>
      <Step number={1} {...flatStep(stop?.verifiedFlat === true, stop !== null)} />
      <Step number={2} {...unknownStep(strip?.workingOrders.unknown ?? 0)} />
      <Step number={3} {...differenceStep(open.length, waiting)} />
      <Step number={4} state={isLong ? 'done' : 'now'} title="Say why" text="Written to the journal.">
        <input
          className="reason"
          aria-label={`Reason, at least ${REASON_MINIMUM} characters`}
          placeholder={`Reason, at least ${REASON_MINIMUM} characters`}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Step>
      <Step
        number={5}
        state={isLive ? 'later' : 'done'}
        title="Code from authenticator"
        text={isLive ? 'The engine asks for it.' : 'LIVE only. PAPER skips this step.'}
      />
      <Step number={6} state="later" title="Start reduced" text="First REDUCING. ACTIVE is a second decision." />
      <div className="rearmend">
        <HoldButton
          disabled={!isLong || isAtWork || answer.kind === 'waiting'}
          label={isLong ? 'Hold to re-arm' : 'Hold to re-arm · say why first'}
          onHeld={() => void send({ kind: 'rearm', to: 'reducing', reason: reason.trim() })}
        />
        {answer.kind === 'failed' && (
          <p className="dangerc small" role="alert">
            {answer.text}
          </p>
        )}
        <p className="t3 micro">Nothing re-arms by itself, not even after a restart.</p>
      </div>
    </>
  );
}
