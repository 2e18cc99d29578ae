import { useEffect, useRef, type ReactElement } from 'react';
import type { InstrumentDto, WatchDto } from '../../src-preload/contract/state.ts';
import { useEngine, useInstrument, useInstruments, useTerminal, useView } from '../app/terminal-context.tsx';
import { Sparkline } from '../canvas/sparkline.tsx';
import { Missing, Num, toneOf } from '../ui/number.tsx';
import { digitsOf, formatDecimal, formatSignedRatio } from '../ui/number-text.ts';
import { ageText } from '../ui/time-text.ts';
import { READY, useCondition, type PanelCondition } from './condition.ts';
import { MarketName } from './market-name.tsx';
import { Panel } from './panel.tsx';
import { onRowKey } from './row-focus.ts';

const NONE: PanelCondition = {
  kind: 'empty',
  title: 'No instruments',
  detail: 'The venue listed none that this configuration asks for.',
};

export function WatchlistPanel(): ReactElement {
  const watch = useEngine((state) => state.watch) ?? [];
  const instruments = useInstruments();
  const instrument = useInstrument();
  const condition = useCondition(watch.length === 0 ? NONE : READY);
  const gains = watch.filter((entry) => (entry.changeRatio ?? 0) > 0).length;
  const losses = watch.filter((entry) => (entry.changeRatio ?? 0) < 0).length;
  return (
    <Panel digit="1" title="Watchlist" chip={instrument?.origin ?? null} condition={condition}>
      <div className="sub">
        <span className="ell">{watch.length} instruments · change of bars</span>
        <Num>
          <span className="up">▲ {gains}</span> <span className="down">▼ {losses}</span>
        </Num>
      </div>
      <div className="content scroll">
        <table className="table watch" onKeyDown={onRowKey}>
          <colgroup>
            <col style={{ width: 66 }} />
            <col style={{ width: 52 }} />
            <col />
            <col style={{ width: 62 }} />
          </colgroup>
          <tbody>
            {watch.map((entry) => (
              <WatchRow
                key={entry.instrumentId}
                entry={entry}
                instrument={instruments.find(({ instrumentId }) => instrumentId === entry.instrumentId) ?? null}
              />
            ))}
          </tbody>
        </table>
      </div>
      {instrument && <Facts instrument={instrument} />}
    </Panel>
  );
}

type WatchRowProps = { readonly entry: WatchDto; readonly instrument: InstrumentDto | null };

function WatchRow({ entry, instrument }: WatchRowProps): ReactElement {
  const { session } = useTerminal();
  const isSelected = useView((view) => view.instrumentId === entry.instrumentId);
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isSelected) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  const isLive = entry.feed === 'live';
  const digits = instrument ? digitsOf(instrument.tickSize) : undefined;
  const classes = [isSelected ? 'sel' : '', isLive ? '' : 'old'].join(' ');
  const age = entry.ageMs === null ? entry.feed : `${entry.feed}, ${ageText(entry.ageMs)}`;
  return (
    <tr
      ref={row}
      className={classes}
      tabIndex={isSelected ? 0 : -1}
      aria-selected={isSelected}
      title={isLive ? undefined : age}
      onClick={() => session.select(entry.instrumentId)}
    >
      <td>
        <MarketName instrumentId={entry.instrumentId} isShort />
      </td>
      <td>
        <Sparkline values={entry.closes} />
      </td>
      <td className="r">
        {entry.last === null ? <Missing reason="no trade yet" /> : <Num>{formatDecimal(entry.last, digits)}</Num>}
      </td>
      <td className={`r ${isLive ? toneOf(entry.changeRatio ?? 0) : ''}`}>
        {isLive ? <Change ratio={entry.changeRatio} /> : <span className="chip warn">{entry.feed}</span>}
      </td>
    </tr>
  );
}

const Change = ({ ratio }: { readonly ratio: number | null }): ReactElement =>
  ratio === null ? <Missing reason="no bar yet" /> : <Num>{formatSignedRatio(ratio)}</Num>;

const Facts = ({ instrument }: { readonly instrument: InstrumentDto }): ReactElement => (
  <div className="facts">
    <span>Tick</span>
    <Num>{formatDecimal(instrument.tickSize)}</Num>
    <span>Lot</span>
    <Num>{formatDecimal(instrument.lotSize)}</Num>
    <span>Min order</span>
    <Num>{formatDecimal(instrument.minNotional, 2)}</Num>
    <span>Venue</span>
    <span>{instrument.venue}</span>
  </div>
);
