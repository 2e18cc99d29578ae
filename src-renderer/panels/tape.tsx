import { useCallback, useSyncExternalStore, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { InstrumentDto } from '../../src-preload/contract/state.ts';
import { useInstrument, useSecond, useTerminal } from '../app/terminal-context.tsx';
import { CanvasHost } from '../canvas/canvas-host.tsx';
import { createSurface } from '../canvas/surface.ts';
import { paintTape } from '../canvas/tape-painter.ts';
import { readTokenColors } from '../canvas/token-colors.ts';
import { dateText } from '../ui/time-text.ts';
import { stepFormatter } from '../ui/number-text.ts';
import { useCondition, useFeedCondition } from './condition.ts';
import { Panel } from './panel.tsx';

/** Time and sales: batches come as they were traded and are painted once a frame. */
export function TapePanel(): ReactElement {
  const { session } = useTerminal();
  const instrument = useInstrument();
  const { market } = session;
  const hasTrades = useSyncExternalStore(market.subscribeReady, () => market.trades().length > 0);
  const marketDay = useMarketDay(hasTrades);
  const condition = useCondition(useFeedCondition(instrument?.instrumentId ?? null, hasTrades));
  return (
    <Panel
      digit="8"
      title="Time and sales"
      isLinked
      chip={instrument?.origin ?? null}
      condition={condition}
      tools={marketDay}
    >
      {instrument && <Tape key={instrument.instrumentId} instrument={instrument} />}
    </Panel>
  );
}

const DAY_MS = 86_400_000;

/** A replayed market lives on another day than the clock in the title: then the tape says which. */
function useMarketDay(hasTrades: boolean): string | null {
  const { session } = useTerminal();
  const nowMs = useSecond();
  const last = hasTrades ? session.market.trades()[0] : undefined;
  if (!last) return null;
  const marketMs = last[3] / 1000;
  return Math.abs(nowMs - marketMs) > DAY_MS ? dateText(marketMs) : null;
}

function Tape({ instrument }: { readonly instrument: InstrumentDto }): ReactElement {
  const { session, preferences } = useTerminal();
  const look = useStore(preferences, ({ theme, palette }) => `${theme} ${palette}`);
  const mount = useCallback(
    (canvas: HTMLCanvasElement) => {
      canvas.dataset['look'] = look;
      const [price, quantity] = [stepFormatter(instrument.tickSize), stepFormatter(instrument.lotSize)];
      const colors = readTokenColors();
      const surface = createSurface(canvas, (context, width, height) =>
        paintTape(context, width, height, { trades: session.market.trades(), price, quantity, colors }),
      );
      const unlisten = session.market.listen({ onTrades: surface.invalidate });
      return () => {
        unlisten();
        surface.dispose();
      };
    },
    [session, instrument, look],
  );
  return (
    <>
      <div className="tapehead">
        <span>Time UTC</span>
        <span className="r">Price</span>
        <span className="r">{instrument.base}</span>
        <span className="r">#</span>
      </div>
      <CanvasHost label={`Trades of ${instrument.symbol}`} mount={mount} />
    </>
  );
}
