import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../adapters/system-clock/system-clock.ts';
import { CASES } from './cases/all-cases.ts';
import { runCase } from './run-case.ts';

/** A short set over every theme; all of them are `leeward chaos`. */
const SHORT = ['captive-portal', 'throttled-429', 'sequence-gap', 'restart-with-open-entry', 'no-orphaned-stop'];
const PATIENCE_MS = 60_000;

describe('a case of chaos', () => {
  it.each(SHORT)(
    '%s costs nothing',
    async (name) => {
      const chaosCase = CASES.find((candidate) => candidate.name === name);
      if (chaosCase === undefined) throw new Error(`expected the case ${name}, was none`);
      const result = await runCase(chaosCase, { clock: createSystemClock(), seed: '1' });
      expect(result).toMatchObject({ problems: [], lost: 0, duplicated: 0, ledgerAgrees: true, ok: true });
      expect(result.faultsFired).toBeGreaterThan(0);
      expect(result.ordersSent).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  it(
    'fails when nothing struck and nothing was sent',
    async () => {
      const idle = { name: 'idle', standsFor: 'nothing', play: async () => Promise.resolve() };
      const result = await runCase(idle, { clock: createSystemClock(), seed: '1' });
      expect(result).toMatchObject({ ok: false, faultsFired: 0, ordersSent: 0 });
    },
    PATIENCE_MS,
  );

  it('has a name of its own and stands for something', () => {
    const names = CASES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const pains = new Set(CASES.flatMap(({ standsFor }) => /^pain (\d+):/.exec(standsFor)?.[1] ?? []));
    expect(pains.size).toBe(25);
  });
});
