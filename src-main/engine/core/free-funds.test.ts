import { describe, expect, it } from 'vitest';
import type { Config } from '../domain/config.ts';
import { accountId, commandId, type InstrumentId, tradeId, venueOrderId } from '../domain/identifiers.ts';
import { instrumentOf } from '../domain/listed-instrument.ts';
import { type Fill, idsOf, ordersOf } from '../domain/order.ts';
import { ensure } from '../domain/result.ts';
import type { EngineInput, ListedInstrument } from '../domain/events.ts';
import { createCore } from '../core.ts';
import { CONFIG, LISTED, PRICES } from '../testing/core-session.ts';
import { createParts, restoreParts } from './core-state.ts';
import { fundsFor } from './free-funds.ts';

const ACCOUNT = accountId('margin-1');
const PERPETUAL: ListedInstrument = { ...LISTED, id: 'BTC/USDT.BINANCE.USDM' as InstrumentId };
const MARGIN: ListedInstrument = { ...LISTED, id: 'BTC/USDT.BINANCE.MARGIN' as InstrumentId };

/** A core that was told of an account, its funds and a price, and then of what a test adds. */
function session(listed: ListedInstrument, execution: Partial<Config['execution']> = {}) {
  const core = createCore();
  let sequence = 0;
  const apply = (input: EngineInput) => core.apply(++sequence, sequence * 1_000, input);
  const product = instrumentOf(listed).product;
  apply({
    kind: 'engine.started',
    ...{ engineEpoch: 1, installation: '0a1b2c3d', seed: '1' },
    config: { ...CONFIG, strategies: [], execution: { ...CONFIG.execution, ...execution } },
    accounts: [{ accountId: ACCOUNT, venue: 'BINANCE', mode: 'paper', product }],
  });
  apply({ kind: 'venue.changed', accountId: ACCOUNT, state: 'ready', detail: '' });
  apply({ kind: 'instruments.listed', instruments: [listed] });
  apply({ kind: 'feed.changed', instrumentId: listed.id, state: 'live', ageUs: 0 });
  apply({ kind: 'prices.referenced', prices: [{ instrumentId: listed.id, reference: PRICES }] });
  const look = { accountId: ACCOUNT, openOrders: [], fills: [], lookups: [], positions: [] };
  apply({ kind: 'venue.reconciled', ...look, balances: [{ asset: 'USDT', free: '1000', locked: '0' }] });
  const enter = (quantity: string) =>
    apply({
      kind: 'command.received',
      reference: PRICES,
      envelope: {
        ...{ commandId: commandId(`c${sequence}`), actor: 'trader', roles: ['trader'], origin: 'button' },
        ...{ issuedAtUs: sequence * 1_000, expiresAtUs: sequence * 1_000 + 5_000_000 },
        command: {
          kind: 'enterBracket',
          request: {
            ...{ accountId: ACCOUNT, strategyId: null, instrumentId: listed.id, side: 'buy', entry: 'resting' },
            ...{ quantity, limitPrice: '100.00', stopTrigger: '99.00', stopLimit: '98.00', target: '110.00' },
          },
        },
      },
    });
  const funds = () => {
    const parts = createParts();
    restoreParts(parts, core.snapshot());
    const turn = { state: parts.state.execution, timeUs: sequence * 1_000 };
    const { free, leverage } = fundsFor(parts, turn, ACCOUNT, instrumentOf(listed), undefined);
    return { free: free === null ? null : Number(free.toString()), leverage };
  };
  return { apply, core, enter, funds };
}

describe('what pays for an entry', () => {
  it.each([
    [LISTED, null],
    [MARGIN, 3],
    [PERPETUAL, 5],
  ])('is all that is free of an idle account, at the leverage of its product', (listed, leverage) => {
    expect(session(listed, { marginLeverage: 3, futuresLeverage: 5 }).funds()).toEqual({ free: 1000, leverage });
  });

  it('is less by the initial margin of an entry on its way, also when its answer is lost', () => {
    const { apply, enter, funds } = session(MARGIN, { marginLeverage: 2 });
    const decisions = enter('0.400');
    const sent = ensure(
      decisions.find((one) => one.kind === 'order.submit'),
      'a submission',
    );
    // 0.4 at the last price of 100, half of it.
    expect(funds()).toEqual({ free: 980, leverage: 2 });
    const ids = idsOf(sent.submission);
    apply({ kind: 'submit.answered', clientOrderIds: ids, outcome: { kind: 'unknown', reason: 'timed out' } });
    expect(funds()).toEqual({ free: 980, leverage: 2 });
  });

  it('counts an entry that waits for its stop to rest', () => {
    const { enter, funds } = session(PERPETUAL, { futuresLeverage: 4 });
    expect(enter('0.400').map(({ kind }) => kind)).toContain('order.submit');
    expect(funds()).toEqual({ free: 990, leverage: 4 });
  });

  it('nets debts and their interest', () => {
    const { apply, funds } = session(MARGIN);
    const owed = { asset: 'USDT', free: '1000', locked: '0', borrowed: '400', interest: '0.5' };
    apply({ kind: 'balances.reported', accountId: ACCOUNT, balances: [owed] });
    expect(funds().free).toBe(599.5);
    // The stream tells free and locked alone: what is owed stays owed.
    apply({ kind: 'balances.reported', accountId: ACCOUNT, balances: [{ asset: 'USDT', free: '900', locked: '50' }] });
    expect(funds().free).toBe(549.5);
  });

  it('is unknown without a balance', () => {
    const { core } = session(MARGIN);
    const parts = createParts();
    restoreParts(parts, core.snapshot());
    parts.state.balances.clear();
    const turn = { state: parts.state.execution, timeUs: 1 };
    expect(fundsFor(parts, turn, ACCOUNT, instrumentOf(MARGIN), undefined)).toEqual({ free: null, leverage: 2 });
  });
});

describe('a charge', () => {
  it('counts once, and of a position of ours only', () => {
    const { apply, core, enter } = session(MARGIN);
    const book = (chargeId: string): unknown =>
      apply({
        kind: 'charge.booked',
        accountId: ACCOUNT,
        charge: { chargeId, kind: 'interest', asset: 'USDT', amount: '-0.5', instrumentId: null, chargedAtUs: 1 },
      });
    book('before');
    expect(core.view.positions()).toEqual([]);
    const sent = ensure(
      enter('0.400').find((one) => one.kind === 'order.submit'),
      'a submission',
    );
    const entry = ensure(ordersOf(sent.submission)[0], 'an entry');
    const { clientOrderId, instrumentId, side } = entry;
    const fill: Fill = {
      ...{ accountId: ACCOUNT, clientOrderId, instrumentId, side, price: '100.00', quantity: '0.400' },
      ...{ tradeId: tradeId('1'), venueOrderId: venueOrderId('1'), liquidity: 'maker', tradedAtUs: 1 },
      fee: { amount: '0', asset: 'USDT' },
    };
    apply({ kind: 'order.filled', source: 'stream', fill });
    for (const id of ['first', 'first', 'before', 'second', 'first']) book(id);
    const [position] = core.view.positions();
    expect(position?.carry.get('USDT')?.toString()).toBe('-1.0');
    expect(position?.realizedPnl.toString()).toBe('-1.00');
  });
});
