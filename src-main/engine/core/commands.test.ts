import { describe, expect, it } from 'vitest';
import { createCore } from '../core.ts';
import type { JsonValue } from '../ports/store.ts';
import type { Command, CommandEnvelope } from '../domain/command.ts';
import { commandId, strategyId } from '../domain/identifiers.ts';
import { ACCOUNT, bracket, BTC, CONFIG, CoreSession } from '../testing/core-session.ts';

function started(): CoreSession {
  const session = new CoreSession();
  session.start();
  return session;
}

function entered(over: Parameters<typeof bracket>[0] = {}): CoreSession {
  const session = started();
  session.command({ kind: 'enterBracket', request: bracket(over) });
  session.pump();
  return session;
}

/** Code of the denial, or null. */
function answer(session: CoreSession, command: Command, over: Partial<CommandEnvelope> = {}): string | null {
  const decisions = session.command(command, over);
  const answered = decisions.filter((decision) => decision.kind === 'command.answered');
  expect(answered).toHaveLength(1);
  return answered[0]?.denial?.code ?? null;
}

const halt = { kind: 'halt', reason: 'lunch' } as const;

describe('a command', () => {
  it('is denied when it expired', () => {
    const session = started();
    expect(answer(session, halt, { expiresAtUs: session.timeUs - 1 })).toBe('COMMAND_EXPIRED');
  });

  it('is carried out once, and answered the same way each time', () => {
    const session = started();
    const entry = { kind: 'enterBracket', request: bracket() } as const;
    const tooLarge = { kind: 'enterBracket', request: bracket({ quantity: '900.000' }) } as const;
    const [first, second] = [{ commandId: commandId('client.1') }, { commandId: commandId('client.2') }];
    for (let time = 0; time < 3; time++) {
      expect(answer(session, entry, first)).toBeNull();
      expect(answer(session, tooLarge, second)).toBe('ORDER_NOTIONAL_LIMIT');
      session.pump();
      session.advance(20_000);
    }
    expect(session.ordersOfRole('entry')).toHaveLength(1);
    expect(session.decisions.filter(({ kind }) => kind === 'order.judged')).toHaveLength(2);
  });

  it('is denied as a replay when its id comes with another content', () => {
    const session = started();
    const over = { commandId: commandId('once') };
    expect(answer(session, halt, over)).toBeNull();
    expect(answer(session, { kind: 'rearm', to: 'active', reason: 'x' }, over)).toBe('COMMAND_REPLAYED');
    expect(answer(session, { ...halt, reason: 'dinner' }, over)).toBe('COMMAND_REPLAYED');
  });

  it('is the same whatever the order of its fields', () => {
    const session = started();
    const over = { commandId: commandId('once') };
    expect(answer(session, { kind: 'halt', reason: 'lunch' }, over)).toBeNull();
    expect(answer(session, { reason: 'lunch', kind: 'halt' }, over)).toBeNull();
  });

  it('does not keep a stop back: each press latches', () => {
    const session = started();
    const over = { commandId: commandId('stop') };
    for (let time = 0; time < 2; time++) expect(answer(session, { kind: 'emergencyStop' }, over)).toBeNull();
    expect(session.core.view.tradingState().sources).toEqual(['button']);
  });

  it('is denied for viewers, a stop too', () => {
    const session = started();
    expect(answer(session, halt, { roles: ['viewer'] })).toBe('COMMAND_NOT_PERMITTED');
    expect(answer(session, { kind: 'emergencyStop' }, { roles: ['viewer'] })).toBe('COMMAND_NOT_PERMITTED');
    expect(answer(session, halt, { roles: ['administrator'] })).toBeNull();
  });

  it('keeps its answer over a restart and over a snapshot', () => {
    const session = started();
    const over = { commandId: commandId('before') };
    expect(answer(session, { kind: 'setReducing', reason: 'care' }, over)).toBeNull();
    session.start(CONFIG, 2);
    const restored = createCore();
    restored.restore(JSON.parse(JSON.stringify(session.core.snapshot())) as JsonValue);
    session.core = restored;
    // Carried out again it would be illegal: a later life begins halted.
    expect(answer(session, { kind: 'setReducing', reason: 'care' }, over)).toBeNull();
    expect(session.core.view.tradingState().state).toBe('halted');
  });
});

describe('the trading state', () => {
  it('changes with a reason only, latched until a re-arm', () => {
    const session = started();
    expect(answer(session, { kind: 'halt', reason: ' ' })).toBe('REASON_REQUIRED');
    expect(answer(session, { kind: 'setReducing', reason: 'care' })).toBeNull();
    expect(answer(session, { kind: 'enterBracket', request: bracket() })).toBe('TRADING_STATE');
    expect(answer(session, halt)).toBeNull();
    expect(session.core.view.tradingState()).toEqual({ state: 'halted', reason: 'lunch', sources: ['button'] });
    expect(answer(session, { kind: 'rearm', to: 'active', reason: '' })).toBe('REASON_REQUIRED');
    expect(answer(session, { kind: 'rearm', to: 'reducing', reason: 'care' })).toBeNull();
    expect(answer(session, { kind: 'rearm', to: 'active', reason: 'fine' })).toBeNull();
    expect(answer(session, { kind: 'rearm', to: 'active', reason: 'again' })).toBe('STATE_CHANGE_ILLEGAL');
  });

  it('needs a second factor to re-arm a live account', () => {
    const session = started();
    const accounts = [{ accountId: ACCOUNT, venue: 'BINANCE', mode: 'live' }] as const;
    const engine = { engineEpoch: 1, installation: '0a1b2c3d', seed: '1', config: CONFIG, accounts };
    session.dispatch({ kind: 'engine.started', ...engine });
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'ready', detail: '' });
    session.pump();
    expect(session.core.view.tradingState().state).toBe('halted');
    const rearm = { kind: 'rearm', to: 'active', reason: 'open' } as const;
    expect(answer(session, rearm)).toBe('STEP_UP_REQUIRED');
    const stepUp = { method: 'totp', verifiedAtUs: session.timeUs } as const;
    expect(answer(session, rearm, { stepUp })).toBeNull();
  });

  it('falls to halted with the guardian, and says so', () => {
    const session = started();
    session.dispatch({ kind: 'component.changed', component: 'inference', state: 'down', detail: '' });
    session.dispatch({ kind: 'component.changed', component: 'global shortcut', state: 'degraded', detail: '' });
    expect(session.core.view.tradingState().state).toBe('active');
    session.dispatch({ kind: 'component.changed', component: 'guardian', state: 'down', detail: '' });
    expect(session.core.view.tradingState()).toMatchObject({ state: 'halted', reason: 'GUARDIAN_LOST' });
    expect(session.alerts()).toEqual(expect.arrayContaining(['WORKER_DOWN', 'COMPONENT_DEGRADED', 'GUARDIAN_LOST']));
  });

  it('ignores small steps of the clock', () => {
    const session = started();
    session.dispatch({ kind: 'clock.stepped', stepUs: 600_000 });
    expect(session.core.view.tradingState().state).toBe('active');
    session.dispatch({ kind: 'clock.stepped', stepUs: -5_000_000 });
    expect(session.core.view.tradingState()).toMatchObject({ state: 'reducing', reason: 'CLOCK_STEPPED' });
  });
});

describe('order commands', () => {
  it('cancel an entry, and not the stop of an open position', () => {
    const session = entered();
    const [stop] = session.ordersOfRole('stop');
    const [target] = session.ordersOfRole('target');
    expect(answer(session, { kind: 'cancelOrder', clientOrderId: stop! })).toBe('PROTECTION_UNAVAILABLE');
    expect(answer(session, { kind: 'cancelOrder', clientOrderId: target! })).toBe('PROTECTION_UNAVAILABLE');
    const [entry] = session.ordersOfRole('entry');
    expect(answer(session, { kind: 'cancelOrder', clientOrderId: entry! })).toBe('ORDER_UNKNOWN');
  });

  it('cancel all that works for new exposure and keep the protection', () => {
    const session = entered();
    session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    session.pump();
    expect(answer(session, { kind: 'cancelAll', accountId: ACCOUNT, instrumentId: null })).toBeNull();
    session.pump();
    expect(session.venue.openIds()).toHaveLength(2);
    expect(session.exposure().covered).toBe('0.999');
  });

  it('close a position, which takes its stop along', () => {
    const session = entered();
    const close = { kind: 'closePosition', accountId: ACCOUNT, instrumentId: BTC } as const;
    expect(answer(session, close)).toBeNull();
    session.pump();
    expect(session.exposure()).toMatchObject({ isFlat: true, openOrders: [], flattening: null });
    expect(answer(session, close)).toBe('POSITION_UNKNOWN');
  });

  it('close a position also while halted', () => {
    const session = entered();
    answer(session, halt);
    expect(answer(session, { kind: 'closePosition', accountId: ACCOUNT, instrumentId: BTC })).toBeNull();
    session.pump();
    expect(session.exposure().isFlat).toBe(true);
  });

  it('name an unknown strategy', () => {
    const command = { kind: 'setStrategyEnabled', strategyId: strategyId('none'), enabled: true } as const;
    expect(answer(started(), command)).toBe('STRATEGY_UNKNOWN');
  });

  it('are not judged without prices, nor for unknown instruments and accounts', () => {
    const session = started();
    const instrumentId = 'ETH/USDT.BINANCE.SPOT' as typeof BTC;
    expect(answer(session, { kind: 'enterBracket', request: bracket({ instrumentId }) })).toBe('INSTRUMENT_UNKNOWN');
    const accountId = 'paper-9' as typeof ACCOUNT;
    expect(answer(session, { kind: 'enterBracket', request: bracket({ accountId }) })).toBe('INSTRUMENT_UNKNOWN');
  });
});
