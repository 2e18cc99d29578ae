import { expect, it } from 'vitest';
import { createCore } from '../core.ts';
import type { EngineInput } from '../domain/events.ts';
import { accountId } from '../domain/identifiers.ts';
import { CONFIG } from '../testing/core-session.ts';

const ACCOUNT = accountId('margin-1');
const STANDING = { level: '2.5', liquidationLevel: '1.1', freeMargin: null, asset: 'USDT' };
const S = 1_000_000;

/** A core with a spot and a margin account, told of the margin account at one second. */
function told() {
  const core = createCore();
  let sequence = 0;
  const apply = (atUs: number, input: EngineInput) => core.apply(++sequence, atUs, input);
  apply(0, {
    kind: 'engine.started',
    ...{ engineEpoch: 1, installation: '0a1b2c3d', seed: '1' },
    config: { ...CONFIG, strategies: [], execution: { ...CONFIG.execution, reconcileIntervalMs: 1_000 } },
    accounts: [
      { accountId: accountId('spot-1'), venue: 'BINANCE', mode: 'paper', product: 'SPOT' },
      { accountId: ACCOUNT, venue: 'BINANCE', mode: 'paper', product: 'MARGIN' },
    ],
  });
  apply(0, { kind: 'venue.changed', accountId: ACCOUNT, state: 'ready', detail: '' });
  const unknown = core.view.margins();
  apply(S, { kind: 'margin.reported', accountId: ACCOUNT, standing: STANDING, positions: [] });
  return { apply, core, unknown };
}

it('knows an account with debts from what the venue says, and a spot account not at all', () => {
  const { core, unknown } = told();
  expect(unknown).toEqual([{ accountId: ACCOUNT, told: null }]);
  expect(core.view.margins()).toEqual([{ accountId: ACCOUNT, told: { standing: STANDING, positions: [] } }]);
});

it.each<[string, number, EngineInput, boolean]>([
  ['three looks later', 4 * S, { kind: 'clock.ticked' }, true],
  ['when more looks were missed', 4 * S + 1, { kind: 'clock.ticked' }, false],
  ['without its venue', S, { kind: 'venue.changed', accountId: ACCOUNT, state: 'down', detail: '' }, false],
])('knows the level %s: %s', (_when, atUs, input, isKnown) => {
  const { apply, core } = told();
  apply(atUs, input);
  expect(core.view.margins()[0]?.told !== null).toBe(isKnown);
});
