import { createStore, type StoreApi } from 'zustand/vanilla';
import type { BridgeReply } from '../../src-preload/contract/bridge.ts';
import type { ErrorDto } from '../../src-preload/contract/messages.ts';

/** Who took the order up: the engine, or the guardian in its place, with what it then saw at the venue. */
export type StopActor = 'engine' | 'guardianFlat' | 'guardianNotFlat';

/** What this window knows of its own order to stop. The engine's report is the proof; this is only the delivery. */
export type StopDelivery =
  | { readonly kind: 'none' }
  | { readonly kind: 'sent'; readonly atMs: number }
  | { readonly kind: 'acknowledged'; readonly atMs: number; readonly tookMs: number; readonly by: StopActor }
  | { readonly kind: 'refused'; readonly atMs: number; readonly error: ErrorDto }
  | { readonly kind: 'undelivered'; readonly atMs: number; readonly detail: string };

export type EmergencyStop = {
  readonly store: StoreApi<StopDelivery>;
  /** Sends once; while an answer is awaited a second press changes nothing. */
  readonly press: (origin: 'key' | 'button') => void;
  readonly dismiss: () => void;
};

type StopLine = (origin: 'key' | 'button') => Promise<BridgeReply>;

export function createEmergencyStop(send: StopLine, nowMs: () => number): EmergencyStop {
  const store = createStore<StopDelivery>(() => ({ kind: 'none' }));
  const set = (delivery: StopDelivery): void => store.setState(delivery, true);
  return {
    store,
    dismiss: () => {
      if (store.getState().kind !== 'sent') set({ kind: 'none' });
    },
    press: (origin) => {
      if (store.getState().kind === 'sent') return;
      const atMs = nowMs();
      set({ kind: 'sent', atMs });
      send(origin).then(
        (reply) =>
          set(
            reply.ok
              ? { kind: 'acknowledged', atMs, tookMs: nowMs() - atMs, by: actorOf(reply.result) }
              : { kind: 'refused', atMs, error: reply.error },
          ),
        (error: unknown) => set({ kind: 'undelivered', atMs, detail: error instanceof Error ? error.message : '' }),
      );
    },
  };
}

/** The engine answers with nothing, the guardian with what it did. */
function actorOf(result: unknown): StopActor {
  const { acknowledgedBy, verifiedFlat } = (result ?? {}) as { acknowledgedBy?: unknown; verifiedFlat?: unknown };
  if (acknowledgedBy !== 'guardian') return 'engine';
  return verifiedFlat === true ? 'guardianFlat' : 'guardianNotFlat';
}

type StopChord = Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** By the key's place, not its letter: the chord works on a Cyrillic or Greek layout too. */
export const isStopChord = ({ code, ctrlKey, metaKey, shiftKey, altKey }: StopChord): boolean =>
  code === 'KeyS' && (ctrlKey || metaKey) && shiftKey && !altKey;

/** Listens before any field or dialog can. Auto-repeat of a held chord is not a second press. */
export function listenForStop(target: Window, stop: EmergencyStop): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (!isStopChord(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) stop.press('key');
  };
  target.addEventListener('keydown', onKey, { capture: true });
  return () => target.removeEventListener('keydown', onKey, { capture: true });
}
