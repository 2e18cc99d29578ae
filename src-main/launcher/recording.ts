import { REMOVED_KIND, SEGMENT_KIND } from '../adapters/capture/segment-file.ts';
import { createSegmentWriter, type SegmentWriter } from '../adapters/capture/segment-writer.ts';
import { DEFAULT_CAPTURE } from '../engine/domain/config-defaults.ts';
import type { ComponentState } from '../engine/domain/events.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { JournalDraft, JsonValue, Store } from '../engine/ports/store.ts';
import type { EngineBoot } from './boot.ts';

type Told = (state: ComponentState, detail: string) => void;

export type Recording = {
  readonly writer: SegmentWriter;
  /** Who hears how the writer fares; what it said before is said again. */
  tell(listener: Told): void;
};

type RecordingBoot = Pick<EngineBoot, 'config' | 'dataDir' | 'engineEpoch' | 'earlierRecordings'>;

/** The raw market data of this engine life, beside its journal; undefined when the configuration records none. */
export function recordMarketData(boot: RecordingBoot, clock: Clock, store: Store): Recording | undefined {
  const { enabled, maxMegabytes } = boot.config.capture ?? DEFAULT_CAPTURE;
  if (!enabled) return undefined;
  const { dataDir, engineEpoch, earlierRecordings: earlier = [] } = boot;
  const note = (kind: string, payload: JsonValue): boolean => store.commit([noteOf(kind, payload, clock.nowUs())]).ok;
  let last: Parameters<Told> | undefined;
  let told: Told = () => undefined;
  const writer = createSegmentWriter({
    ...{ dataDir, engineEpoch, maxMegabytes, earlier, clock },
    notes: {
      closed: (segment) => note(SEGMENT_KIND, segment),
      removed: (segment) => note(REMOVED_KIND, segment),
    },
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

function noteOf(kind: string, payload: JsonValue, timeUs: number): JournalDraft {
  return {
    ...{ role: 'note', kind, kindVersion: 1, timeUs, accountId: null, correlationId: null },
    ...{ causationSequence: null, clientOrderIds: [], payload },
  };
}
