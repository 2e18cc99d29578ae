import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addDecimals, decimal, formatDecimal } from '../engine/domain/decimal.ts';
import { ensure } from '../engine/domain/result.ts';
import { formatAmount, parseAmount } from '../practice-exchange/matching/grid.ts';
import type { BracketRequest } from '../engine/domain/command.ts';
import { FUTURES_ACCOUNT, FUTURES_BTC, FuturesSession, WAIT } from './testing/futures-session.ts';

let session: FuturesSession;
beforeEach(async () => {
  session = await FuturesSession.start();
});
afterEach(async () => session.close());

const bracket = (fields: Partial<BracketRequest>): BracketRequest => ({
  accountId: FUTURES_ACCOUNT,
  strategyId: null,
  instrumentId: FUTURES_BTC,
  side: 'buy',
  entry: 'fok',
  quantity: '1.000',
  limitPrice: '100.05',
  stopTrigger: '99.00',
  stopLimit: '98.00',
  target: '110.00',
  ...fields,
});

const enter = async (request: BracketRequest): Promise<void> =>
  session.sendOnLiveMarket({ kind: 'enterBracket', request });

describe('the whole engine on USD-M', () => {
  it.each([
    {
      side: 'buy',
      limitPrice: '100.05',
      stopTrigger: '99.00',
      stopLimit: '98.00',
      target: '110.00',
      exit: 9_890,
      sign: '',
    },
    {
      side: 'sell',
      limitPrice: '99.95',
      stopTrigger: '101.00',
      stopLimit: '102.00',
      target: '90.00',
      exit: 10_110,
      sign: '-',
    },
  ] as const)('fills and protects a $side bracket, and its stop exits', async ({ exit, sign, ...prices }) => {
    await enter(bracket(prices));
    await vi.waitFor(
      () =>
        expect(session.engine.view.exposures()).toMatchObject([
          { quantity: `${sign}1.00000000`, covered: '1.00000000' },
        ]),
      WAIT,
    );
    expect(session.ledger()).toMatchObject({
      unprotectedMs: 0,
      positions: [{ held: `${sign}1.00000000`, isProtected: true }],
    });
    session.tradeAt(exit);
    await vi.waitFor(() => expect(session.ledger().positions).toMatchObject([{ held: '0.00000000' }]), WAIT);
    await vi.waitFor(
      () => expect(session.engine.view.exposures()).toMatchObject([{ isFlat: true, openOrders: [] }]),
      WAIT,
    );
    expect(session.ledger()).toMatchObject({ unprotectedMs: 0, positions: [{ unprotectedEpisodes: 0 }] });
    expect(session.exchange.venue.usdm?.algos.waiting('main')).toEqual([]);
  });

  it('books funding when the venue does, and has the equity of its wallet and its gain', async () => {
    await enter(bracket({}));
    await vi.waitFor(() => expect(session.engine.view.exposures()).toMatchObject([{ covered: '1.00000000' }]), WAIT);
    const { clock, usdm } = session.exchange.venue;
    const futures = ensure(usdm?.account('main')?.futures, 'a futures account');
    const paid = () => futures.incomes.filter(({ incomeType }) => incomeType === 'FUNDING_FEE');
    clock.setSpeed(10_000);
    await vi.waitFor(() => expect(paid().length).toBeGreaterThan(0), WAIT);
    clock.setSpeed(0);
    const sum = formatAmount(paid().reduce((total, { amount }) => total + amount, 0n));
    await vi.waitFor(() => {
      const [position] = session.engine.view.positions();
      expect(position?.carry.get('USDT')?.toString()).toBe(sum);
      const equity = ensure(session.engine.view.equity(FUTURES_ACCOUNT) ?? undefined, 'an equity');
      const pnl = ensure(session.engine.view.pnl(FUTURES_ACCOUNT) ?? undefined, 'a PnL');
      expect(formatDecimal(addDecimals(decimal('10000'), pnl))).toBe(equity.toString());
    }, WAIT);
  });

  it('books a liquidation as what it is, halts, and has no difference to explain', async () => {
    await enter(bracket({}));
    await vi.waitFor(() => expect(session.engine.view.exposures()).toMatchObject([{ covered: '1.00000000' }]), WAIT);
    const futures = ensure(session.exchange.venue.usdm?.account('main')?.futures, 'a futures account');
    // What is left does not cover the maintenance margin of 0.4.
    futures.wallet.free = parseAmount('0.1');
    session.tradeAt(10_000);
    await vi.waitFor(
      () => expect(session.engine.view.tradingState()).toMatchObject({ reason: 'POSITION_FORCED' }),
      WAIT,
    );
    expect(session.engine.view.tradingState().state).toBe('halted');
    await vi.waitFor(
      () => expect(session.engine.view.exposures()).toMatchObject([{ quantity: '0', isFlat: true, openOrders: [] }]),
      WAIT,
    );
    const [closing] = session.ledger().fills.filter(({ clientOrderId }) => clientOrderId.startsWith('autoclose-'));
    const [position] = session.engine.view.positions();
    expect(position?.quantity.isZero).toBe(true);
    expect(position?.realizedPnl.toNumberLossy()).toBeCloseTo(Number(closing?.price) - 100.01 - 0.1, 1);
    expect(session.engine.view.differences().filter(({ kind }) => kind === 'positionDiffers')).toEqual([]);
  });

  it('stops everything in both order spaces and proves that it is flat', async () => {
    await enter(bracket({}));
    await vi.waitFor(() => expect(session.engine.view.exposures()).toMatchObject([{ covered: '1.00000000' }]), WAIT);
    await session.send({ kind: 'emergencyStop' });
    await vi.waitFor(() => expect(session.engine.view.stop()).toMatchObject({ verifiedFlat: true }), WAIT);
    expect(session.ledger().positions).toMatchObject([{ held: '0.00000000', unprotectedEpisodes: 0 }]);
    expect(session.exchange.venue.usdm?.algos.waiting('main')).toEqual([]);
    expect(session.exchange.venue.usdm?.account('main')?.orders.openOrders()).toEqual([]);
  });
});
