import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../adapters/system-clock/system-clock.ts';
import type { CaseResult } from './chaos-case.ts';
import { CASES } from './cases/all-cases.ts';
import type { PortExchange } from './engine-life.ts';
import { runCase } from './run-case.ts';
import { DEFECTS } from './testing/defects.ts';

const PATIENCE_MS = 90_000;
/** Of a case that must fail: it is not waited for as long. */
const SHORT_MS = 3_000;

async function play(name: string, exchanged?: PortExchange): Promise<CaseResult> {
  const chaosCase = CASES.find((candidate) => candidate.name === name);
  if (chaosCase === undefined) throw new Error(`expected the case ${name}, was none`);
  return runCase(chaosCase, {
    clock: createSystemClock(),
    seed: '1',
    ...(exchanged === undefined ? {} : { exchanged, patienceMs: SHORT_MS }),
  });
}

/** The defect, the case that notices it, and by what. */
const NOTICED: readonly (readonly [keyof typeof DEFECTS, string, RegExp])[] = [
  ['noWriteAhead', 'reset-after-execution', /sent before they were on disk/],
  ['resendOnTimeout', 'network-outage', /creates sent again/],
  ['snapshotBeforeAwait', 'stale-snapshot', /by the journal/],
  ['pendingCountsAsProtection', 'refused-pending-leg', /a new stop or the exit/],
  ['fillsWithoutIds', 'one-decision-per-event', /by the journal|to be protected/],
  ['feedAlwaysLive', 'book-silently-stale', /that channel to be shown as stale/],
  ['closesForgotten', 'kraken-close-after-restart', /position and stop|intent|in the journal/],
  ['networkErrorIsNotFound', 'network-outage', /not in the journal|known after the outage|has no/],
];

/** Cases wait most of their time: they are played beside each other, as the command does. */
describe.concurrent('a defect of the product', () => {
  it.each(NOTICED)(
    '%s turns %s red',
    async (defect, name, sign) => {
      const result = await play(name, DEFECTS[defect]);
      expect(result.ok).toBe(false);
      expect(result.problems.join('; ')).toMatch(sign);
    },
    PATIENCE_MS,
  );

  it.each([...new Set(NOTICED.map(([, name]) => name))])(
    'is what turns %s red',
    async (name) => expect(await play(name)).toMatchObject({ problems: [], ok: true }),
    PATIENCE_MS,
  );
});
