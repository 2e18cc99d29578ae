import { randomBytes } from 'node:crypto';
import type { Random } from '../../engine/ports/random.ts';

/** The operating system's randomness. */
export function createSystemRandom(): Random {
  return {
    /** 53 random bits over 2^53: every double of the grid is equally likely and 1 is never reached. */
    next: () => Number(randomBytes(8).readBigUInt64BE() >> 11n) / 2 ** 53,
    hex: (bytes) => randomBytes(bytes).toString('hex'),
  };
}
