import type { ChaosCase } from '../chaos-case.ts';
import type { Stage } from '../stage.ts';

const SLOW = { kind: 'slow', method: 'POST', path: '/api/v3/order', ms: 2_000 } as const;
const SLOW_ANSWERS = 3;
const small = { quantity: '0.200' } as const;

const settled = (stage: Stage): boolean => stage.view.orders().every(({ pending }) => pending === null);

/** Answers take 2 s and longer: the venue works, but nobody should send it more. */
export const HICCUP: readonly ChaosCase[] = [
  {
    name: 'exchange-hiccup',
    standsFor: 'fault: every answer takes 2 s; entries stop after three, none piles up',
    play: async (stage) => {
      await stage.fault({ ...SLOW, times: SLOW_ANSWERS });
      for (let sent = 0; sent < SLOW_ANSWERS; sent++) {
        await stage.taken(small);
        await stage.until('the answer to be there', () => settled(stage));
      }
      await stage.until('the breaker to open', () => stage.alerted('BREAKER_OPENED'));
      const before = stage.ledger().creates;
      const denials = [];
      for (let tries = 0; tries < 5; tries++) denials.push((await stage.enter(small))?.code);
      // A busy machine may hold up a book, which denies as well.
      stage.expect(denials.includes('BREAKER_OPEN') && !denials.includes(undefined), 'every entry to be denied');
      stage.expect(stage.ledger().creates === before, 'nothing sent while the breaker is open');
      stage.expect(stage.isProtected(), 'stops to rest meanwhile');
      // The cool-down, and what a busy machine takes of compressed time.
      await stage.pass(33_000);
      await stage.taken(small);
      await stage.until('the breaker to close', () => stage.alerted('BREAKER_CLOSED'));
    },
  },
  {
    name: 'hiccup-does-not-hold-stops',
    standsFor: 'fault: answers take 2 s during an emergency stop; cancels and exits are never denied',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'slow', ms: 2_000, times: 40 });
      await stage.send({ kind: 'emergencyStop' });
      await stage.until('the account to be proven flat', () => stage.view.stop()?.verifiedFlat === true);
    },
  },
];
