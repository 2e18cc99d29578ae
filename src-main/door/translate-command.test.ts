import { describe, expect, it } from 'vitest';
import { commandSchema } from '../../src-preload/contract/messages.ts';
import { CoreSession } from '../engine/testing/core-session.ts';
import { commandOf } from './translate-command.ts';

const place = { accountId: 'paper-1', instrumentId: 'BTC/USDT.BINANCE.SPOT' };
const protection = { stopTrigger: '98.00', stopLimit: '97.50', target: null, stopRule: { trailingRatio: '0.01' } };
const order = {
  kind: 'placeOrder',
  ...place,
  side: 'buy',
  type: 'limit',
  timeInForce: 'gtc',
  quantity: '1.000',
  price: '99.99',
  triggerPrice: null,
  reduceOnly: false,
  protection,
};
const twap = { kind: 'twap', durationMs: 60_000, slices: 3, jitterRatio: '0.2', limitPrice: null };
const parent = { kind: 'startExecutor', ...place, side: 'buy', quantity: '3.000', reduceOnly: false, protection };

/** As it comes from a client: checked, translated, carried out by the engine. */
function answer(session: CoreSession, dto: unknown): string | null {
  const decisions = session.command(commandOf(commandSchema.parse(dto)));
  session.pump();
  const answered = decisions.find((decision) => decision.kind === 'command.answered');
  return answered?.kind === 'command.answered' ? (answered.denial?.code ?? null) : 'NO_ANSWER';
}

describe('order commands of the contract', () => {
  it('reach the engine whole', () => {
    const session = new CoreSession();
    session.start();
    expect(answer(session, order)).toBeNull();
    const [entry] = session.ordersOfRole('entry');
    const change = { price: '99.50', quantity: null, triggerPrice: null };
    expect(answer(session, { kind: 'modifyOrder', clientOrderId: entry, change })).toBeNull();
    session.venue.fill(session.ordersOfRole('entry').at(-1)!);
    session.pump();
    expect(session.exposure()).toMatchObject({ isBare: false, follow: { rule: { trailingRatio: '0.01' } } });
    expect(answer(session, { kind: 'setStopRule', ...place, rule: { closeAfterBars: 5 } })).toBeNull();
    expect(session.exposure().follow?.rule).toEqual({ closeAfterBars: 5 });
  });

  it('start, pause, resume and stop executors', () => {
    const session = new CoreSession();
    session.start();
    expect(answer(session, { ...parent, params: twap })).toBeNull();
    const executorId = session.core.view.executors()[0]?.executorId;
    for (const kind of ['pauseExecutor', 'resumeExecutor', 'stopExecutor']) {
      expect(answer(session, { kind, executorId })).toBeNull();
    }
    expect(session.core.view.executors()[0]).toMatchObject({ status: 'stopped', reason: 'COMMAND' });
  });

  it.each([
    { ...order, type: 'iceberg' },
    { ...order, quantity: '1e3' },
    { ...order, leverage: 5 },
    { ...parent, params: { ...twap, slices: 1.5 } },
    { ...parent, params: { kind: 'spread' } },
    { kind: 'stopExecutor', executorId: '../x' },
  ])('are refused by the schema: %j', (dto) => {
    expect(commandSchema.safeParse(dto).success).toBe(false);
  });
});
