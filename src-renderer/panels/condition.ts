import type { FeedStateDto } from '../../src-preload/contract/state.ts';
import { useEngine, useSecond, useView } from '../app/terminal-context.tsx';
import { wordsOfError } from '../app/words.ts';

/** The states every panel can be in. Values of a stale panel stay, at half opacity. */
export type PanelCondition =
  | { readonly kind: 'ready' }
  | { readonly kind: 'loading'; readonly waitsFor: string }
  | { readonly kind: 'empty'; readonly title: string; readonly detail: string }
  | { readonly kind: 'stale'; readonly ageMs: number | null; readonly limitMs: number; readonly consequence: string }
  | { readonly kind: 'failed'; readonly code: string; readonly detail: string };

export const READY: PanelCondition = { kind: 'ready' };

/** The engine speaks at least once a second; this much silence on an open line is shown. */
export const SILENCE_LIMIT_MS = 5000;

/** What the line to the engine does to every panel; null when it is well. */
export function useLineCondition(): PanelCondition | null {
  const refusal = useView((view) => view.refusal);
  const connection = useView((view) => view.connection);
  const heardAtMs = useView((view) => view.heardAtMs);
  const hasState = useView((view) => view.state !== null);
  const now = useSecond();
  if (refusal) return { kind: 'failed', code: refusal.code, detail: wordsOfError(refusal) };
  if (!hasState) {
    const waitsFor = connection.status === 'open' ? "the engine's first snapshot" : 'the line to the engine';
    return { kind: 'loading', waitsFor };
  }
  const consequence = 'Not the present.';
  const ageMs = now - heardAtMs;
  if (connection.status !== 'open') return { kind: 'stale', ageMs, limitMs: SILENCE_LIMIT_MS, consequence };
  return ageMs > SILENCE_LIMIT_MS ? { kind: 'stale', ageMs, limitMs: SILENCE_LIMIT_MS, consequence } : null;
}

/** The worse of the line and of what the panel knows itself. */
export function useCondition(own: PanelCondition): PanelCondition {
  return useLineCondition() ?? own;
}

const FEED_WAITS: Partial<Record<FeedStateDto, string>> = {
  connecting: 'the market data stream',
  unsynchronized: 'the first book snapshot',
};

/** The condition of one instrument's market data, by the engine's own judgment. */
export function useFeedCondition(instrumentId: string | null, hasData: boolean): PanelCondition {
  const watch = useEngine((state) => state.watch.find((entry) => entry.instrumentId === instrumentId) ?? null);
  const limitMs = useEngine((state) => state.strip.feed.limitMs) ?? 0;
  const feed = watch?.feed ?? 'connecting';
  if (feed === 'failed')
    return { kind: 'failed', code: 'FEED_FAILED', detail: 'The engine subscribes again by itself.' };
  if (!hasData) return { kind: 'loading', waitsFor: FEED_WAITS[feed] ?? 'the first message' };
  if (feed !== 'stale') return READY;
  return { kind: 'stale', ageMs: watch?.ageMs ?? null, limitMs, consequence: 'Entries held.' };
}
