import { InvariantError } from '../domain/result.ts';
import type { JsonValue } from '../ports/store.ts';

type StateRecord = Readonly<Record<string, unknown>>;

/** The step from each version of the core's state to the next. Pure, and kept for ever. */
const UPCASTERS: readonly ((older: StateRecord) => StateRecord)[] = [withAnswers];

/** Of the states this version writes. It rises with every change that an older program would misread. */
export const STATE_VERSION = UPCASTERS.length + 1;

/** Brings a state up to this version. Throws on a newer one: guessing at money is worse than not starting. */
export function upcastState(version: JsonValue, state: unknown): unknown {
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || version > STATE_VERSION) {
    throw new InvariantError(`expected a state of version 1 to ${STATE_VERSION}, was ${JSON.stringify(version)}`);
  }
  return UPCASTERS.slice(version - 1).reduce((older, upcast) => upcast(older), state as StateRecord);
}

/** Version 1 kept only when each command expired. */
function withAnswers(older: StateRecord): StateRecord {
  const commands = older['commands'] as ReadonlyMap<string, number>;
  const answered = [...commands].map(([id, untilUs]) => [id, { untilUs, command: null, denial: null }] as const);
  return { ...older, commands: new Map(answered) };
}
