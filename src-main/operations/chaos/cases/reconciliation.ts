import { isTerminal } from '../../../engine/domain/order.ts';
import type { ChaosCase } from '../chaos-case.ts';
import { ACCOUNT, bracket, BTC, type Stage } from '../stage.ts';

const CREATE = { method: 'POST', path: '/api/v3/order' } as const;
const CANCEL = { method: 'DELETE', path: '/api/v3/order' } as const;

const restingEntry = async (stage: Stage): Promise<void> => {
  await stage.taken({ entry: 'resting' });
  await stage.until('the entry to rest', () => stage.view.orders().some(({ status }) => status === 'accepted'));
};
const entryOf = (stage: Stage) => stage.view.orders().find(({ spec }) => spec.role === 'entry');
const closeBitcoin = { kind: 'closePosition', accountId: ACCOUNT, instrumentId: BTC } as const;

export const RECONCILIATION: readonly ChaosCase[] = [
  {
    name: 'one-decision-per-event',
    standsFor: 'pain 3: duplicated buys since events came by stream (binance-trading-bot#450)',
    play: async (stage) => {
      await stage.fault({ kind: 'duplicateFill', times: 3 });
      await stage.fault({ kind: 'outOfOrder', times: 2 });
      await stage.until('the engine to be ready', () => stage.isReady());
      const request = bracket({});
      // A command that is put twice is carried out once.
      await stage.send({ kind: 'enterBracket', request }, 'twice');
      await stage.send({ kind: 'enterBracket', request }, 'twice');
      stage.asked = { units: 1n, scale: 0 };
      await stage.until('the position to be protected', () => !stage.isFlat() && stage.isProtected());
      stage.expect(stage.ordersOf('entry').length === 1, 'one entry');
    },
  },
  {
    name: 'exit-not-seen-filled',
    standsFor: 'pain 4: the closing sell was not seen as filled and sent again (hummingbot#7503)',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ ...CREATE, kind: 'executeThenLose' });
      await stage.fault({ kind: 'dropPrivate', times: 8 });
      await stage.send(closeBitcoin);
      await stage.until('the position to be flat', () => stage.isFlat());
      stage.expect(stage.ordersOf('exit').length === 1, 'one exit');
    },
  },
  {
    name: 'pending-cancel-unknown',
    standsFor: 'pain 5: a cancel in doubt has to stay in doubt (nautilus_trader#4152)',
    play: async (stage) => {
      await restingEntry(stage);
      await stage.fault({ kind: 'dropPrivate', times: 4 });
      await stage.fault({ ...CANCEL, kind: 'executeThenLose' });
      await stage.fault({ method: 'GET', path: '/api/v3/o', kind: 'reset', times: 3 });
      const entry = entryOf(stage);
      if (entry === undefined) throw new Error('expected an entry, was none');
      await stage.send({ kind: 'cancelOrder', clientOrderId: entry.spec.clientOrderId });
      await stage.until(
        'the cancel to be in doubt',
        () => entry.pending?.outcome === 'unknown' || isTerminal(entry.status),
      );
      stage.expect(entry.status !== 'canceled' || stage.fired() >= 2, 'no certainty without evidence');
      await stage.until('the cancel to be proven', () => entryOf(stage)?.status === 'canceled');
    },
  },
  {
    name: 'phantom-cancel',
    standsFor: 'pain 6: reconciliation canceled live orders (nautilus_trader#4288)',
    play: async (stage) => {
      await restingEntry(stage);
      await stage.fault({ ...CANCEL, kind: 'status', status: 503 });
      const entry = entryOf(stage);
      if (entry === undefined) throw new Error('expected an entry, was none');
      await stage.send({ kind: 'cancelOrder', clientOrderId: entry.spec.clientOrderId });
      await stage.until(
        'the fate of the cancel to be known',
        () => stage.fired() >= 1 && entryOf(stage)?.pending === null,
      );
      stage.expect(!isTerminal(entryOf(stage)?.status ?? 'filled'), 'the order that lives to be known as living');
      stage.market.trade(10_000, 1_000);
      await stage.until('its fill to be protected', () => !stage.isFlat() && stage.isProtected());
    },
  },
  {
    name: 'stale-snapshot',
    standsFor: 'pain 7: position snapshots older than the news (nautilus_trader#4517)',
    play: async (stage) => {
      await restingEntry(stage);
      await stage.fault({ method: 'GET', path: '/api/v3/openOrders', kind: 'slow', ms: 3_000, apply: true });
      await stage.fault({ kind: 'close', stream: 'ws-api', code: 1006 });
      await stage.until('the look to be under way', () => stage.fired() >= 2);
      stage.market.trade(10_000, 1_000);
      await stage.until('the fill to be protected', () => !stage.isFlat() && stage.isProtected());
      await stage.until('the older look to be answered', () => stage.isReady());
    },
  },
  {
    name: 'stale-lookups',
    standsFor: 'pain 7: answers about single orders that came late prove nothing (nautilus_trader#4517)',
    play: async (stage) => {
      await stage.fault({ ...CREATE, kind: 'slow', ms: 4_000 });
      await stage.fault({ kind: 'dropPrivate', times: 8 });
      await stage.taken();
      await stage.until('the entry to be known', () => !stage.isFlat() && stage.isProtected());
    },
  },
  {
    name: 'restart-keeps-position',
    standsFor: 'pain 8: a warm restart flattened the position (nautilus_trader#4736)',
    play: async (stage) => {
      await stage.position();
      const held = stage.held();
      await stage.kill();
      await stage.fault({ method: 'GET', path: '/api/v3/account', kind: 'html200' });
      await stage.restart();
      await stage.until('the account to be known again', () => stage.isReady());
      stage.expect(stage.held() === held, 'the same position');
      stage.expect(stage.ordersOf('exit').length + stage.ordersOf('escalation').length === 0, 'no exit');
      stage.expect(stage.view.tradingState().state === 'halted', 'the restarted engine to be halted');
    },
  },
  {
    name: 'empty-account-in-html',
    standsFor: 'fault: 200 with a page where balances or open orders were asked for',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ method: 'GET', path: '/api/v3/account', kind: 'html200', times: 2 });
      await stage.fault({ method: 'GET', path: '/api/v3/openOrders', kind: 'empty', times: 2 });
      await stage.fault({ kind: 'close', stream: 'ws-api', code: 1006 });
      await stage.until('the pages to be served', () => stage.fired() >= 5);
      stage.expect(!stage.isFlat() && stage.isProtected(), 'position and stop to stay known');
      await stage.until('the account to be known again', () => stage.isReady());
    },
  },
  {
    name: 'restart-with-open-entry',
    standsFor: 'pain 18: wrong position after a restart with an open entry (freqtrade#10436)',
    play: async (stage) => {
      await restingEntry(stage);
      await stage.fault({ kind: 'lateFill', ms: 2_000 });
      stage.market.trade(10_000, 300);
      await stage.until('the venue to fill a part', () => stage.fired() >= 1);
      await stage.kill();
      stage.market.trade(10_000, 400);
      await stage.until('the downtime fill', () => stage.ledger().fills.length >= 2);
      await stage.restart();
      await stage.until('the part to be protected', () => !stage.isFlat() && stage.isProtected());
    },
  },
  {
    name: 'stops-survive-restart',
    standsFor: 'pain 19: after a restart stop and target were gone (OctoBot#3190)',
    play: async (stage) => {
      await stage.position();
      const [stop] = stage.ordersOf('stop');
      await stage.kill();
      await stage.fault({ method: 'GET', path: '/api/v3/openOrders', kind: 'reset', times: 2 });
      await stage.restart();
      await stage.until('the account to be known again', () => stage.isReady());
      const atVenue = stage.ledger().orders.find(({ clientOrderId }) => clientOrderId === stop);
      stage.expect(atVenue?.status === 'NEW', 'the same stop to rest');
      stage.expect(stage.ordersOf('stop').length === 1, 'no second stop');
    },
  },
];
