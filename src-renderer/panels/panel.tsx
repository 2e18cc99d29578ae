import { useState, type ReactElement, type ReactNode } from 'react';
import { Icon } from '../ui/icons.tsx';
import { ageText } from '../ui/time-text.ts';
import { useTenth } from '../app/terminal-context.tsx';
import type { PanelCondition } from './condition.ts';

export type PanelTab = {
  readonly id: string;
  readonly title: string;
  /** What the title has no room for. */
  readonly says?: string;
};

export type PanelProps = {
  /** Alt and this digit focus the panel. */
  readonly digit?: string;
  readonly title: string;
  readonly context?: ReactNode;
  readonly chip?: string | null;
  readonly isLinked?: boolean;
  readonly tools?: ReactNode;
  readonly tabs?: readonly PanelTab[];
  readonly onTab?: (id: string) => void;
  readonly condition: PanelCondition;
  readonly isAlarm?: boolean;
  readonly isScrolling?: boolean;
  readonly children: ReactNode;
};

function Head({ title, context, chip, isLinked, tools, tabs = [], onTab, isAlarm }: PanelProps): ReactElement {
  return (
    <header className={isAlarm ? 'head alarm' : 'head'}>
      {isLinked && (
        <span className="link" title="Linked: shows the selected instrument">
          1
        </span>
      )}
      {tabs.length === 0 ? (
        <h2>{title}</h2>
      ) : (
        <div role="tablist" className="row gap2">
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              className="tabbtn"
              title={tab.says}
              aria-selected={tab.title === title}
              onClick={() => onTab?.(tab.id)}
            >
              {tab.title}
            </button>
          ))}
        </div>
      )}
      {context !== undefined && <span className="off">{context}</span>}
      {typeof chip === 'string' && <span className={chip === 'synthetic' ? 'chip dash' : 'chip'}>{chip}</span>}
      <span className="x">{tools}</span>
    </header>
  );
}

/** A region of the workspace with its header and one of four explicit states. */
export function Panel(props: PanelProps): ReactElement {
  const { title, digit, condition, isScrolling = false, children } = props;
  const isShown = condition.kind === 'ready' || condition.kind === 'stale';
  const classes = ['content', isScrolling ? 'scroll' : '', condition.kind === 'stale' ? 'old' : ''];
  return (
    <section className="panel" data-region="" data-panel={digit} tabIndex={-1} aria-label={title}>
      <Head {...props} />
      {condition.kind === 'stale' && <StaleBar {...condition} />}
      {isShown ? <div className={classes.filter(Boolean).join(' ')}>{children}</div> : <Absent condition={condition} />}
    </section>
  );
}

function StaleBar({ ageMs, limitMs, consequence }: Extract<PanelCondition, { kind: 'stale' }>): ReactElement {
  return (
    <div className="statebar" role="status">
      <Icon name="clock" />
      <span>
        Stale <span className="n">{ageMs === null ? 'of unknown age' : ageText(ageMs)}</span>, limit{' '}
        <span className="n">{ageText(limitMs)}</span>. {consequence}
      </span>
    </div>
  );
}

function Absent({ condition }: { readonly condition: PanelCondition }): ReactElement | null {
  if (condition.kind === 'loading') return <Loading key={condition.waitsFor} waitsFor={condition.waitsFor} />;
  if (condition.kind === 'empty')
    return (
      <div className="center">
        <b>{condition.title}</b>
        <span className="t2 small">{condition.detail}</span>
      </div>
    );
  if (condition.kind !== 'failed') return null;
  return (
    <>
      <div className="statebar failed" role="alert">
        <Icon name="cross" />
        <span>{condition.code}</span>
      </div>
      <div className="center">
        <span className="t2 small">{condition.detail}</span>
      </div>
    </>
  );
}

const SKELETON_WIDTHS = [70, 86, 52, 78, 64, 40];
/** Short waits stay calm: the time is shown only when there is something to wonder about. */
const ELAPSED_SHOWN_AFTER_MS = 300;

function Loading({ waitsFor }: { readonly waitsFor: string }): ReactElement {
  const [startedAt] = useState(() => Date.now());
  const elapsed = useTenth() - startedAt;
  return (
    <div className="content" aria-busy="true">
      {SKELETON_WIDTHS.map((width) => (
        <div key={width} className="skeleton" style={{ width: `${width}%` }} />
      ))}
      <p className="micro t3" style={{ padding: '14px 10px' }}>
        Waiting for {waitsFor}
        {elapsed >= ELAPSED_SHOWN_AFTER_MS && (
          <>
            , <span className="n">{(elapsed / 1000).toFixed(1)} s</span>
          </>
        )}
      </p>
    </div>
  );
}
