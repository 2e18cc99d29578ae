import { useState, type ReactElement } from 'react';
import type { AlertDto, LogDto, ParamsDto } from '../../src-preload/contract/state.ts';
import { useEngine } from '../app/terminal-context.tsx';
import { alertText, alertTitle } from '../app/words.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Num } from '../ui/number.tsx';
import { formatDecimal, formatNumber } from '../ui/number-text.ts';
import { clockText } from '../ui/time-text.ts';
import { READY, useCondition, type PanelCondition } from './condition.ts';
import { Panel, type PanelTab } from './panel.tsx';

const SEVERITIES: Readonly<Record<AlertDto['severity'], { icon: IconName; tone: string; word: string }>> = {
  info: { icon: 'info', tone: 't2', word: 'Info' },
  warning: { icon: 'warn', tone: 'warn', word: 'Warning' },
  critical: { icon: 'octagon', tone: 'dangerc', word: 'Critical' },
};

function AlertRow({ alert }: { readonly alert: AlertDto }): ReactElement {
  const { icon, tone, word } = SEVERITIES[alert.severity];
  return (
    <div className="alert">
      <span className={tone} title={word}>
        <Icon name={icon} />
        <span className="hidden">{word}</span>
      </span>
      <span className={`b ${tone === 't2' ? '' : tone}`}>{alertTitle(alert.code)}</span>
      <Num className="t3">{clockText(alert.timeUs)}</Num>
      <p>{alertText(alert.code, alert.params)}</p>
    </div>
  );
}

const valueText = (value: string | number | boolean | null): string => {
  if (value === null) return '—';
  return typeof value === 'string' ? formatDecimal(value) : String(value);
};

const paramsText = (params: ParamsDto): string =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(' · ');

function LogRow({ entry }: { readonly entry: LogDto }): ReactElement {
  const text = paramsText(entry.summary);
  return (
    <div className="logrow">
      <Num className="t3">{clockText(entry.timeUs)}</Num>
      <span>
        {entry.kind} <span className="t3">{entry.instrumentId?.split('/')[0]}</span>
      </span>
      {text !== '' && <p>{text}</p>}
    </div>
  );
}

/** Closed bars come by the dozen and bury what a person looks for; the journal has them. */
const isTold = (entry: LogDto): boolean => entry.kind !== 'bar.closed';

function Log({ log }: { readonly log: readonly LogDto[] }): ReactElement {
  const told = log.filter(isTold);
  return (
    <>
      {told
        .slice(-SHOWN_LOG)
        .toReversed()
        .map((entry) => (
          <LogRow key={entry.sequence} entry={entry} />
        ))}
      <p className="none">{formatNumber(log.length - told.length)} closed bars are left out here.</p>
    </>
  );
}

const OWN_TABS: readonly PanelTab[] = [
  { id: 'alerts', title: 'Alerts' },
  { id: 'log', title: 'Event log' },
];
const NO_ALERTS: readonly AlertDto[] = [];
const NO_LOG: readonly LogDto[] = [];
/** The window lists the newest; the journal has them all. */
const SHOWN_LOG = 200;

const EMPTY: Readonly<Record<string, PanelCondition>> = {
  alerts: { kind: 'empty', title: 'No alerts', detail: 'None in this session.' },
  log: { kind: 'empty', title: 'No events', detail: 'The journal has told of none yet.' },
};

type AlertsProps = { readonly more?: readonly PanelTab[]; readonly onTab?: (id: string) => void };

export function AlertsPanel({ more = [], onTab }: AlertsProps): ReactElement {
  const [tab, setTab] = useState('alerts');
  const alerts = useEngine((state) => state.alerts) ?? NO_ALERTS;
  const log = useEngine((state) => state.log) ?? NO_LOG;
  const count = tab === 'alerts' ? alerts.length : log.length;
  const condition = useCondition((count === 0 ? EMPTY[tab] : undefined) ?? READY);
  return (
    <Panel
      digit="9"
      title={OWN_TABS.find(({ id }) => id === tab)?.title ?? ''}
      tabs={[...OWN_TABS, ...more]}
      onTab={(id) => (OWN_TABS.some((own) => own.id === id) ? setTab(id) : onTab?.(id))}
      tools={<span className="micro">{formatNumber(count)}</span>}
      condition={condition}
      isScrolling
    >
      {tab === 'alerts' ? (
        alerts.toReversed().map((alert) => <AlertRow key={alert.id} alert={alert} />)
      ) : (
        <Log log={log} />
      )}
    </Panel>
  );
}
