import type { BracketRequest } from '../../../engine/domain/command.ts';
import type { ChaosCase } from '../chaos-case.ts';
import { ACCOUNT, type Stage } from '../stage.ts';

const SETTING = { product: 'usdm' } as const;
const CREATE = { method: 'POST', path: '/fapi/v1/order' } as const;
const CONDITIONAL = { method: 'POST', path: '/fapi/v1/algoOrder' } as const;

const waiting = (stage: Stage): number => stage.exchange.venue.usdm?.algos.waiting(ACCOUNT).length ?? 0;
/** What is bought is covered by its own price: only a short can lose more than the account holds. Lost above 204. */
const SMALL_WALLET = {
  ...SETTING,
  wallet: '2100',
  risk: { maxOrderNotionalRatio: '5', maxPositionNotionalRatio: '5', maxDayLossRatio: '1' },
} as const;
const SHORT: Partial<BracketRequest> = {
  ...{ side: 'sell' as const, quantity: '20.000', limitPrice: '99.95' },
  ...{ stopTrigger: '102.00', stopLimit: '102.50', target: '96.00' },
};
const isLiquidated = (stage: Stage): boolean =>
  stage.ledger().orders.some(({ clientOrderId }) => clientOrderId.startsWith('autoclose-'));
const settled = (stage: Stage): boolean => stage.view.orders().every(({ pending }) => pending === null);

/** Binance's USD-M futures: two spaces of orders, a stop that rests before its entry is sent. */
export const FUTURES: readonly ChaosCase[] = [
  {
    name: 'usdm-entry-answer-lost',
    standsFor: 'fault: a futures entry is executed and its answer lost; its stop rested before it',
    setting: SETTING,
    play: async (stage) => {
      await stage.until('the engine to be ready', () => stage.isReady());
      await stage.fault({ kind: 'executeThenLose', ...CREATE });
      await stage.position();
      stage.expect(
        stage.ledger().positions.every(({ unprotectedEpisodes }) => unprotectedEpisodes === 0),
        'no gap',
      );
    },
  },
  {
    name: 'usdm-stop-answer-lost',
    standsFor: 'fault: a conditional order is placed and its answer lost; no entry before the stop is known to rest',
    setting: SETTING,
    play: async (stage) => {
      await stage.until('the engine to be ready', () => stage.isReady());
      await stage.fault({ kind: 'executeThenLose', ...CONDITIONAL });
      await stage.taken();
      await stage.until('the stop to be known', () => settled(stage));
      stage.expect(stage.isProtected(), 'no position without a stop');
    },
  },
  {
    name: 'usdm-stop-refused',
    standsFor: 'fault: the stop is refused; its entry must not be sent',
    setting: SETTING,
    play: async (stage) => {
      await stage.position({ quantity: '0.500' });
      await stage.fault({
        kind: 'status',
        ...CONDITIONAL,
        status: 400,
        code: -2021,
        msg: 'Order would immediately trigger.',
      });
      const before = stage.ledger().orders.length;
      await stage.enter({ quantity: '0.500' });
      await stage.until('the refusal to strike', () => stage.fired() >= 1);
      await stage.until('nothing to be open to doubt', () => settled(stage));
      stage.expect(stage.ledger().orders.length === before, 'no entry without its stop');
    },
  },
  {
    name: 'usdm-listen-key-expired',
    standsFor: 'fault: the listen key expires; fills come on no stream',
    setting: SETTING,
    play: async (stage) => {
      await stage.taken({ entry: 'resting' });
      await stage.until('the entry to rest', () =>
        stage.view.orders().some(({ spec, status }) => spec.role === 'entry' && status === 'accepted'),
      );
      await stage.fault({ kind: 'expireListenKey' });
      stage.market.trade(10_000, 1_000);
      await stage.until('the fill to be found', () => !stage.isFlat());
      await stage.until('the stream to be back', () => stage.view.venue(ACCOUNT)?.state === 'ready');
    },
  },
  {
    name: 'usdm-mute-stream',
    standsFor: 'pain 12: futures fills are dropped while the stream stays connected',
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
    name: 'usdm-stop-triggers-unseen',
    standsFor: 'fault: a conditional order becomes an ordinary one while the stream is mute',
    setting: SETTING,
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'dropPrivate', times: 40 });
      stage.market.moveTo(9_780);
      await stage.until('the exit to be found', () => stage.isFlat());
      await stage.control('DELETE', 'faults');
    },
  },
  {
    name: 'usdm-liquidated',
    standsFor: 'fault: the mark price gaps through a stop on the last price; the venue closes the position itself',
    setting: SMALL_WALLET,
    play: async (stage) => {
      await stage.position(SHORT);
      await stage.fault({ kind: 'lateFill', ms: 500 });
      stage.market.quoteAt(21_000);
      await stage.until('the venue to close the position', () => isLiquidated(stage));
      await stage.until('the position to be known as gone', () => stage.isFlat());
    },
  },
  {
    name: 'usdm-liquidated-unseen',
    standsFor: 'fault: the venue closes the position while the stream is mute',
    setting: SMALL_WALLET,
    play: async (stage) => {
      await stage.position(SHORT);
      await stage.fault({ kind: 'dropPrivate', times: 40 });
      stage.market.quoteAt(21_000);
      await stage.until('the venue to close the position', () => isLiquidated(stage));
      await stage.until('the position to be known as gone', () => stage.isFlat());
      await stage.control('DELETE', 'faults');
    },
  },
  {
    name: 'usdm-killed-with-position',
    standsFor: 'fault: the engine dies between stop and entry; both order spaces are read again',
    setting: SETTING,
    play: async (stage) => {
      await stage.fault({ kind: 'slow', ...CREATE, ms: 1_000 });
      await stage.taken();
      await stage.until('the stop to rest', () => waiting(stage) > 0);
      await stage.kill();
      await stage.restart(true);
      await stage.until('everything to be known', () => settled(stage) && stage.isProtected());
    },
  },
  {
    name: 'usdm-emergency-stop-hiccup',
    standsFor: 'fault: cancels of both order spaces fail at first during an emergency stop',
    setting: SETTING,
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'status', status: 503, method: 'DELETE', path: '/fapi/v1/algoOrder', times: 2 });
      await stage.fault({ kind: 'reset', ...CREATE });
      await stage.send({ kind: 'emergencyStop' });
      await stage.until('the account to be proven flat', () => stage.view.stop()?.verifiedFlat === true);
      stage.expect(waiting(stage) === 0, 'no conditional order left');
    },
  },
];
