import type { ReactElement } from 'react';
import type { StrategyDto } from '../../src-preload/contract/state.ts';
import { useEngine } from '../app/terminal-context.tsx';
import { useCommand } from '../app/use-command.ts';
import { Num } from '../ui/number.tsx';
import { formatNumber } from '../ui/number-text.ts';
import { clockText } from '../ui/time-text.ts';
import { READY, useCondition, type PanelCondition } from './condition.ts';
import { Panel } from './panel.tsx';

const NONE: PanelCondition = { kind: 'empty', title: 'No strategies', detail: 'The configuration names none.' };
const NO_STRATEGIES: readonly StrategyDto[] = [];

type RowProps = { readonly strategy: StrategyDto; readonly isRouted: boolean };

function StrategyRow({ strategy, isRouted }: RowProps): ReactElement {
  const { send, answer } = useCommand();
  const { strategyId, enabled } = strategy;
  return (
    <div className="strategy">
      <div className="row between">
        <b className="ell">{strategyId}</b>
        <button
          type="button"
          role="switch"
          aria-checked={enabled}
          aria-label={`Strategy ${strategyId}`}
          className={enabled ? 'switch on' : 'switch'}
          disabled={answer.kind === 'waiting'}
          onClick={() => void send({ kind: 'setStrategyEnabled', strategyId, enabled: !enabled })}
        >
          {enabled ? 'ON' : 'OFF'}
        </button>
      </div>
      <div className="row between t2 small">
        <span>{strategy.kind}</span>
        <span>
          <Num>{formatNumber(strategy.signals)}</Num> signals
        </span>
      </div>
      <div className="t3 micro">
        {strategy.lastSignalUs === null ? 'no signal yet' : `last signal ${clockText(strategy.lastSignalUs)}`}
        {enabled && !isRouted && ' · recorded, not routed'}
      </div>
      {answer.kind === 'failed' && (
        <div className="dangerc micro" role="alert">
          {answer.text}
        </div>
      )}
    </div>
  );
}

/** Rule strategies as they run. An ensemble of models is not part of this version and is not drawn. */
export function StrategiesPanel(): ReactElement {
  const strategies = useEngine((state) => state.strategies) ?? NO_STRATEGIES;
  const tradingState = useEngine((state) => state.strip.tradingState);
  const condition = useCondition(strategies.length === 0 ? NONE : READY);
  const enabled = strategies.filter((strategy) => strategy.enabled).length;
  return (
    <Panel
      digit="6"
      title="Strategies"
      context={`${enabled} of ${strategies.length} on`}
      condition={condition}
      isScrolling
    >
      {strategies.map((strategy) => (
        <StrategyRow key={strategy.strategyId} strategy={strategy} isRouted={tradingState === 'active'} />
      ))}
    </Panel>
  );
}
