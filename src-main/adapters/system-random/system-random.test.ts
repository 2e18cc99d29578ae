import { describe, expect, it } from 'vitest';
import { createSystemRandom } from './system-random.ts';

describe('system random', () => {
  const random = createSystemRandom();

  it('draws from [0, 1) and does not repeat itself', () => {
    const draws = Array.from({ length: 1000 }, () => random.next());
    expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
    expect(new Set(draws).size).toBe(1000);
  });

  it('writes lowercase hex of the asked length', () => {
    expect(random.hex(4)).toMatch(/^[0-9a-f]{8}$/);
    expect(random.hex(4)).not.toBe(random.hex(4));
  });
});
