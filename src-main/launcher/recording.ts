import { SEGMENT_KIND, type SegmentNote } from '../adapters/capture/segment-file.ts';
import { createSegmentWriter, type SegmentWriter } from '../adapters/capture/segment-writer.ts';
import { DEFAULT_CAPTURE } from '../engine/domain/config-defaults.ts';
import type { ComponentState } from '../engine/domain/events.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { JournalDraft, Store } from '../engine/ports/store.ts';
import type { EngineBoot } from './boot.ts';

type Told = (state: ComponentState, detail: string) => void;

export type Recording = {
  readonly writer: SegmentWriter;
  /** Who hears how the writer fares; what it said before is said again. */
  tell(listener: Told): void;
};

/** The raw market data of this engine life, beside its journal; undefined when the configuration records none. */
export function recordMarketData(boot: EngineBoot, clock: Clock, store: Store): Recording | undefined {
  const { enabled, maxMegabytes } = boot.config.capture ?? DEFAULT_CAPTURE;
  if (!enabled) return undefined;
  const { dataDir, engineEpoch } = boot;
  let last: Parameters<Told> | undefined;
  let told: Told = () => undefined;
  const writer = createSegmentWriter({
    ...{ dataDir, engineEpoch, maxMegabytes, clock },
    note: (segment) => store.commit([noteOf(segment, clock.nowUs())]).ok,
    onState: (...state) => {
      last = state;
      told(...state);
    },
  });
  return {
    writer,
    tell: (listener) => {
      told = listener;
      if (last !== undefined) listener(...last);
    },
  };
}

function noteOf(segment: SegmentNote, timeUs: number): JournalDraft {
  return {
    ...{ role: 'note', kind: SEGMENT_KIND, kindVersion: 1, timeUs, accountId: null, correlationId: null },
    ...{ causationSequence: null, clientOrderIds: [], payload: segment },
  };
}
