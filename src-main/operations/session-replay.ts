import { createHash } from 'node:crypto';
import { canonicalJson } from '../adapters/sqlite/canonical-json.ts';
import type { JournalReader } from '../adapters/sqlite/journal-reader.ts';
import { GENESIS_HASH, storedRow } from '../adapters/sqlite/journal-row.ts';
import { SNAPSHOT_KIND, stateHash } from '../adapters/sqlite/snapshots.ts';
import type { Decision, EngineInput } from '../engine/domain/events.ts';
import { broughtUp, decisionRow, inputOf } from '../engine/journal-rows.ts';
import type { JournalDraft, JournalRow, JsonValue } from '../engine/ports/store.ts';

/** What of the engine a replay needs: no ports, no clock, no venue. */
export type ReplayedCore = {
  apply(sequence: number, timeUs: number, input: EngineInput): readonly Decision[];
  snapshot(): JsonValue;
};

/** Both hashes cover the state and every journaled row it followed from, as of the session's last recorded state. */
export type SessionReplay = {
  /** Inputs that were applied again. */
  readonly events: number;
  readonly decisions: number;
  /** Decisions that came out otherwise, and recorded states that were not reached. */
  readonly mismatches: number;
  readonly stateHash: string;
  /** Null when the session recorded no state. */
  readonly expectedHash: string | null;
  readonly ok: boolean;
};

export type SessionReplayReport = { readonly result: SessionReplay; readonly problems: readonly string[] };

/** Problems told one by one; all of them are counted. */
const TOLD_PROBLEMS = 10;

/** Applies every journaled input to a fresh core and compares its decisions, row by row, with those on record. */
export function replaySession(journal: JournalReader, core: ReplayedCore): SessionReplayReport {
  const replay = new Replay(core);
  const proof = journal.verify();
  if (!proof.ok) replay.problem(`row ${proof.sequence} is not what was written: ${proof.reason}`);
  try {
    for (const row of journal.rows({})) replay.take(row);
  } catch (error) {
    replay.mismatch(`after row ${replay.sequence}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return replay.finish(proof.ok);
}

class Replay {
  sequence = 0;
  private readonly core: ReplayedCore;
  private readonly problems: string[] = [];
  private events = 0;
  private decisions = 0;
  private mismatches = 0;
  private chain = GENESIS_HASH;
  /** Decisions of the last input that its rows have not confirmed yet. */
  private awaited: JournalDraft[] = [];
  private hashes: { readonly reached: string; readonly expected: string } | undefined;

  constructor(core: ReplayedCore) {
    this.core = core;
  }

  take(row: JournalRow): void {
    const { sequence, engineEpoch } = row;
    if (row.role !== 'decision') this.expectNoMore(sequence);
    this.chain = storedRow(row, { sequence, engineEpoch, previousHash: this.chain }).hash;
    this.sequence = sequence;
    if (row.role === 'input') this.apply(row);
    else if (row.role === 'decision') this.compare(row);
    else if (row.kind === SNAPSHOT_KIND) this.compareState(row);
  }

  problem(text: string): void {
    if (this.problems.length < TOLD_PROBLEMS) this.problems.push(text);
  }

  mismatch(text: string): void {
    this.mismatches++;
    this.problem(text);
  }

  finish(verified: boolean): SessionReplayReport {
    this.expectNoMore(this.sequence + 1);
    const { reached, expected } = this.hashes ?? { reached: this.hashNow(), expected: null };
    const { events, decisions, mismatches } = this;
    const ok = verified && mismatches === 0 && (expected === null || expected === reached);
    return {
      result: { events, decisions, mismatches, stateHash: reached, expectedHash: expected, ok },
      problems: this.problems,
    };
  }

  private apply(row: JournalRow): void {
    const decided = this.core.apply(row.sequence, row.timeUs, inputOf(row));
    this.awaited = decided.map((decision) => decisionRow(decision, row.timeUs, row.sequence));
    this.events++;
  }

  private compare(row: JournalRow): void {
    this.decisions++;
    const awaited = this.awaited.shift();
    const recorded = comparable(broughtUp(row));
    const now = awaited === undefined ? 'no decision' : comparable(awaited);
    if (now !== recorded) this.mismatch(`row ${row.sequence}: expected ${recorded}, was ${now}`);
  }

  private expectNoMore(sequence: number): void {
    for (const { kind } of this.awaited)
      this.mismatch(`before row ${sequence}: expected no further decision, was ${kind}`);
    this.awaited = [];
  }

  /** The recorded state is that of the moment its note was written: inputs are applied up to here on both sides. */
  private compareState(row: JournalRow): void {
    const { stateHash: recorded } = row.payload as { readonly stateHash: string };
    const state = stateHash(this.core.snapshot());
    this.hashes = {
      reached: joined(state, this.chain),
      expected: joined(recorded, row.hash),
    };
    if (state !== recorded) this.mismatch(`row ${row.sequence}: expected state ${recorded}, was ${state}`);
  }

  private hashNow(): string {
    return joined(stateHash(this.core.snapshot()), this.chain);
  }
}

/** All that a decision says; when and where it stands is compared by the chain. */
function comparable({
  kind,
  kindVersion,
  accountId,
  causationSequence,
  clientOrderIds,
  payload,
}: JournalDraft): string {
  return canonicalJson({ kind, kindVersion, accountId, causationSequence, clientOrderIds, payload });
}

function joined(state: string, chain: string): string {
  return createHash('sha256').update(`${state}:${chain}`).digest('hex');
}
