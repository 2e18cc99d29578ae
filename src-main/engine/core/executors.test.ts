import { describe, expect, it } from 'vitest';
import type { ExecutorParams, ExecutorRequest } from '../domain/executor.ts';
import type { ExecutorId, InstrumentId } from '../domain/identifiers.ts';
import { ACCOUNT, bracket, BTC, CONFIG, type CoreSession } from '../testing/core-session.ts';
import { answerTo, closeBar, KRAKEN, priceAt, sessionOn, USDM } from '../testing/venue-cases.ts';

const PROTECTION = { stopTrigger: '96.00', stopLimit: '95.50', target: null };

const parent = (params: ExecutorParams, over: Partial<ExecutorRequest> = {}): ExecutorRequest => ({
  accountId: ACCOUNT,
  strategyId: null,
  instrumentId: USDM,
  side: 'buy',
  quantity: '4.000',
  reduceOnly: false,
  protection: PROTECTION,
  params,
  ...over,
});

function started(params: ExecutorParams, over: Partial<ExecutorRequest> = {}): CoreSession {
  const session = sessionOn(over.instrumentId ?? USDM);
  expect(answerTo(session, { kind: 'startExecutor', request: parent(params, over) })).toBeNull();
  return session;
}

const children = (session: CoreSession) => session.core.view.orders().filter(({ spec }) => spec.parentId !== undefined);
const executor = (session: CoreSession) => session.core.view.executors()[0]!;
const filled = (session: CoreSession): number => children(session).reduce((sum, each) => sum + Number(each.filled), 0);

/** The market stands still, or moves to a price, for some seconds. */
function run(session: CoreSession, seconds: number, price = '100.00', id: InstrumentId = USDM): void {
  for (let second = 0; second < seconds; second++) {
    priceAt(session, id, price);
    session.advance(1_000);
  }
}

const TWAP: ExecutorParams = { kind: 'twap', durationMs: 40_000, slices: 4, jitterRatio: '0', limitPrice: null };

describe('executors', () => {
  it('twap: even slices over its time, all of the parent in the end', () => {
    const session = started(TWAP);
    run(session, 5);
    expect(children(session).map(({ spec }) => spec.quantity)).toEqual(['1.000']);
    run(session, 60);
    expect(children(session).map(({ spec }) => spec.quantity)).toEqual(['1.000', '1.000', '1.000', '1.000']);
    expect(executor(session)).toMatchObject({ status: 'done' });
    expect(session.exposure()).toMatchObject({ isBare: false, quantity: '4.000' });
  });

  it('twap: waits above its limit, and makes up for it', () => {
    const session = started({ ...TWAP, limitPrice: '100.50' });
    run(session, 25, '101.00');
    expect(children(session)).toEqual([]);
    run(session, 30, '100.20');
    expect(filled(session)).toBe(4);
  });

  it('iceberg: one small order at a time', () => {
    const session = started({ kind: 'iceberg', price: '99.50', displayQuantity: '1.500', jitterRatio: '0' });
    run(session, 2);
    for (let round = 0; round < 3; round++) {
      expect(session.venue.openIds().filter((id) => session.venue.orders.get(id)?.spec.role === 'entry')).toHaveLength(
        1,
      );
      session.venue.fill(children(session).at(-1)!.spec.clientOrderId);
      session.pump();
      run(session, 2);
    }
    expect(children(session).map(({ spec }) => spec.quantity)).toEqual(['1.500', '1.500', '1.000']);
    expect(executor(session).status).toBe('done');
  });

  it('iceberg: sizes vary by draws of the journaled seed alone', () => {
    const sizes = (): readonly string[] => {
      const session = started({ kind: 'iceberg', price: '99.50', displayQuantity: '0.500', jitterRatio: '0.5' });
      run(session, 1);
      for (let round = 0; round < 5; round++) {
        session.venue.fill(children(session).at(-1)!.spec.clientOrderId);
        session.pump();
        run(session, 1);
      }
      return children(session).map(({ spec }) => spec.quantity);
    };
    const drawn = sizes();
    expect(new Set(drawn).size).toBeGreaterThan(2);
    expect(sizes()).toEqual(drawn);
  });

  it('pov: its share of each bar', () => {
    const session = started({ kind: 'pov', participation: '0.1', limitPrice: null });
    run(session, 1);
    expect(children(session)).toEqual([]);
    closeBar(session, USDM, '100.00', '10');
    run(session, 1);
    closeBar(session, USDM, '100.00', '5');
    run(session, 1);
    expect(children(session).map(({ spec }) => spec.quantity)).toEqual(['1.000', '0.500']);
  });

  it('chase: follows the market a few times, then gives up', () => {
    const session = started({ kind: 'chase', limitPrice: null, maxRepegs: 2 });
    for (const price of ['100.00', '100.10', '100.20', '100.30', '100.40']) run(session, 3, price);
    const pegs = children(session).map(({ spec }) => spec.price);
    expect(pegs).toEqual(['100.00', '100.10', '100.20']);
    expect(executor(session).status).toBe('done');
    expect(filled(session)).toBe(0);
  });

  it('ladder: one order a level, together the parent', () => {
    const session = started({ kind: 'ladder', from: '99.00', to: '98.00', levels: 3 }, { quantity: '4.000' });
    run(session, 6, '99.50');
    expect(children(session).map(({ spec }) => [spec.price, spec.quantity])).toEqual([
      ['99.00', '1.333'],
      ['98.50', '1.333'],
      ['98.00', '1.334'],
    ]);
  });

  it('dca: a tranche each interval, one earlier after a drop', () => {
    const session = started({ kind: 'dca', tranches: 4, intervalMs: 60_000, dropRatio: '0.01' });
    run(session, 10);
    expect(filled(session)).toBe(1);
    run(session, 5, '98.90');
    expect(filled(session)).toBe(2);
    run(session, 65, '98.90');
    expect(filled(session)).toBe(3);
  });

  it('grid: bids on its levels, and takes back one level higher', () => {
    const session = started({ kind: 'grid', lower: '98.00', upper: '102.00', levels: 5 });
    run(session, 8, '100.00');
    const bids = children(session).filter(({ status }) => status === 'accepted');
    expect(bids.map(({ spec }) => spec.price)).toEqual(['98.00', '99.00', '100.00']);
    session.venue.fill(bids[1]!.spec.clientOrderId);
    session.pump();
    run(session, 3, '100.00');
    const sale = children(session).find(({ spec }) => spec.side === 'sell');
    expect(sale?.spec).toMatchObject({ price: '100.00', quantity: '1.000', reduceOnly: true });
    run(session, 6, '100.00');
    // The level is free again.
    const again = children(session).filter(({ spec, status }) => spec.price === '99.00' && status === 'accepted');
    expect(again).toHaveLength(1);
  });

  it('scale: in at its prices, out at its prices', () => {
    const parts = [
      { price: '99.00', quantity: '1.000' },
      { price: '98.00', quantity: '2.000' },
    ];
    const session = started({ kind: 'scale', parts }, { quantity: '3.000' });
    run(session, 3);
    expect(filled(session)).toBe(0);
    run(session, 3, '98.90');
    expect(filled(session)).toBe(1);
    run(session, 3, '97.90');
    expect(filled(session)).toBe(3);
    const out = { kind: 'scale', parts: [{ price: '101.00', quantity: '2.000' }] } as const;
    const exit = { side: 'sell', quantity: '2.000', reduceOnly: true, protection: null } as const;
    expect(answerTo(session, { kind: 'startExecutor', request: parent(out, exit) })).toBeNull();
    run(session, 3, '100.00');
    expect(session.exposure().quantity).toBe('3.000');
    run(session, 3, '101.10');
    expect(session.exposure()).toMatchObject({ quantity: '1.000', isBare: false });
  });

  it('pyramid: adds to a winner, the stop first, and never risks more than its limit', () => {
    const session = started(
      {
        kind: 'pyramid',
        addQuantity: '1.000',
        stepRatio: '0.01',
        stopRatio: '0.02',
        maxAdds: 3,
        riskLimit: '5',
      },
      { quantity: '10.000' },
    );
    run(session, 4, '100.00');
    expect(session.exposure().quantity).toBe('1.000');
    for (const price of ['101.00', '102.10', '103.20', '104.30', '105.50']) {
      run(session, 6, price);
      const { quantity, plan } = session.exposure();
      const entry = Number(session.core.view.positions()[0]?.averageEntryPrice?.toString());
      expect(Number(quantity) * (entry - Number(plan?.stopTrigger))).toBeLessThanOrEqual(5);
      expect(session.exposure().isBare).toBe(false);
    }
    expect(Number(session.exposure().quantity)).toBeGreaterThan(1);
    expect(executor(session).status).toBe('done');
    const moves = session.core.view.orders().filter(({ spec }) => spec.role === 'stop');
    expect(Number(moves.at(-1)?.spec.triggerPrice)).toBeGreaterThan(96);
  });

  it('pyramid: adds nothing while the stop of the rest did not move', () => {
    const kind = { kind: 'pyramid', stepRatio: '0.01', stopRatio: '0.02', maxAdds: 3, riskLimit: '50' } as const;
    const session = started({ ...kind, addQuantity: '1.000' }, { quantity: '10.000', instrumentId: KRAKEN });
    run(session, 4, '100.00', KRAKEN);
    session.venue.modify = () => ({ kind: 'rejected', venueCode: 'EOrder', message: 'refused' });
    for (const price of ['101.00', '102.10', '103.20']) run(session, 6, price, KRAKEN);
    const bought = children(session).filter(({ filled: quantity }) => Number(quantity) > 0);
    expect(bought).toHaveLength(1);
    expect(session.exposure()).toMatchObject({ quantity: '1.000', isBare: false });
  });

  it('works on spot too, where each part has to be protected by lists', () => {
    const session = started(TWAP, { instrumentId: BTC });
    run(session, 65, '100.00', BTC);
    expect(filled(session)).toBe(4);
    expect(session.exposure().isBare).toBe(false);
    expect(session.core.view.unprotectedMs()).toBe(0);
  });
});

describe('an executor', () => {
  const command = (session: CoreSession, kind: 'pauseExecutor' | 'resumeExecutor' | 'stopExecutor'): string | null =>
    answerTo(session, { kind, executorId: executor(session).executorId });

  it('names what it cannot use', () => {
    const session = sessionOn(USDM);
    const start = (params: ExecutorParams, over: Partial<ExecutorRequest> = {}): string | null =>
      answerTo(session, { kind: 'startExecutor', request: parent(params, over) });
    expect(start({ ...TWAP, slices: 0 })).toBe('EXECUTOR_INVALID');
    expect(start({ kind: 'spread' } as never)).toBe('EXECUTOR_INVALID');
    expect(start(TWAP, { protection: null })).toBe('PROTECTION_REQUIRED');
    expect(start(TWAP, { quantity: '-1' })).toBe('QUANTITY_INVALID');
    expect(start(TWAP, { instrumentId: 'ETH/USDT.BINANCE.USDM' as InstrumentId })).toBe('INSTRUMENT_UNKNOWN');
    expect(answerTo(session, { kind: 'stopExecutor', executorId: 'x9-9' as ExecutorId })).toBe('EXECUTOR_UNKNOWN');
  });

  it('pauses with its children taken back, resumes by command, and stays stopped', () => {
    const session = started({ kind: 'iceberg', price: '99.50', displayQuantity: '1.000', jitterRatio: '0' });
    run(session, 2);
    expect(command(session, 'pauseExecutor')).toBeNull();
    run(session, 5);
    expect(children(session).map(({ status }) => status)).toEqual(['canceled']);
    expect(command(session, 'resumeExecutor')).toBeNull();
    run(session, 3);
    expect(children(session)).toHaveLength(2);
    expect(command(session, 'stopExecutor')).toBeNull();
    expect(command(session, 'resumeExecutor')).toBe('STATE_CHANGE_ILLEGAL');
  });

  it.each(['pauseExecutor', 'stopExecutor'] as const)('takes back a child still on its way at %s', (kind) => {
    const session = started({ kind: 'ladder', from: '99.00', to: '98.00', levels: 1 });
    session.timeUs += 1_000_000;
    session.dispatch({ kind: 'clock.ticked' });
    expect(command(session, kind)).toBeNull();
    run(session, 5);
    expect(children(session).length).toBeLessThan(2);
    expect(session.venue.openIds()).toEqual([]);
  });

  it.each(['halt', 'setReducing'] as const)('pauses on %s and does not resume by itself', (kind) => {
    const session = started(TWAP);
    run(session, 2);
    session.command({ kind, reason: 'test' });
    run(session, 2);
    session.command({ kind: 'rearm', to: 'active', reason: 'test' });
    run(session, 60);
    expect(executor(session)).toMatchObject({ status: 'paused', reason: 'TRADING_STATE' });
    expect(children(session)).toHaveLength(1);
  });

  it('dies by the emergency stop, its children and its position with it', () => {
    const session = started({ kind: 'ladder', from: '99.00', to: '98.00', levels: 3 });
    run(session, 5);
    session.venue.fill(children(session)[0]!.spec.clientOrderId);
    session.pump();
    session.command({ kind: 'emergencyStop' });
    session.pump();
    run(session, 5);
    expect(executor(session)).toMatchObject({ status: 'stopped', reason: 'EMERGENCY_STOP' });
    expect(session.core.view.stop()).toMatchObject({ verifiedFlat: true });
    expect(session.venue.openIds()).toEqual([]);
    session.command({ kind: 'rearm', to: 'active', reason: 'test' });
    run(session, 30);
    expect(session.exposure().isFlat).toBe(true);
  });

  it.each(['halt', 'pauseExecutor'] as const)('is not left to resume by the emergency stop after %s', (before) => {
    const session = started(TWAP);
    run(session, 2);
    if (before === 'halt') session.command({ kind: 'halt', reason: 'test' });
    else command(session, 'pauseExecutor');
    run(session, 1);
    session.command({ kind: 'emergencyStop' });
    // Flat and verified before the clock ticks again.
    session.pump();
    expect(executor(session)).toMatchObject({ status: 'stopped', reason: 'EMERGENCY_STOP' });
    run(session, 5);
    session.command({ kind: 'rearm', to: 'active', reason: 'test' });
    expect(command(session, 'resumeExecutor')).toBe('STATE_CHANGE_ILLEGAL');
  });

  it('pauses when its position is closed under it', () => {
    const session = started(TWAP);
    run(session, 3);
    session.command({ kind: 'closePosition', accountId: ACCOUNT, instrumentId: USDM });
    run(session, 60);
    expect(session.exposure().isFlat).toBe(true);
    expect(children(session).filter(({ spec }) => spec.role === 'entry')).toHaveLength(1);
  });

  it('waits longer after each denial and gives up after ten', () => {
    const tight = { ...CONFIG, risk: { ...CONFIG.risk, maxOrderNotionalRatio: '0.00001' } };
    const session = sessionOn(USDM, tight);
    const params = { kind: 'dca', tranches: 4, intervalMs: 60_000, dropRatio: null } as const;
    answerTo(session, { kind: 'startExecutor', request: parent(params) });
    run(session, 30);
    expect(executor(session)).toMatchObject({ status: 'working', lastDenial: 'ORDER_NOTIONAL_LIMIT' });
    expect(executor(session).denials).toBeLessThan(7);
    run(session, 400);
    expect(executor(session)).toMatchObject({ status: 'paused', reason: 'ORDER_NOTIONAL_LIMIT' });
    expect(session.venue.openIds()).toEqual([]);
  });

  it('does not hurry when nobody takes the other side', () => {
    const session = sessionOn(USDM);
    session.venue.options.ioc = '0.000';
    const params = { kind: 'scale', parts: [{ price: '100.50', quantity: '1.000' }] } as const;
    answerTo(session, { kind: 'startExecutor', request: parent(params) });
    run(session, 5);
    expect(children(session).length).toBeGreaterThan(1);
    expect(children(session).length).toBeLessThan(7);
  });

  it('leaves a position it did not open alone', () => {
    const session = sessionOn(USDM);
    session.command({ kind: 'enterBracket', request: bracket({ instrumentId: USDM }) });
    session.pump();
    const params = { kind: 'scale', parts: [{ price: '90.00', quantity: '5.000' }] } as const;
    const over = { side: 'sell', quantity: '5.000', reduceOnly: true, protection: null } as const;
    answerTo(session, { kind: 'startExecutor', request: parent(params, over) });
    run(session, 5);
    // More than there is to close: denied, not cut to fit.
    expect(session.exposure().quantity).toBe('1.000');
    expect(executor(session).lastDenial).toBe('REDUCES_NOTHING');
  });
});
