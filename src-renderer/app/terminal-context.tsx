import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { InstrumentDto, TerminalState } from '../../src-preload/contract/state.ts';
import type { EmergencyStop } from '../stores/emergency-stop.ts';
import type { PreferencesStore } from '../stores/preferences.ts';
import type { Session } from '../stores/session.ts';
import type { TerminalView } from '../stores/terminal-store.ts';

export type Terminal = {
  readonly session: Session;
  readonly preferences: PreferencesStore;
  readonly stop: EmergencyStop;
};

export const TerminalContext = createContext<Terminal | null>(null);

/** Throws outside of the shell. */
export function useTerminal(): Terminal {
  const terminal = useContext(TerminalContext);
  if (!terminal) throw new Error('expected a terminal around this component, was none');
  return terminal;
}

export const useView = <T,>(select: (view: TerminalView) => T): T => useStore(useTerminal().session.store, select);

/** Null before the first snapshot. Select one slice: slices keep their identity while they do not change. */
export const useEngine = <T,>(select: (state: TerminalState) => T): T | null =>
  useView((view) => (view.state ? select(view.state) : null));

const NO_INSTRUMENTS: readonly InstrumentDto[] = [];
export const useInstruments = (): readonly InstrumentDto[] =>
  useView((view) => view.welcome?.instruments ?? NO_INSTRUMENTS);

export const instrumentOf = (view: TerminalView, instrumentId: string | null): InstrumentDto | null =>
  view.welcome?.instruments.find((instrument) => instrument.instrumentId === instrumentId) ?? null;

export const useInstrument = (): InstrumentDto | null => useView((view) => instrumentOf(view, view.instrumentId));

const subscribers = (stepMs: number) => (listener: () => void) => {
  const timer = setInterval(listener, stepMs);
  return () => clearInterval(timer);
};
const everySecond = subscribers(1000);
const everyTenth = subscribers(100);

/** Wall time that moves in steps, so that ages grow on the screen. */
export const useSecond = (): number => useSyncExternalStore(everySecond, () => Math.floor(Date.now() / 1000) * 1000);
export const useTenth = (): number => useSyncExternalStore(everyTenth, () => Math.floor(Date.now() / 100) * 100);
