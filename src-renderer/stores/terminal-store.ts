import { createStore, type StoreApi } from 'zustand/vanilla';
import type { BridgeStatus } from '../../src-preload/contract/bridge.ts';
import type { ErrorDto } from '../../src-preload/contract/messages.ts';
import type { InstrumentDto, ModeDto, TerminalState } from '../../src-preload/contract/state.ts';

export type Welcome = {
  readonly mode: ModeDto;
  readonly hostLabel: string;
  readonly instruments: readonly InstrumentDto[];
  /** Empty where the engine did not say. */
  readonly accounts: readonly string[];
};

/** What React may read. The engine's state plus what this window knows about its own line to the engine. */
export type TerminalView = {
  readonly connection: { readonly status: BridgeStatus; readonly detail: string; readonly sinceMs: number };
  readonly welcome: Welcome | null;
  readonly refusal: ErrorDto | null;
  /** The instrument every linked panel shows. */
  readonly instrumentId: string | null;
  /** A gap was seen and a snapshot asked for: numbers may be behind. */
  readonly resyncing: boolean;
  /** Wall time of the last message: silence on an open line is shown too. */
  readonly heardAtMs: number;
  readonly state: TerminalState | null;
};

export type TerminalStore = StoreApi<TerminalView>;

export const createTerminalStore = (nowMs: number): TerminalStore =>
  createStore<TerminalView>(() => ({
    connection: { status: 'connecting', detail: '', sinceMs: nowMs },
    welcome: null,
    refusal: null,
    instrumentId: null,
    resyncing: false,
    heardAtMs: nowMs,
    state: null,
  }));
