import type { BracketRequest } from '../../../engine/domain/command.ts';
import type { ChaosCase } from '../chaos-case.ts';
import { ACCOUNT, type Stage } from '../stage.ts';

const SETTING = { product: 'margin' } as const;
const CREATE = { method: 'POST', path: '/sapi/v1/margin/order' } as const;
/** What is sold is borrowed first. */
const SHORT: Partial<BracketRequest> = {
  ...{ side: 'sell' as const, limitPrice: '99.95' },
  ...{ stopTrigger: '102.00', stopLimit: '102.50', target: '96.00' },
};

const settled = (stage: Stage): boolean => stage.view.orders().every(({ pending }) => pending === null);

/** Binance's cross margin: spot's orders on borrowed coins. */
export const MARGIN: readonly ChaosCase[] = [
  {
    name: 'margin-answer-lost',
    standsFor: 'fault: a margin list that borrows is executed and its answer lost',
    setting: SETTING,
    play: async (stage) => {
      await stage.until('the engine to be ready', () => stage.isReady());
      await stage.fault({ kind: 'executeThenLose', ...CREATE });
      await stage.position(SHORT);
      stage.expect(stage.ledger().creates === 1, 'one create on the wire');
    },
  },
  {
    name: 'margin-mute-stream',
    standsFor: 'pain 12: margin fills are dropped while the stream stays connected',
    setting: SETTING,
    play: async (stage) => {
      await stage.taken({ entry: 'resting' });
      await stage.until('the entry to rest', () =>
        stage.view.orders().some(({ spec, status }) => spec.role === 'entry' && status === 'accepted'),
      );
      await stage.fault({ kind: 'dropPrivate', times: 40 });
      stage.market.trade(10_000, 1_000);
      await stage.until('the silent fill to be found', () => !stage.isFlat());
      await stage.control('DELETE', 'faults');
    },
  },
  {
    name: 'margin-leg-refused',
    standsFor: 'pain 14: the pending stop of a short is refused when its entry fills',
    setting: SETTING,
    play: async (stage) => {
      await stage.fault({ kind: 'refusePendingLeg', times: 1 });
      await stage.taken(SHORT);
      await stage.until('the entry to fill', () => stage.ledger().fills.length > 0);
      await stage.until('a new stop or the exit', () => stage.isProtected() && stage.alerted('LEG_REFUSED'));
    },
  },
  {
    name: 'margin-killed-with-short',
    standsFor: 'pain 18: the engine dies with a short; debts and stop are known again after the restart',
    setting: SETTING,
    play: async (stage) => {
      await stage.position(SHORT);
      await stage.kill();
      await stage.fault({ kind: 'html200', method: 'GET', path: '/sapi/v1/margin/account' });
      await stage.restart();
      await stage.until('the account to be known again', () => stage.isReady() && settled(stage));
      stage.expect(!stage.isFlat() && stage.isProtected(), 'short and stop to be known');
    },
  },
  {
    name: 'margin-stop-hiccup',
    standsFor: 'fault: cancel and exit fail at first during an emergency stop of a short',
    setting: SETTING,
    play: async (stage) => {
      await stage.position(SHORT);
      await stage.fault({ kind: 'status', status: 503, method: 'DELETE', path: '/sapi/v1/margin/order', times: 2 });
      await stage.fault({ kind: 'reset', ...CREATE });
      await stage.send({ kind: 'emergencyStop' });
      await stage.until('the account to be proven flat', () => stage.view.stop()?.verifiedFlat === true);
      stage.expect(stage.view.venue(ACCOUNT)?.state === 'ready', 'the venue to be ready');
    },
  },
];
