import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { BarDto } from '../../src-preload/contract/messages.ts';
import type { InstrumentDto } from '../../src-preload/contract/state.ts';
import { useInstrument, useTerminal, useView } from '../app/terminal-context.tsx';
import { wordsOfError } from '../app/words.ts';
import { mountCandleChart } from '../canvas/candle-chart.ts';
import { barsIn, INTERVALS, type BarInterval } from '../stores/bars.ts';
import { READY, useCondition, type PanelCondition } from './condition.ts';
import { Panel } from './panel.tsx';

const HISTORY = 500;

type Loaded =
  | { readonly key: string; readonly kind: 'ready'; readonly bars: readonly BarDto[] }
  | { readonly key: string; readonly kind: 'failed'; readonly detail: string };

type BarsState = { readonly loaded: Loaded | null; readonly reload: () => void };

/** Bars of the shown instrument, loaded anew with each connection and after each gap. */
function useBars(instrumentId: string | null, interval: BarInterval): BarsState {
  const { session } = useTerminal();
  const welcome = useView((view) => view.welcome);
  const [round, setRound] = useState(0);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const key = `${instrumentId ?? ''} ${interval}`;
  useEffect(() => {
    if (instrumentId === null || !welcome) return;
    let isCurrent = true;
    const take = (result: Loaded): void => {
      if (isCurrent) setLoaded(result);
    };
    session.query({ kind: 'bars', instrumentId, interval, limit: HISTORY }).then(
      (reply) => {
        const bars = reply.ok ? barsIn(reply.result) : null;
        if (bars) take({ key, kind: 'ready', bars });
        else take({ key, kind: 'failed', detail: reply.ok ? 'Expected a list of bars.' : wordsOfError(reply.error) });
      },
      (error: unknown) => take({ key, kind: 'failed', detail: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [session, instrumentId, interval, welcome, round, key]);
  return { loaded: loaded?.key === key ? loaded : null, reload: () => setRound((count) => count + 1) };
}

function conditionOf(loaded: Loaded | null): PanelCondition {
  if (!loaded) return { kind: 'loading', waitsFor: 'the bars' };
  if (loaded.kind === 'failed') return { kind: 'failed', code: 'BARS_FAILED', detail: loaded.detail };
  return loaded.bars.length > 0
    ? READY
    : { kind: 'empty', title: 'No bars yet', detail: 'The first one closes with its interval.' };
}

export function ChartPanel(): ReactElement {
  const instrument = useInstrument();
  const [interval, setBarInterval] = useState<BarInterval>('5m');
  const { loaded, reload } = useBars(instrument?.instrumentId ?? null, interval);
  const condition = useCondition(conditionOf(loaded));
  return (
    <Panel
      digit="2"
      title={instrument ? `${instrument.base}/${instrument.quote}` : 'Chart'}
      context={instrument ? `${instrument.venue} ${instrument.product.toLowerCase()}` : undefined}
      isLinked
      chip={instrument?.origin ?? null}
      condition={condition}
      tools={<IntervalSwitch interval={interval} onChange={setBarInterval} />}
    >
      {instrument && loaded?.kind === 'ready' && (
        <Candles instrument={instrument} interval={interval} bars={loaded.bars} onGap={reload} />
      )}
    </Panel>
  );
}

type SwitchProps = { readonly interval: BarInterval; readonly onChange: (interval: BarInterval) => void };

const IntervalSwitch = ({ interval, onChange }: SwitchProps): ReactElement => (
  <span role="radiogroup" aria-label="Bar interval" className="row gap2">
    {INTERVALS.map((name) => (
      <button
        key={name}
        type="button"
        role="radio"
        aria-checked={name === interval}
        className={name === interval ? 'textbtn acc b' : 'textbtn'}
        onClick={() => onChange(name)}
      >
        {name}
      </button>
    ))}
  </span>
);

type CandlesProps = {
  readonly instrument: InstrumentDto;
  readonly interval: BarInterval;
  readonly bars: readonly BarDto[];
  readonly onGap: () => void;
};

function Candles({ instrument, interval, bars, onGap }: CandlesProps): ReactElement {
  const { session, preferences } = useTerminal();
  const look = useStore(preferences, ({ theme, palette }) => `${theme} ${palette}`);
  const host = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLDivElement>(null);
  const gap = useRef(onGap);
  useEffect(() => {
    gap.current = onGap;
  }, [onGap]);
  useEffect(() => {
    if (!host.current || !legend.current) return;
    host.current.dataset['look'] = look;
    const onMissed = (): void => gap.current();
    return mountCandleChart(host.current, {
      session,
      instrument,
      interval,
      bars,
      onGap: onMissed,
      legend: legend.current,
    });
  }, [session, instrument, interval, bars, look]);
  return (
    <div className="chart" role="img" aria-label={`${instrument.symbol} candles, ${interval}`}>
      <div className="chartlegend n" ref={legend} />
      <div className="charthost" ref={host} />
      <span className="zone">UTC</span>
    </div>
  );
}
