import type { ReactElement } from 'react';
import type { StopActionDto, StopReportDto } from '../../src-preload/contract/state.ts';
import { useEngine, useSecond } from '../app/terminal-context.tsx';
import { Icon } from '../ui/icons.tsx';
import { Num } from '../ui/number.tsx';
import { formatDecimal, formatNumber } from '../ui/number-text.ts';
import { ageText } from '../ui/time-text.ts';
import { READY, useCondition } from './condition.ts';
import { Panel, type PanelTab } from './panel.tsx';
import { onRowKey } from './row-focus.ts';

const ACTION_WORDS: Readonly<Record<StopActionDto['action'], string>> = {
  cancel: 'Cancel',
  exit: 'Exit',
  restStop: 'Rest stop',
};

function Outcome({ action }: { readonly action: StopActionDto }): ReactElement {
  const nowMs = useSecond();
  switch (action.outcome) {
    case 'done':
      return (
        <span className="up row gap1">
          <Icon name="check" /> done
        </span>
      );
    case 'refused':
      return (
        <span className="chip bad">
          <Icon name="cross" /> refused
        </span>
      );
    case 'unknown':
      return <span className="chip warn hatch">? unknown {ageText(nowMs - action.sentAtUs / 1000)}</span>;
    case 'inFlight':
      return <span className="chip line">sent</span>;
  }
}

/** Zeros after the last digit that counts say nothing and push what does out of sight. */
const evidenceText = (text: string): string => text.replace(/(\.\d*?)0+(?!\d)/g, '$1').replace(/\.(?=\D|$)/g, '');

const HEADS: readonly (readonly [string, string, number | null])[] = [
  ['Sent, ms', 'r', 66],
  ['Action', '', 74],
  ['Instrument', '', 92],
  ['Quantity', 'r', 84],
  ['Outcome', '', 124],
  ['Evidence', '', null],
  ['Order', 'r', 66],
  ['Round trip, ms', 'r', 92],
];

function ActionRow({
  action,
  startedAtUs,
}: {
  readonly action: StopActionDto;
  readonly startedAtUs: number;
}): ReactElement {
  return (
    <tr tabIndex={-1} className={action.outcome === 'unknown' ? 'unknown' : ''}>
      <td className="r">
        <Num>+{formatNumber((action.sentAtUs - startedAtUs) / 1000)}</Num>
      </td>
      <td>{ACTION_WORDS[action.action]}</td>
      <td>{action.instrumentId.split('.')[0]}</td>
      <td className="r">
        <Num>{formatDecimal(action.quantity)}</Num>
      </td>
      <td>
        <Outcome action={action} />
      </td>
      <td className="t2" title={action.evidence}>
        {evidenceText(action.evidence)}
      </td>
      <td className="r t3">
        <Num>{action.clientOrderId.slice(-6)}</Num>
      </td>
      <td className="r t2">
        <Num>{action.answeredAtUs === null ? '—' : formatNumber((action.answeredAtUs - action.sentAtUs) / 1000)}</Num>
      </td>
    </tr>
  );
}

const rank = (action: StopActionDto): number => (action.outcome === 'unknown' ? 0 : 1);
const NO_ACTIONS: readonly StopActionDto[] = [];

function ReportTable({ report }: { readonly report: StopReportDto }): ReactElement {
  const actions = report.actions.toSorted((a, b) => rank(a) - rank(b) || a.sentAtUs - b.sentAtUs);
  return (
    <table className="table report" onKeyDown={onRowKey}>
      <colgroup>
        {HEADS.map(([head, , width]) => (
          <col key={head} style={width === null ? undefined : { width }} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {HEADS.map(([head, side]) => (
            <th key={head} className={side}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {actions.map((action) => (
          <ActionRow
            key={`${action.action} ${action.clientOrderId} ${action.sentAtUs}`}
            action={action}
            startedAtUs={report.startedAtUs}
          />
        ))}
      </tbody>
    </table>
  );
}

const SOURCE_WORDS: Readonly<Record<string, string>> = { key: 'the key', button: 'the button', cli: 'leeward stop' };

type StopReportProps = { readonly tabs: readonly PanelTab[]; readonly onTab: (id: string) => void };

/** One row per action with its evidence. A finished stop that is not verified flat says so in words. */
export function StopReportPanel({ tabs, onTab }: StopReportProps): ReactElement {
  const report = useEngine((state) => state.stop);
  const actions = report?.actions ?? NO_ACTIONS;
  const condition = useCondition(
    report ? READY : { kind: 'empty', title: 'No stop report', detail: 'The state was set without an emergency stop.' },
  );
  const proven = actions.filter((action) => action.outcome === 'done').length;
  const sources = report?.sources.map((source) => SOURCE_WORDS[source] ?? source).join(', ') ?? '';
  return (
    <Panel
      digit="7"
      title="Stop report"
      tabs={tabs}
      onTab={onTab}
      isAlarm
      isScrolling
      condition={condition}
      tools={report && `${actions.length} actions · ${proven} proven · by ${sources}`}
    >
      {report && <ReportTable report={report} />}
      {report && <p className="none">{verdictOf(report)}</p>}
    </Panel>
  );
}

function verdictOf(report: StopReportDto): string {
  if (report.finishedAtUs === null) return 'At work: more rows may come.';
  return report.verifiedFlat
    ? 'Verified flat by a query at the venue. Foreign orders are not touched.'
    : 'NOT verified flat. Look at positions and orders, and at the venue itself.';
}
