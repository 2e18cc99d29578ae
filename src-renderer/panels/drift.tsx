import type { ReactElement } from 'react';
import type { DriftDto, DriftFeatureDto } from '../../src-preload/contract/state.ts';
import { useEngine } from '../app/terminal-context.tsx';
import { Missing, Num } from '../ui/number.tsx';
import { formatNumber } from '../ui/number-text.ts';
import { READY, useCondition, type PanelCondition } from './condition.ts';
import { Panel, type PanelTab } from './panel.tsx';

const NONE: PanelCondition = {
  kind: 'empty',
  title: 'No strategy to watch',
  detail: 'Drift is measured on the features of a running strategy.',
};

const CHIPS: Readonly<Record<DriftFeatureDto['state'], readonly [className: string, word: string]>> = {
  ok: ['chip', 'ok'],
  watch: ['chip line', 'watch'],
  over: ['chip warn', '▲ over'],
  insufficient: ['chip dash', 'too few'],
};

const FEW = 'too few samples to say';

function Score({ value, isOver }: { readonly value: number | null; readonly isOver: boolean }): ReactElement {
  if (value === null) return <Missing reason={FEW} />;
  return <Num className={isOver ? 'warn' : ''}>{value.toFixed(2)}</Num>;
}

function FeatureRow({ feature }: { readonly feature: DriftFeatureDto }): ReactElement {
  const [className, word] = CHIPS[feature.state];
  const isOver = feature.state === 'over';
  return (
    <tr>
      <td>{feature.name}</td>
      <td className="r">
        <Score value={feature.psi} isOver={isOver} />
      </td>
      <td className="r">
        <Score value={feature.ks} isOver={isOver} />
      </td>
      <td className="r">
        <span className={className}>{word}</span>
      </td>
    </tr>
  );
}

function Subject({ drift }: { readonly drift: DriftDto }): ReactElement {
  const over = drift.features.filter((feature) => feature.state === 'over').length;
  return (
    <div className="card">
      <div className="row between">
        <b>{drift.strategyId ?? '—'}</b>
        {over > 0 ? (
          <span className="chip warn">
            ▲ {over} of {drift.features.length} over
          </span>
        ) : (
          <span className="chip">{drift.features.length} features</span>
        )}
      </div>
      <div className="t2 micro">
        {drift.model ? (
          <>
            model {drift.model.modelId} · sha <Num>{drift.model.sha256.slice(0, 8)}</Num>
          </>
        ) : (
          'No model loaded: features of the rule strategy only.'
        )}
      </div>
    </div>
  );
}

function basisText(drift: DriftDto): string {
  const { samples, requiredSamples, baseline } = drift;
  if (!baseline) return 'No baseline is recorded: nothing to compare with.';
  const seen = `${formatNumber(samples)} samples against ${formatNumber(baseline.samples)} of ${baseline.source}.`;
  return samples < requiredSamples
    ? `${seen} ${formatNumber(requiredSamples)} are needed before it says anything.`
    : seen;
}

type DriftProps = { readonly tabs?: readonly PanelTab[]; readonly onTab?: (id: string) => void };

export function DriftPanel({ tabs = [], onTab }: DriftProps): ReactElement {
  const drift = useEngine((state) => state.drift);
  const condition = useCondition(drift !== null && drift.strategyId === null ? NONE : READY);
  return (
    <Panel
      digit="0"
      title="Drift"
      chip="derived"
      condition={condition}
      isScrolling
      tabs={tabs}
      {...(onTab && { onTab })}
    >
      {drift && (
        <>
          <Subject drift={drift} />
          <table className="table drift">
            <thead>
              <tr>
                <th>Feature</th>
                <th className="r">PSI</th>
                <th className="r">KS</th>
                <th className="r">State</th>
              </tr>
            </thead>
            <tbody>
              {drift.features.map((feature) => (
                <FeatureRow key={feature.name} feature={feature} />
              ))}
            </tbody>
          </table>
          <p className="micro t3" style={{ padding: '6px 10px' }}>
            {basisText(drift)}
          </p>
        </>
      )}
    </Panel>
  );
}
