import { describe, expect, it } from 'vitest';
import type { Command } from '../domain/command.ts';
import type { Config, ReconciliationConfig } from '../domain/config.ts';
import { DEFAULT_RECONCILIATION } from '../domain/config-defaults.ts';
import { decimal } from '../domain/decimal.ts';
import type { Denial } from '../domain/denial.ts';
import type { ClientOrderId, InstrumentId, TradeId, VenueOrderId } from '../domain/identifiers.ts';
import type { Fill } from '../domain/order.ts';
import { Quantity } from '../domain/quantities.ts';
import { ACCOUNT, bracket, BTC, CONFIG, CoreSession } from '../testing/core-session.ts';

const quantity = (text: string): Quantity => Quantity.of(decimal(text));
const policy = (over: Partial<ReconciliationConfig>): Config => ({
  ...CONFIG,
  reconciliation: { ...DEFAULT_RECONCILIATION, ...over },
});
const BY_POLICY = policy({ startup: 'policy' });

function entered(over: Parameters<typeof bracket>[0] = {}): CoreSession {
  const session = new CoreSession();
  session.start();
  session.command({ kind: 'enterBracket', request: bracket(over) });
  session.pump();
  return session;
}

/** The engine ends, this happens at the venue unheard, and a new life begins. */
function restarted(session: CoreSession, meanwhile: () => void = () => undefined, config: Config = CONFIG): void {
  session.effects.length = 0;
  meanwhile();
  session.venue.events.length = 0;
  session.timeUs += 60_000_000;
  session.start(config, 2);
  session.advance(3_000);
}

function denialOf(session: CoreSession, command: Command): Denial | null | undefined {
  const answer = session.command(command).find(({ kind }) => kind === 'command.answered');
  return answer?.kind === 'command.answered' ? answer.denial : undefined;
}

const rearm = { kind: 'rearm', to: 'reducing', reason: 'books compared' } as const;
const open = (session: CoreSession) => session.core.view.differences().filter(({ acceptedBy }) => acceptedBy === null);
const told = (session: CoreSession) =>
  session.core.view.differences().map(({ kind, believed, venue, proposed }) => [kind, believed, venue, proposed]);
const confirmAll = (session: CoreSession): Denial | null | undefined =>
  denialOf(session, { kind: 'confirmDifferences', ids: open(session).map(({ id }) => id) });

describe('a restart on which nothing happened meanwhile', () => {
  it.each([
    ['flat', {}, true],
    ['with a protected position', {}, false],
    ['with an entry at work', { entry: 'resting' as const }, false],
  ])('%s shows no difference and may be re-armed at once', (_name, over, isFlat) => {
    const session = isFlat ? new CoreSession() : entered(over);
    if (isFlat) session.start();
    restarted(session);
    expect(told(session)).toEqual([]);
    expect(denialOf(session, rearm)).toBeNull();
  });
});

describe('a restart after the venue went on', () => {
  it('shows a stop that filled: order and position, believed beside the venue', () => {
    const session = entered();
    const [stop] = session.ordersOfRole('stop');
    restarted(session, () => session.venue.fill(stop!));
    expect(told(session)).toEqual([
      ['orderChanged', { status: 'accepted', quantity: '0' }, { status: 'expired', quantity: '0' }, 'book'],
      ['orderChanged', { status: 'accepted', quantity: '0' }, { status: 'filled', quantity: '0.999' }, 'book'],
      ['positionChanged', { status: null, quantity: '0.99900000' }, { status: null, quantity: '0' }, 'book'],
    ]);
    expect(session.exposure()).toMatchObject({ isFlat: true });
  });

  it('shows an entry that filled in part and protects what was filled without waiting for a word', () => {
    const session = entered({ entry: 'resting' });
    const [entry] = session.ordersOfRole('entry');
    restarted(session, () => session.venue.fill(entry!, '0.400'));
    expect(told(session).map(([kind, , venue]) => [kind, venue])).toEqual([
      ['orderChanged', { status: 'canceled', quantity: '0.400' }],
      ['positionChanged', { status: null, quantity: '0.39960000' }],
    ]);
    expect(session.exposure()).toMatchObject({ covered: '0.399' });
  });

  it('shows an order canceled by somebody else', () => {
    const session = entered();
    restarted(session, () => {
      for (const id of session.venue.openIds()) session.venue.cancel(id, null);
    });
    const canceled = ['orderChanged', { status: 'accepted' }, { status: 'canceled' }, 'book'];
    expect(told(session)).toMatchObject([canceled, canceled]);
    expect(session.exposure()).toMatchObject({ quantity: '0.99900000', covered: '0.999' });
  });

  it('does not re-arm before each difference was confirmed', () => {
    const session = entered();
    restarted(session, () => session.venue.fill(session.ordersOfRole('stop')[0]!));
    expect(denialOf(session, rearm)).toEqual({ code: 'DIFFERENCES_OPEN', params: { open: 3 } });
    const [first] = open(session);
    expect(denialOf(session, { kind: 'confirmDifferences', ids: [first!.id] })).toBeNull();
    expect(denialOf(session, rearm)).toEqual({ code: 'DIFFERENCES_OPEN', params: { open: 2 } });
    expect(confirmAll(session)).toBeNull();
    expect(denialOf(session, rearm)).toBeNull();
  });

  it('does not re-arm before the venue was heard at all', () => {
    const session = entered();
    session.effects.length = 0;
    session.isReachable = false;
    session.start(CONFIG, 2);
    expect(denialOf(session, rearm)).toMatchObject({ code: 'RECONCILIATION_PENDING', params: { orders: 2 } });
  });

  it('denies to confirm what is not open', () => {
    const session = entered();
    restarted(session);
    expect(denialOf(session, { kind: 'confirmDifferences', ids: ['f'.repeat(32)] })).toMatchObject({
      code: 'DIFFERENCE_UNKNOWN',
    });
  });

  it('goes by the policy where no person is at hand', () => {
    const session = entered();
    restarted(session, () => session.venue.fill(session.ordersOfRole('stop')[0]!), BY_POLICY);
    expect(session.core.view.differences().map(({ acceptedBy }) => acceptedBy)).toEqual(['policy', 'policy', 'policy']);
    expect(denialOf(session, rearm)).toBeNull();
    const strict = entered();
    const config = policy({ startup: 'policy', positionChanged: 'halt' });
    restarted(strict, () => strict.venue.fill(strict.ordersOfRole('stop')[0]!), config);
    expect(open(strict)).toMatchObject([{ kind: 'positionChanged' }]);
    expect(denialOf(strict, rearm)).toMatchObject({ code: 'DIFFERENCES_OPEN' });
  });

  it('keeps what was not confirmed through a further restart', () => {
    const session = entered();
    restarted(session, () => session.venue.fill(session.ordersOfRole('stop')[0]!));
    session.start(CONFIG, 3);
    expect(open(session)).toHaveLength(3);
    const saved = session.core.snapshot();
    const next = new CoreSession();
    next.core.restore(JSON.parse(JSON.stringify(saved)) as typeof saved);
    expect(next.core.view.differences()).toEqual(session.core.view.differences());
  });

  it('halts on an order of ours that the journal does not hold', () => {
    const lost = entered({ entry: 'resting' });
    const session = new CoreSession();
    session.start();
    const look = lost.venue.snapshot([]);
    session.dispatch({ kind: 'venue.reconciled', accountId: ACCOUNT, ...look });
    expect(open(session)).toMatchObject([{ kind: 'orderFound', proposed: 'adopt' }]);
    expect(session.core.view.tradingState()).toMatchObject({ state: 'halted', reason: 'DIFFERENCES_OPEN' });
  });
});

describe('coins of the account that are not ours', () => {
  it('are no difference, are not sold and need no stop', () => {
    const session = new CoreSession();
    session.venue.base = quantity('25');
    session.start();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    restarted(session);
    session.advance(120_000);
    expect(told(session)).toEqual([]);
    expect(session.exposure()).toMatchObject({ quantity: '0.99900000', covered: '0.999' });
    session.command({ kind: 'emergencyStop' });
    session.pump();
    session.advance(5_000);
    expect(session.venue.base.toString()).toBe('25.00000000');
    expect(session.core.view.stop()).toMatchObject({ verifiedFlat: true });
  });

  it('that come or go are told as a balance that changed, once two looks agree', () => {
    const session = new CoreSession();
    session.venue.base = quantity('25');
    session.start();
    session.venue.base = quantity('20');
    session.advance(61_000);
    expect(session.core.view.differences()).toMatchObject([
      {
        kind: 'balanceChanged',
        asset: 'BTC',
        believed: { quantity: '25' },
        venue: { quantity: '20' },
        acceptedBy: 'policy',
      },
    ]);
    session.advance(180_000);
    expect(session.core.view.differences()).toHaveLength(1);
  });

  it('in one look alone are no difference: its parts are not of one moment', () => {
    const session = new CoreSession();
    session.venue.base = quantity('25');
    session.start();
    const look = session.venue.snapshot([]);
    const balances = look.balances.map((balance) => (balance.asset === 'BTC' ? { ...balance, free: '20' } : balance));
    session.dispatch({ kind: 'venue.reconciled', accountId: ACCOUNT, ...look, balances });
    session.pump();
    session.advance(61_000);
    expect(told(session)).toEqual([]);
  });
});

describe('a part of a position that somebody else sold', () => {
  const sale = (over: Partial<Fill> = {}): Fill => ({
    tradeId: '9001' as TradeId,
    clientOrderId: 'web_1' as ClientOrderId,
    venueOrderId: '9001' as VenueOrderId,
    accountId: ACCOUNT,
    instrumentId: BTC,
    side: 'sell',
    price: '101.00',
    quantity: '0.799',
    fee: { amount: '0.08', asset: 'USDT' },
    liquidity: 'taker',
    tradedAtUs: 1,
    ...over,
  });
  /** Its trades come with a look, as those of a person's own hand do; the balance lacks 0.799. */
  function soldByHand(trades: readonly Fill[]): CoreSession {
    const session = entered();
    session.venue.base = quantity('0.200');
    session.venue.options.refuseStops = true;
    session.venue.options.market = 'refuse';
    for (const id of session.venue.openIds()) session.venue.cancel(id, null);
    session.venue.events.length = 0;
    for (const fill of trades) session.dispatch({ kind: 'order.filled', fill, source: 'stream' });
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'down', detail: '' });
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'ready', detail: '' });
    session.pump();
    session.advance(60_000);
    return session;
  }
  const differing = (session: CoreSession) =>
    session.core.view.differences().filter(({ kind }) => kind === 'positionDiffers');

  it('is booked without a person when trade list and balance say the same', () => {
    const session = soldByHand([sale({ quantity: '0.500' }), sale({ tradeId: '9002' as TradeId, quantity: '0.299' })]);
    expect(session.exposure().quantity).toBe('0.20000000');
    expect(differing(session)).toMatchObject([
      { believed: { quantity: '0.999' }, venue: { quantity: '0.2' }, proposed: 'book', acceptedBy: 'venue' },
    ]);
    expect(session.core.view.tradingState().state).toBe('active');
    expect(session.core.view.positions()[0]!.quantity.toNumberLossy()).toBe(0.2);
    session.advance(180_000);
    expect(differing(session)).toHaveLength(1);
  });

  it.each([
    ['no trade tells of it', []],
    ['the trades tell of less', [sale({ quantity: '0.700' })]],
    ['the trades tell of more', [sale({ quantity: '0.900' })]],
    ['the trades bought', [sale({ side: 'buy' })]],
    ['the trades were of another instrument', [sale({ instrumentId: 'ETH/USDT.BINANCE.SPOT' as InstrumentId })]],
  ])('is only proposed when %s', (_name, trades) => {
    const session = soldByHand(trades);
    expect(session.exposure().quantity).toBe('0.99900000');
    expect(differing(session)).toMatchObject([{ proposed: 'correct', acceptedBy: null }]);
    expect(session.core.view.tradingState().state).toBe('halted');
  });

  it('is booked while the exit of what is not there is refused again and again', () => {
    const session = entered();
    session.venue.base = Quantity.zero();
    session.venue.options.refuseStops = true;
    session.venue.options.market = 'refuse';
    for (const id of session.venue.openIds()) session.venue.cancel(id, null);
    session.venue.events.length = 0;
    session.dispatch({ kind: 'order.filled', fill: sale({ quantity: '0.999' }), source: 'stream' });
    session.command({ kind: 'closePosition', accountId: ACCOUNT, instrumentId: BTC });
    session.pump();
    session.advance(3_000);
    expect(session.alerts()).toContain('ORDER_REJECTED');
    expect(session.exposure().quantity).toBe('0');
    expect(differing(session)).toMatchObject([{ proposed: 'book', acceptedBy: 'venue' }]);
    const exits = session.ordersOfRole('exit').length;
    session.advance(60_000);
    expect(session.ordersOfRole('exit')).toHaveLength(exits);
  });

  it('is not proven by a trade from before both sides last agreed', () => {
    const session = entered();
    session.dispatch({ kind: 'order.filled', fill: sale(), source: 'stream' });
    session.advance(61_000);
    session.venue.base = quantity('0.200');
    session.venue.options.refuseStops = true;
    session.advance(61_000);
    expect(session.exposure().quantity).toBe('0.99900000');
    expect(differing(session)).toMatchObject([{ proposed: 'correct', acceptedBy: null }]);
  });
});

describe('a position the venue does not hold', () => {
  /** Sold by hand elsewhere: the stop is gone with the coins. */
  function short(): CoreSession {
    const session = entered();
    for (const id of session.venue.openIds()) session.venue.cancel(id, null);
    session.venue.events.length = 0;
    session.venue.base = quantity('0.200');
    session.venue.options.refuseStops = true;
    session.venue.options.market = 'refuse';
    return session;
  }
  const differing = (session: CoreSession) => open(session).filter(({ kind }) => kind === 'positionDiffers');

  it('is proposed after three looks that agree, never booked by itself, and halts', () => {
    const session = short();
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'down', detail: '' });
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'ready', detail: '' });
    session.pump();
    session.advance(60_000);
    expect(session.exposure().quantity).toBe('0.99900000');
    expect(differing(session)).toMatchObject([
      { believed: { quantity: '0.999' }, venue: { quantity: '0.2' }, proposed: 'correct' },
    ]);
    expect(session.core.view.tradingState().state).toBe('halted');
    expect(session.alerts()).toContain('POSITION_DIFFERS');
  });

  it('is corrected at its average price once a person accepts it: no profit is made up', () => {
    const session = short();
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'down', detail: '' });
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'ready', detail: '' });
    session.pump();
    session.advance(60_000);
    const before = session.core.view.positions()[0]!.realizedPnl.toNumberLossy();
    expect(denialOf(session, { kind: 'confirmDifferences', ids: [differing(session)[0]!.id] })).toBeNull();
    expect(session.exposure().quantity).toBe('0.2');
    expect(session.core.view.positions()[0]).toMatchObject({ instrumentId: BTC });
    expect(session.core.view.positions()[0]!.quantity.toNumberLossy()).toBe(0.2);
    expect(session.core.view.positions()[0]!.realizedPnl.toNumberLossy()).toBeCloseTo(before, 9);
    session.advance(60_000);
    expect(differing(session)).toEqual([]);
  });

  it('is corrected at once where the policy accepts that, and once only', () => {
    const session = short();
    session.start(policy({ startup: 'policy', positionDiffers: 'accept' }), 2);
    session.advance(60_000);
    expect(session.exposure().quantity).toBe('0.2');
    expect(session.core.view.positions()[0]!.quantity.toNumberLossy()).toBe(0.2);
    const found = session.core.view.differences().filter(({ kind }) => kind === 'positionDiffers');
    expect(found).toMatchObject([{ believed: { quantity: '0.999' }, proposed: 'correct', acceptedBy: 'policy' }]);
    const alerts = session.alerts().filter((code) => code === 'POSITION_DIFFERS');
    session.advance(180_000);
    expect(session.alerts().filter((code) => code === 'POSITION_DIFFERS')).toEqual(alerts);
    expect(denialOf(session, rearm)).toBeNull();
  });

  it('is left to a person at start, whatever the policy', () => {
    const session = short();
    session.start(policy({ positionDiffers: 'accept' }), 2);
    session.advance(60_000);
    expect(session.exposure().quantity).toBe('0.99900000');
    expect(differing(session)).toMatchObject([{ acceptedBy: null }]);
  });

  it('needs nobody any more when the coins are back', () => {
    const session = short();
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'down', detail: '' });
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'ready', detail: '' });
    session.pump();
    session.advance(60_000);
    expect(differing(session)).toHaveLength(1);
    session.venue.base = quantity('0.999');
    session.venue.options.refuseStops = false;
    session.advance(70_000);
    expect(differing(session)).toEqual([]);
    expect(session.core.view.differences().find(({ kind }) => kind === 'positionDiffers')?.acceptedBy).toBe('venue');
  });
});
