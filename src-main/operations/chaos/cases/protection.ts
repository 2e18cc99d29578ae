import { compareDecimals, decimal, formatDecimal } from '../../../engine/domain/decimal.ts';
import type { ChaosCase } from '../chaos-case.ts';
import { ACCOUNT, BTC, type Stage } from '../stage.ts';

const OPEN = new Set(['NEW', 'PARTIALLY_FILLED', 'PENDING_NEW']);
const closeBitcoin = { kind: 'closePosition', accountId: ACCOUNT, instrumentId: BTC } as const;
const openAtVenue = (stage: Stage): number => stage.ledger().orders.filter(({ status }) => OPEN.has(status)).length;
const restingEntry = async (stage: Stage): Promise<void> => {
  await stage.taken({ entry: 'resting' });
  await stage.until('the entry to rest', () => stage.view.orders().some(({ status }) => status === 'accepted'));
};

export const PROTECTION: readonly ChaosCase[] = [
  {
    name: 'stop-follows-the-fills',
    standsFor: 'pain 14: no unprotected window while a stop is replaced (freqtrade#5451)',
    play: async (stage) => {
      await restingEntry(stage);
      // A part that fills ends the entry; while that cancel is on its way, more of it fills.
      await stage.fault({ method: 'DELETE', path: '/api/v3/order', kind: 'slow', ms: 1_500 });
      stage.market.trade(10_000, 200);
      await stage.until('a part to be bought', () => stage.ledger().fills.length > 0);
      // On a busy machine the cancel may win.
      stage.market.trade(10_000, 200);
      stage.market.trade(10_000, 200);
      await stage.until('the parts to be protected', () => stage.isProtected() && !stage.isFlat());
    },
  },
  {
    name: 'refused-pending-leg',
    standsFor: 'pain 14: a leg that the venue refuses when the entry fills protects nothing (freqtrade#5451)',
    play: async (stage) => {
      await stage.fault({ kind: 'refusePendingLeg', times: 1 });
      await stage.taken();
      await stage.until('the entry to fill', () => stage.ledger().fills.length > 0);
      await stage.until('a new stop or the exit', () => stage.isProtected() && stage.alerted('LEG_REFUSED'));
    },
  },
  {
    name: 'no-orphaned-stop',
    standsFor: 'pain 15: a stop stayed after the close (freqtrade#11608, #12681)',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ method: 'DELETE', path: '/api/v3/order', kind: 'executeThenLose' });
      await stage.send(closeBitcoin);
      await stage.until('the position to be flat', () => stage.isFlat());
      await stage.until('nothing to rest', () => openAtVenue(stage) === 0);
    },
  },
  {
    name: 'stop-outside-price-band',
    standsFor: 'pain 16: emergency exit because the stop broke a price filter (freqtrade#12598)',
    play: async (stage) => {
      await restingEntry(stage);
      const band = { bidMultiplierUp: '5', bidMultiplierDown: '0.2', askMultiplierUp: '5', askMultiplierDown: '0.99' };
      const filters = [{ filterType: 'PERCENT_PRICE_BY_SIDE', ...band, avgPriceMins: 5 }];
      await stage.fault({ kind: 'filterChange', symbol: 'BTCUSDT', filters });
      stage.market.trade(10_000, 1_000);
      await stage.until('the entry to fill', () => stage.ledger().fills.length > 0);
      await stage.until('a stop or an exit in order', () => stage.isProtected());
    },
  },
  {
    name: 'stop-limit-gapped',
    standsFor: 'pain 17: a stop-limit triggered and did not fill (freqtrade#7255, #12984)',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'lateFill', ms: 500 });
      stage.market.moveTo(9_600);
      await stage.until('the stop to be escalated', () => stage.alerted('STOP_ESCALATED'));
      await stage.until('the position to be left', () => stage.isFlat());
    },
  },
  {
    name: 'equity-loss-limit',
    standsFor: 'pain 20: a drawdown limit tripped at a third of itself (freqtrade#11726, #9844)',
    setting: { risk: { maxDayLossRatio: '0.0006' } },
    play: async (stage) => {
      await stage.fault({ kind: 'duplicateFill', times: 40 });
      for (const round of [1, 2]) {
        await stage.position({ quantity: '20.000' });
        stage.market.moveTo(9_790);
        await stage.until('the stop to sell', () => stage.isFlat());
        await stage.pass(3_000);
        const { state } = stage.view.tradingState();
        stage.expect(
          state === (round === 1 ? 'active' : 'reducing'),
          `the limit of 60 to trip in round 2, was ${state} in ${round}`,
        );
        stage.market.moveTo(10_000);
        await stage.until('the price to be back', () => stage.engine.reference(BTC).bid === '99.99');
      }
      stage.expect((await stage.enter({})) !== null, 'no entry beyond the limit');
    },
  },
  {
    name: 'kill-switch-holds',
    standsFor: 'pain 21: the kill switch did not stop new orders (hummingbot#2534)',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ method: 'GET', path: '/api/v3/openOrders', kind: 'html200', times: 2 });
      await stage.fault({ method: 'POST', path: '/api/v3/order', kind: 'slow', ms: 1_500 });
      const late = stage.enter({ entry: 'resting', quantity: '0.500' });
      await stage.send({ kind: 'emergencyStop' });
      await late;
      const denied = await stage.enter();
      stage.expect(denied !== null, 'no entry after the stop');
      await stage.until('the stop to be verified', () => stage.view.stop()?.verifiedFlat === true);
      stage.expect(openAtVenue(stage) === 0, 'nothing to rest at the venue');
    },
  },
  {
    name: 'dust-and-minimum-notional',
    standsFor: 'pain 24: dust kept trades open, orders below the minimum (freqtrade#7586, hummingbot#6425)',
    play: async (stage) => {
      await restingEntry(stage);
      await stage.fault({ kind: 'lateFill', ms: 600 });
      stage.market.trade(10_000, 20);
      await stage.until('dust to be bought', () => stage.ledger().fills.length > 0);
      await stage.pass(5_000);
      stage.expect(stage.ordersOf('stop').length === 0, 'no stop the venue would refuse');
      const small = await stage.judged({ quantity: '0.010' });
      stage.expect(
        small?.code === 'NOTIONAL_BELOW_MINIMUM',
        'an entry below the minimum to be denied before it is sent',
      );
      await stage.position();
    },
  },
  {
    name: 'minimum-raised-live',
    standsFor: 'pain 24: the minimum notional rises while a position is held (hummingbot#6425)',
    play: async (stage) => {
      await stage.position();
      const notional = {
        minNotional: '500.00000000',
        applyMinToMarket: true,
        maxNotional: '9000000',
        applyMaxToMarket: false,
      };
      const filters = [{ filterType: 'NOTIONAL', ...notional, avgPriceMins: 5 }];
      await stage.fault({ kind: 'filterChange', symbol: 'BTCUSDT', filters });
      await stage.enter();
      stage.asked = { units: 1n, scale: 0 };
      await stage.until('the refused entry to be closed', () =>
        stage.view.orders().every(({ pending }) => pending === null),
      );
      const [stop] = stage.ordersOf('stop');
      await stage.pass(5_000);
      const atVenue = stage.ledger().orders.find(({ clientOrderId }) => clientOrderId === stop);
      stage.expect(atVenue?.status === 'NEW', 'the old stop to rest');
    },
  },
  {
    name: 'profit-from-raw-fills',
    standsFor: 'pain 25: profit was wrong (freqtrade#3984, #5415)',
    play: async (stage) => {
      await stage.fault({ kind: 'duplicateFill', times: 6 });
      await stage.position();
      stage.market.moveTo(10_450);
      await stage.until('the target to sell', () => stage.isFlat());
      // 100.01 for 1 BTC less 0.001 of fee; 0.999 sold at 104.00 less 0.1 % of 103.896 in USDT.
      const profit = formatDecimal(stage.view.pnl(ACCOUNT) ?? decimal('0'));
      stage.expect(
        compareDecimals(decimal(profit), decimal('3.782104')) === 0,
        `a profit of 3.782104 USDT, was ${profit}`,
      );
    },
  },
];
