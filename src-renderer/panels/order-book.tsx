import { useCallback, useState, useSyncExternalStore, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { InstrumentDto } from '../../src-preload/contract/state.ts';
import { useInstrument, useTerminal } from '../app/terminal-context.tsx';
import { CanvasHost } from '../canvas/canvas-host.tsx';
import { coarserGroup, finerGroup } from '../canvas/ladder-rows.ts';
import { mountLadder } from '../canvas/ladder-view.ts';
import { stepFormatter } from '../ui/number-text.ts';
import { Num } from '../ui/number.tsx';
import { useCondition, useFeedCondition } from './condition.ts';
import { Panel } from './panel.tsx';

/** The order book ladder. React draws the frame around it; book frames go straight to the painter. */
export function OrderBookPanel(): ReactElement {
  const { session } = useTerminal();
  const instrument = useInstrument();
  const { market } = session;
  const hasBook = useSyncExternalStore(market.subscribeReady, () => market.book() !== null);
  const condition = useCondition(useFeedCondition(instrument?.instrumentId ?? null, hasBook));
  return (
    <Panel digit="3" title="Order book" isLinked chip={instrument?.origin ?? null} condition={condition}>
      {instrument && <Ladder key={instrument.instrumentId} instrument={instrument} />}
    </Panel>
  );
}

function Ladder({ instrument }: { readonly instrument: InstrumentDto }): ReactElement {
  const { session, preferences } = useTerminal();
  const { theme, palette } = useStore(preferences);
  /** Chosen by hand, or null: by the depth that is known. */
  const [chosen, setChosen] = useState<number | null>(null);
  const [group, setGroup] = useState(1);
  const mount = useCallback(
    (canvas: HTMLCanvasElement) =>
      mountLadder(canvas, { session, instrument, group: chosen, onGroup: setGroup, look: `${theme} ${palette}` }),
    [session, instrument, chosen, theme, palette],
  );
  const groupText = stepFormatter(instrument.tickSize)(group);
  return (
    <>
      <div className="sub">
        <span className="row gap1">
          group <Num>{groupText}</Num>
          <button
            type="button"
            className="rowstep"
            aria-label="Finer group"
            onClick={() => setChosen(finerGroup(group))}
          >
            −
          </button>
          <button
            type="button"
            className="rowstep"
            aria-label="Coarser group"
            onClick={() => setChosen(coarserGroup(group))}
          >
            +
          </button>
          {chosen !== null && (
            <button type="button" className="textbtn" onClick={() => setChosen(null)}>
              auto
            </button>
          )}
        </span>
        <span>50 levels a side</span>
      </div>
      <div className="ladderhead">
        <span>Own</span>
        <span className="r">Bid {instrument.base}</span>
        <span style={{ textAlign: 'center' }}>Price</span>
        <span>Ask {instrument.base}</span>
        <span>Σ</span>
      </div>
      <CanvasHost label={`Order book of ${instrument.symbol}`} mount={mount} />
    </>
  );
}
