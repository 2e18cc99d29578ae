import type { FaultSpec } from '../../../practice-exchange/faults.ts';
import type { ChaosCase } from '../chaos-case.ts';
import type { Stage } from '../stage.ts';

/** Creates of orders and of order lists. */
const CREATE = { method: 'POST', path: '/api/v3/order' } as const;

const UNKNOWN_ERROR = 'Unknown error, please check your request or try again later.';

type Spoiled = {
  readonly name: string;
  readonly standsFor: string;
  readonly fault: FaultSpec;
  /** Whether the entry was executed although its answer was not one. */
  readonly executed: boolean;
};

const SPOILED: readonly Spoiled[] = [
  {
    name: 'reset-after-execution',
    standsFor: 'fault: socket reset after the order was executed',
    fault: { kind: 'executeThenLose' },
    executed: true,
  },
  {
    name: 'reset-before-execution',
    standsFor: 'fault: socket reset before the order was executed',
    fault: { kind: 'reset' },
    executed: false,
  },
  {
    name: 'hang-after-execution',
    standsFor: 'fault: no answer within the time-out although the order was executed',
    fault: { kind: 'hang', apply: true },
    executed: true,
  },
  {
    name: 'server-error-1000',
    standsFor: 'fault: 503 with -1000',
    fault: { kind: 'status', status: 503, code: -1000, msg: 'An unknown error occurred.', apply: true },
    executed: true,
  },
  ...[502, 403, 503].map((status) => ({
    name: `server-error-html-${status}`,
    standsFor: `fault: ${status} with a page of a proxy`,
    fault: { kind: 'html200', status, apply: true } as const,
    executed: true,
  })),
  {
    name: 'server-error-unnamed',
    standsFor: 'fault: 503 with "Unknown error" and no code',
    fault: { kind: 'status', status: 503, code: 0, msg: UNKNOWN_ERROR, apply: true },
    executed: true,
  },
  {
    name: 'server-timeout-1007',
    standsFor: 'fault: -1007, the matching engine did not answer in time',
    fault: {
      kind: 'status',
      status: 504,
      code: -1007,
      msg: 'Timeout waiting for response from backend server.',
      apply: true,
    },
    executed: true,
  },
  {
    name: 'captive-portal',
    standsFor: 'fault: 200 with a page instead of JSON',
    fault: { kind: 'html200', apply: true },
    executed: true,
  },
  { name: 'truncated-answer', standsFor: 'fault: half of the JSON', fault: { kind: 'truncated' }, executed: true },
  {
    name: 'empty-answer',
    standsFor: 'fault: 200 without a body',
    fault: { kind: 'empty', apply: true },
    executed: true,
  },
  { name: 'slow-answer', standsFor: 'fault: an answer after 2 s', fault: { kind: 'slow', ms: 2_000 }, executed: true },
  {
    name: 'duplicate-order-sent',
    standsFor: 'fault: the same id is told to be a duplicate (-2010)',
    fault: { kind: 'status', status: 400, code: -2010, msg: 'Duplicate order sent.', apply: true },
    executed: true,
  },
];

/** The entry is looked up, never sent again, and ends as one protected position or as nothing. */
async function enterOnce(stage: Stage, executed: boolean): Promise<void> {
  await stage.taken();
  await stage.until('the outcome to be known', () => stage.view.orders().every(({ pending }) => pending === null));
  stage.expect(stage.ordersOf('entry').length === 1, 'one entry');
  stage.expect(stage.ledger().creates === (executed ? 1 : 0), 'no create but the first on the wire');
  stage.expect(stage.isFlat() !== executed, executed ? 'the executed entry to be found' : 'no position');
  // What never existed leaves the instrument free for a new decision, under a new id.
  if (!executed) await stage.position();
}

const spoiledCase = ({ name, standsFor, fault, executed }: Spoiled): ChaosCase => ({
  name,
  standsFor,
  play: async (stage) => {
    await stage.fault({ ...CREATE, ...fault });
    await enterOnce(stage, executed);
  },
});

export const LOST_ANSWERS: readonly ChaosCase[] = [
  ...SPOILED.map(spoiledCase),
  {
    name: 'network-outage',
    standsFor: 'pain 1: orders accepted during an outage were dropped (hummingbot#8457)',
    play: async (stage) => {
      await stage.fault({ ...CREATE, kind: 'executeThenLose' });
      await stage.fault({ kind: 'dropPrivate', times: 6 });
      await stage.fault({ method: 'GET', path: '/api/v3/o', kind: 'reset', times: 4 });
      await stage.taken();
      await stage.until('the outcome to be known', () => stage.view.orders().every(({ pending }) => pending === null));
      stage.expect(!stage.isFlat(), 'the position to be known after the outage');
    },
  },
  {
    name: 'timeout-places-once',
    standsFor: 'pain 2: a time-out made the same order go out twice (catalyst#317, ccxt#2599)',
    play: async (stage) => {
      await stage.fault({ ...CREATE, kind: 'hang', apply: true });
      await stage.fault({ kind: 'dropPrivate', times: 8 });
      await stage.taken();
      await stage.until('the time-out', () =>
        stage.view.orders().some(({ pending }) => pending?.outcome === 'unknown'),
      );
      // While the outcome is open, no second entry on the instrument passes.
      const second = await stage.enter();
      stage.expect(second !== null, 'a second entry to be denied while the first is in doubt');
      await stage.until('the outcome to be known', () => stage.view.orders().every(({ pending }) => pending === null));
      stage.expect(stage.ledger().creates === 1, 'one create on the wire');
    },
  },
  {
    name: 'no-retry-of-a-create',
    standsFor: 'fault: maxRetriesOnFailure with an executed request that hangs',
    play: async (stage) => {
      await stage.fault({ ...CREATE, kind: 'hang', apply: true, times: 3 });
      await enterOnce(stage, true);
    },
  },
];
