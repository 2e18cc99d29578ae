import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../../adapters/system-clock/system-clock.ts';
import { runCase } from '../run-case.ts';
import { LOST_PROTECTION } from './lost-protection.ts';

const PATIENCE_MS = 60_000;

describe('a lost order that closes or protects, on the practice exchange', () => {
  it.each(LOST_PROTECTION.map((each) => [each.name, each] as const))(
    '%s costs nothing',
    async (_name, chaosCase) => {
      const result = await runCase(chaosCase, { clock: createSystemClock(), seed: '1' });
      expect(result).toMatchObject({ problems: [], lost: 0, duplicated: 0, ledgerAgrees: true, ok: true });
    },
    PATIENCE_MS,
  );
});
