import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { z } from 'zod';

/** An entry whose stop the venue makes on its own when it fills. */
export type CloseLink = { readonly list: string; readonly working: string; readonly stop: string };

const STATE = z.strictObject({
  schemaVersion: z.literal(1),
  /** No nonce at or above this was used. */
  nonceBound: z.int().nonnegative(),
  closes: z.array(z.strictObject({ list: z.string(), working: z.string(), stop: z.string() })),
});
type State = z.infer<typeof STATE>;

/** What must outlive the process for one API key: the nonce, and which stop belongs to which conditional close. */
export type KeyState = {
  read(): State;
  /** On disk when this returns. Throws when it cannot be written: nothing may be sent then. */
  write(state: State): void;
};

const EMPTY: State = { schemaVersion: 1, nonceBound: 0, closes: [] };

/** Throws when the file exists and cannot be read: a nonce that goes back would lock the key out. */
export function openKeyStateFile(path: string): KeyState {
  let state: State = existsSync(path) ? STATE.parse(JSON.parse(readFileSync(path, 'utf8'))) : EMPTY;
  return {
    read: () => state,
    write(next) {
      const temporary = `${path}.new`;
      const file = openSync(temporary, 'w', 0o600);
      writeSync(file, JSON.stringify(next));
      fsyncSync(file);
      closeSync(file);
      renameSync(temporary, path);
      state = next;
    },
  };
}

/** For keys that live no longer than the process. */
export function keyStateInMemory(): KeyState {
  let state: State = EMPTY;
  return {
    read: () => state,
    write: (next) => {
      state = next;
    },
  };
}

/** Nonces are reserved in spans of a minute, so that the file is written once a minute and never behind. */
const SPAN_US = 60_000_000;

/**
 * Strictly rising microseconds. A later life of the key (a restart, the guardian after the engine's end) begins at the end of
 * the reserved span: above all that an earlier one can have sent, whatever its clock said.
 */
export class NonceCounter {
  private readonly state: KeyState;
  private readonly nowUs: () => number;
  private last: number;

  constructor(state: KeyState, nowUs: () => number) {
    this.state = state;
    this.nowUs = nowUs;
    this.last = state.read().nonceBound;
  }

  next(): number {
    this.last = Math.max(this.nowUs(), this.last + 1);
    const state = this.state.read();
    if (this.last >= state.nonceBound) this.state.write({ ...state, nonceBound: this.last + SPAN_US });
    return this.last;
  }

  /** After a refused nonce: another user of the key was ahead. */
  jump(): void {
    this.last = Math.max(this.last, this.state.read().nonceBound) + SPAN_US;
  }
}
