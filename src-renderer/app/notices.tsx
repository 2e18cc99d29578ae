import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useLineCondition } from '../panels/condition.ts';
import type { StopActor, StopDelivery } from '../stores/emergency-stop.ts';
import { Icon } from '../ui/icons.tsx';
import { ageText, clockText } from '../ui/time-text.ts';
import { useSecond, useTerminal, useView } from './terminal-context.tsx';
import { wordsOfError } from './words.ts';

/** What stands between the trader and the present, and what became of the last order to stop. */
export function Notices(): ReactElement {
  return (
    <>
      <LineNotice />
      <StopNotice />
    </>
  );
}

function LineNotice(): ReactElement | null {
  const line = useLineCondition();
  const connection = useView((view) => view.connection);
  const isResyncing = useView((view) => view.resyncing);
  if (line?.kind === 'stale')
    return (
      <div className="notice bad" role="alert">
        <Icon name="warn" />
        <b>{connection.status === 'open' ? 'The engine is silent' : 'Line to the engine lost'}</b>
        <span>
          Everything shown is {line.ageMs === null ? 'old' : ageText(line.ageMs)} old
          {connection.detail === '' ? '' : ` (${connection.detail})`}. Connecting again by itself. To stop now, run{' '}
          <b>leeward stop</b> on the engine's machine.
        </span>
      </div>
    );
  if (line?.kind === 'failed')
    return (
      <div className="notice bad" role="alert">
        <Icon name="cross" />
        <span>{line.detail}</span>
      </div>
    );
  if (!isResyncing) return null;
  return (
    <div className="notice" role="status">
      <Icon name="clock" />
      <span>A number was missing in the stream: a snapshot was asked for.</span>
    </div>
  );
}

/** An answer that has not come by then is worth saying. */
const LATE_ANSWER_MS = 1000;

function acknowledgedText(by: StopActor, after: string): { className: string; text: string } {
  switch (by) {
    case 'engine':
      return {
        className: 'notice good',
        text: `acknowledged by the engine after ${after}. Its report tells what became of each order.`,
      };
    case 'guardianFlat':
      return {
        className: 'notice good',
        text: `carried out by the guardian in ${after}, as the engine did not answer. Verified flat.`,
      };
    case 'guardianNotFlat':
      return {
        className: 'notice bad',
        text: `the engine did not answer, and the guardian could not prove within ${after} that all is flat. Look at the venue.`,
      };
  }
}

function stopText(delivery: StopDelivery, nowMs: number): { className: string; text: string } | null {
  switch (delivery.kind) {
    case 'none':
      return null;
    case 'sent':
      return nowMs - delivery.atMs < LATE_ANSWER_MS
        ? { className: 'notice', text: 'sent, waiting for the engine.' }
        : { className: 'notice bad', text: 'sent, no answer yet. Run leeward stop on the engine’s machine.' };
    case 'acknowledged':
      return acknowledgedText(delivery.by, ageText(delivery.tookMs));
    case 'refused':
      return { className: 'notice bad', text: `refused. ${wordsOfError(delivery.error)}` };
    case 'undelivered':
      return {
        className: 'notice bad',
        text: `NOT delivered: ${delivery.detail}. Run leeward stop on the engine’s machine.`,
      };
  }
}

function StopNotice(): ReactElement | null {
  const { stop } = useTerminal();
  const delivery = useStore(stop.store);
  const nowMs = useSecond();
  const shown = stopText(delivery, nowMs);
  if (!shown || delivery.kind === 'none') return null;
  return (
    <div className={shown.className} role="alert">
      <Icon name="octagon" />
      <b>Emergency stop {clockText(delivery.atMs * 1000)}</b>
      <span className="grow">{shown.text}</span>
      {delivery.kind !== 'sent' && (
        <button type="button" className="textbtn" onClick={stop.dismiss}>
          Dismiss
        </button>
      )}
    </div>
  );
}
