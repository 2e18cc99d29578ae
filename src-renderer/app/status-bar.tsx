import type { ReactElement } from 'react';
import type { ComponentStateDto } from '../../src-preload/contract/state.ts';
import { Missing, Num } from '../ui/number.tsx';
import { formatNumber } from '../ui/number-text.ts';
import { useEngine } from './terminal-context.tsx';

const COMPONENT_TONE: Readonly<Record<ComponentStateDto, string>> = {
  up: 'var(--state-active)',
  degraded: 'var(--warn)',
  down: 'var(--danger)',
};
const COMPONENT_MARK: Readonly<Record<ComponentStateDto, string>> = { up: '●', degraded: '▲', down: '■' };

export const shortHash = (hash: string): string => (hash.length > 10 ? `${hash.slice(0, 4)}…${hash.slice(-4)}` : hash);

/** What the numbers above rest on: the engine's life, its journal, its parts. */
export function StatusBar(): ReactElement {
  const journal = useEngine((state) => state.journal);
  const components = useEngine((state) => state.components) ?? [];
  return (
    <footer className="status" data-region="" tabIndex={-1} aria-label="Status">
      {journal && (
        <>
          <span>
            Engine epoch <Num>{journal.engineEpoch}</Num>
          </span>
          <span>
            Journal <Num>#{formatNumber(journal.rows)}</Num> · hash <Num>{shortHash(journal.headHash)}</Num>
          </span>
          {journal.failed === null ? (
            <span>
              Commit{' '}
              {journal.lastCommitMs === null ? (
                <Missing reason="nothing was committed yet" />
              ) : (
                <Num>{formatNumber(journal.lastCommitMs, 1)} ms</Num>
              )}
            </span>
          ) : (
            <b className="dangerc" role="alert">
              Journal failed: {journal.failed}
            </b>
          )}
        </>
      )}
      {components.map(({ component, state, detail }) => (
        <span key={component} title={detail}>
          <span style={{ color: COMPONENT_TONE[state] }}>{COMPONENT_MARK[state]}</span> {component}
          {state !== 'up' && <span> {detail === '' ? state : detail}</span>}
        </span>
      ))}
      <span className="grow" />
      <span>
        <kbd>?</kbd> keys
      </span>
      <span>
        <kbd>Alt 1–9</kbd> panels
      </span>
      <span>
        <kbd>F6</kbd> next region
      </span>
    </footer>
  );
}
