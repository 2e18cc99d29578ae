import type { FaultSpec } from '../../../practice-exchange/faults.ts';
import type { ChaosCase } from '../chaos-case.ts';
import { ACCOUNT, BTC, type Stage } from '../stage.ts';

const CREATE = { method: 'POST', path: '/api/v3/order' } as const;
const closeBitcoin = { kind: 'closePosition', accountId: ACCOUNT, instrumentId: BTC } as const;

/** An exit whose answer does not come: sold once, whether the venue got it or not, and known within seconds. */
const lostExit = (name: string, standsFor: string, fault: Omit<FaultSpec, 'method' | 'path'>): ChaosCase => ({
  name,
  standsFor,
  play: async (stage) => {
    await stage.position();
    await stage.fault({ ...CREATE, ...fault });
    await stage.fault({ kind: 'dropPrivate', times: 12 });
    await stage.send(closeBitcoin);
    await stage.until('the position to be flat', () => stage.isFlat());
    await stage.until('the outcome to be known', () => stage.view.orders().every(({ pending }) => pending === null));
    expectResolved(stage, 'exit');
    const { orders } = stage.ledger();
    const sold = orders.filter(({ status, side }) => side === 'SELL' && status === 'FILLED');
    stage.expect(sold.length === 1, 'one sale');
  },
});

function expectResolved(stage: Stage, role: string): void {
  const outcomes = stage.view.unknownOutcomes().filter((outcome) => outcome.role === role);
  stage.expect(outcomes.length === 1, `one unknown outcome of the ${role}`);
  stage.expect(
    outcomes.every(({ resolution }) => resolution !== null),
    'every outcome to be known',
  );
}

/** Orders that close or protect, lost on their way: the position must not stand bare until their absence is proven. */
export const LOST_PROTECTION: readonly ChaosCase[] = [
  lostExit('exit-lost-before-execution', 'fault: an exit that never arrived, its stop already gone', { kind: 'reset' }),
  lostExit('exit-answer-lost', 'fault: an exit executed, its answer lost', { kind: 'executeThenLose' }),
  lostExit('exit-hangs', 'fault: an exit without any answer, never executed', { kind: 'hang' }),
  {
    name: 'stop-lost-before-execution',
    standsFor: 'fault: the stop of a part that filled never arrived',
    play: async (stage) => {
      await stage.taken({ entry: 'resting' });
      await stage.until('the entry to rest', () => stage.view.orders().some(({ status }) => status === 'accepted'));
      await stage.fault({ ...CREATE, kind: 'reset' });
      stage.market.trade(10_000, 1_000);
      await stage.until('the part to be bought', () => stage.ledger().fills.length > 0);
      await stage.until('the part to be protected', () => stage.isProtected() && !stage.isFlat());
      await stage.until('the outcome to be known', () => stage.view.orders().every(({ pending }) => pending === null));
      expectResolved(stage, 'stop');
    },
  },
];
