import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExecutorParams } from '../engine/domain/executor.ts';
import { FUTURES_ACCOUNT, FUTURES_BTC, FuturesSession, WAIT } from './testing/futures-session.ts';

const TWAP: ExecutorParams = { kind: 'twap', durationMs: 3_000, slices: 3, jitterRatio: '0', limitPrice: null };
const CHASE: ExecutorParams = { kind: 'chase', limitPrice: null, maxRepegs: 50 };

let session: FuturesSession;
beforeEach(async () => {
  session = await FuturesSession.start();
});
afterEach(async () => session.close());

async function start(params: ExecutorParams, quantity: string): Promise<void> {
  const protection = { stopTrigger: '95.00', stopLimit: '94.00', target: null };
  const owner = { accountId: FUTURES_ACCOUNT, strategyId: null, instrumentId: FUTURES_BTC };
  const request = { ...owner, side: 'buy', quantity, reduceOnly: false, protection, params } as const;
  await session.sendOnLiveMarket({ kind: 'startExecutor', request });
}

const executors = () => session.engine.view.executors();
const childrenOf = (kind: string) => {
  const parent = executors().find(({ request }) => request.params.kind === kind);
  return session.engine.view.orders().filter(({ spec }) => spec.parentId === parent?.executorId);
};
const filledOf = (kind: string): number => childrenOf(kind).reduce((sum, { filled }) => sum + Number(filled), 0);

/** Until it holds, the market moves: up, where a chase has to follow, and down through its bid. */
async function untilMoving(holds: () => void): Promise<void> {
  let step = 0;
  const attempt = (): void => {
    session.tradeAt(10_000 + [0, 2, 4, -6][Math.floor(step++ / 12) % 4]!);
    holds();
  };
  await vi.waitFor(attempt, { ...WAIT, interval: 100 });
}

describe('executors over the sockets of a practice exchange', () => {
  it('fill their parents to the lot, and every unit is protected', async () => {
    await start(TWAP, '3.000');
    await start(CHASE, '2.000');
    await untilMoving(() => expect(executors().map(({ status }) => status)).toEqual(['done', 'done']));
    expect([filledOf('twap'), filledOf('chase')]).toEqual([3, 2]);
    expect(childrenOf('twap')).toHaveLength(3);
    await vi.waitFor(
      () => expect(session.engine.view.exposures()).toMatchObject([{ quantity: '5.00000000', isBare: false }]),
      WAIT,
    );
    expect(session.ledger()).toMatchObject({
      unprotectedMs: 0,
      positions: [{ held: '5.00000000', isProtected: true }],
    });
  });

  it('end with the emergency stop, and so do their children', async () => {
    await start({ ...TWAP, durationMs: 600_000 }, '3.000');
    await start(CHASE, '2.000');
    await vi.waitFor(() => {
      session.tradeAt(10_000);
      expect(filledOf('twap')).toBe(1);
      expect(childrenOf('chase').some(({ status }) => status === 'accepted')).toBe(true);
    }, WAIT);
    await session.send({ kind: 'emergencyStop' });
    await vi.waitFor(() => expect(session.engine.view.stop()).toMatchObject({ verifiedFlat: true }), WAIT);
    const ended = { status: 'stopped', reason: 'EMERGENCY_STOP' };
    expect(executors()).toMatchObject([ended, ended]);
    expect(session.ledger().positions).toMatchObject([{ held: '0.00000000' }]);
    expect(session.exchange.venue.usdm?.algos.waiting('main')).toEqual([]);
    expect(session.exchange.venue.usdm?.account('main')?.orders.openOrders()).toEqual([]);
  });
});
