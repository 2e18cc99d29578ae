import { describe, expect, it } from 'vitest';
import { ensure, err, invariant, InvariantError, ok, unreachable } from './result.ts';

describe('result', () => {
  it('carries a value or an error', () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 });
    expect(err('CODE')).toEqual({ ok: false, error: 'CODE' });
  });

  it('throws an invariant that names itself', () => {
    invariant(true, 'expected nothing');
    expect(() => {
      invariant(false, () => 'expected 1, was 2');
    }).toThrow(new InvariantError('expected 1, was 2'));
    expect(() => ensure(undefined, 'an order')).toThrow('Invariant: expected an order, was undefined');
    expect(ensure(0, 'a count')).toBe(0);
    expect(() => unreachable('x' as never)).toThrow('expected no further case, was "x"');
  });
});
