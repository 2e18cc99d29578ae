import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyStateInMemory, NonceCounter, openKeyStateFile } from './key-state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('nonces', () => {
  it('only rise, over any clock, any restart and any jump', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('clock' as const), us: fc.integer({ min: -1e9, max: 1e9 }) }),
      fc.record({ kind: fc.constantFrom('next' as const, 'restart' as const, 'jump' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const state = keyStateInMemory();
        let nowUs = 1_700_000_000_000_000;
        let counter = new NonceCounter(state, () => nowUs);
        let last = 0;
        for (const one of steps) {
          if (one.kind === 'clock') nowUs += one.us;
          else if (one.kind === 'restart') counter = new NonceCounter(state, () => nowUs);
          else if (one.kind === 'jump') counter.jump();
          else {
            const nonce = counter.next();
            expect(nonce).toBeGreaterThan(last);
            // What is on disk is ahead of what was sent: a life that ends now leaves a bound above all its nonces.
            expect(state.read().nonceBound).toBeGreaterThan(nonce);
            last = nonce;
          }
        }
      }),
    );
  });
});

describe('the file of a key', () => {
  it('goes on where an earlier process ended, is for its owner alone, and refuses to start over', () => {
    const path = join(folder, 'key.json');
    const nowUs = (): number => 1_000;
    const used = new NonceCounter(openKeyStateFile(path), nowUs).next();
    expect(new NonceCounter(openKeyStateFile(path), nowUs).next()).toBeGreaterThan(used);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, text.length / 2));
    expect(() => openKeyStateFile(path)).toThrow();
  });
});
