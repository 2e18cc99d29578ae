import { z } from 'zod';

/** How long the engine may be silent before the guardian ends it, on a clock that does not count suspension. */
export const ENGINE_SILENCE_MS = 2_000;
/** How long an emergency stop may lack the engine's acknowledgment before the guardian acts itself. */
export const STOP_ACKNOWLEDGE_MS = 250;
export const BEAT_INTERVAL_MS = 100;
/** An engine that has not heard its guardian for this long stops entries, and exits a second later. */
export const GUARDIAN_SILENCE_MS = 1_000;

export const heldPosition = z.object({
  accountId: z.string(),
  instrumentId: z.string(),
  quantity: z.string(),
  /** Orders that may still act, with what the quantity already holds of their fills. */
  orders: z.array(z.object({ clientOrderId: z.string(), filled: z.string() })),
});
/** What the engine believes it holds; the guardian sells no more than this and what its orders bought since. */
export type HeldPosition = z.infer<typeof heldPosition>;

/** A line of what the venue says otherwise than we believed, in words of the engine; sides as status and quantity. */
export const finding = z.object({
  kind: z.string(),
  accountId: z.string(),
  subject: z.string(),
  believed: z.string(),
  venue: z.string(),
  proposed: z.string(),
});
export type Finding = z.infer<typeof finding>;

export const workedParent = z.object({
  executorId: z.string(),
  accountId: z.string(),
  instrumentId: z.string(),
  executor: z.string(),
  side: z.string(),
  quantity: z.string(),
  filled: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
});
/** A parent order at work, or paused. */
export type WorkedParent = z.infer<typeof workedParent>;

/** Engine or client to guardian. */
export const guardianRequestSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('engine'), token: z.string(), pid: z.number().int().positive(), epoch: z.number().int() }),
  /** `positions` is null as long as the engine has not rebuilt its state. */
  z.object({
    t: z.literal('beat'),
    tradingState: z.string(),
    positions: z.array(heldPosition).nullable(),
    /** What a person has to confirm; absent when nothing. */
    findings: z.array(finding).optional(),
    /** Absent when none works or is paused. */
    executors: z.array(workedParent).optional(),
  }),
  z.object({ t: z.literal('stopAcknowledged'), stopId: z.string() }),
  z.object({ t: z.literal('stop'), origin: z.string().max(40) }),
  z.object({ t: z.literal('status') }),
]);
export type GuardianRequest = z.infer<typeof guardianRequestSchema>;

export type GuardianStatus = {
  readonly engine: 'none' | 'alive' | 'silent' | 'killed';
  readonly enginePid: number | null;
  readonly engineEpoch: number;
  readonly lastBeatMs: number | null;
  readonly tradingState: string | null;
  readonly positions: readonly HeldPosition[];
  readonly findings: readonly Finding[];
  readonly executors: readonly WorkedParent[];
};

export type StopResult = {
  readonly acknowledgedBy: 'engine' | 'guardian';
  readonly afterMs: number;
  /** What the guardian itself did; empty when the engine acknowledged. */
  readonly actions: readonly KillAction[];
  readonly verifiedFlat: boolean | null;
};

export type KillAction = {
  readonly accountId: string;
  readonly instrumentId: string;
  readonly action: 'cancel' | 'exit' | 'query';
  readonly clientOrderId: string | null;
  readonly outcome: string;
};

/** Guardian to engine or client. */
export type GuardianAnswer =
  | { readonly t: 'accepted'; readonly epoch: number }
  | { readonly t: 'beat'; readonly epoch: number }
  | { readonly t: 'stop'; readonly stopId: string; readonly origin: string }
  | { readonly t: 'stopResult'; readonly result: StopResult }
  | { readonly t: 'status'; readonly status: GuardianStatus }
  | { readonly t: 'refused'; readonly detail: string };
