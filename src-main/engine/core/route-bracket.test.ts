import { describe, expect, it } from 'vitest';
import type { BracketRequest } from '../domain/command.ts';
import { DEFAULT_FAILOVER } from '../domain/config-defaults.ts';
import type { Decision, ListedInstrument, RoutableMarket } from '../domain/events.ts';
import { accountId, commandId, type InstrumentId } from '../domain/identifiers.ts';
import { ordersOf } from '../domain/order.ts';
import { ACCOUNT, bracket, BTC, CONFIG, CoreSession, LISTED, PRICES } from '../testing/core-session.ts';

const KRAKEN_BTC = 'XBT/USDT.KRAKEN.SPOT' as InstrumentId;
const BACKUP = accountId('backup');
/** Coarser ticks than the first venue. */
const ON_KRAKEN: ListedInstrument = { ...LISTED, id: KRAKEN_BTC, venueSymbol: 'XBT/USDT', tickSize: '0.1' };
const ACCOUNTS = [
  { accountId: ACCOUNT, venue: 'BINANCE', mode: 'paper' },
  { accountId: BACKUP, venue: 'KRAKEN', mode: 'paper' },
] as const;

function started(): CoreSession {
  const session = new CoreSession(['paper-1', 'backup']);
  const config = { ...CONFIG, failover: DEFAULT_FAILOVER };
  session.start(config);
  const life = { engineEpoch: 2, installation: '0a1b2c3d', seed: '1', config, accounts: ACCOUNTS };
  session.dispatch({ kind: 'engine.started', ...life });
  session.dispatch({ kind: 'instruments.listed', instruments: [LISTED, ON_KRAKEN] });
  for (const instrumentId of [BTC, KRAKEN_BTC]) {
    session.dispatch({ kind: 'feed.changed', instrumentId, state: 'live', ageUs: 0 });
  }
  for (const { accountId: id } of ACCOUNTS) {
    session.dispatch({ kind: 'venue.changed', accountId: id, state: 'ready', detail: '' });
  }
  session.pump();
  session.command({ kind: 'rearm', to: 'active', reason: 'test' });
  session.pump();
  return session;
}

const markets = (kraken: RoutableMarket['asks']): readonly RoutableMarket[] => [
  { instrumentId: BTC, asks: [{ price: '100.01', quantity: '0.600' }, { price: '100.05', quantity: '5.000' }], reference: PRICES }, // prettier-ignore
  { instrumentId: KRAKEN_BTC, asks: kraken, reference: PRICES },
];

function route(session: CoreSession, given: readonly RoutableMarket[], over: Partial<BracketRequest> = {}) {
  const envelope = {
    commandId: commandId(`route-${session.inputs.length}`),
    actor: 'test',
    roles: ['trader'],
    origin: 'button',
    issuedAtUs: session.timeUs,
    expiresAtUs: session.timeUs + 1_000_000,
    command: { kind: 'routeBracket', request: bracket(over) },
  } as const;
  return session.dispatch({ kind: 'command.received', envelope, reference: null, markets: given });
}

const entriesOf = (decisions: readonly Decision[]) =>
  decisions.flatMap((decision) =>
    decision.kind === 'order.submit' ? ordersOf(decision.submission).filter(({ role }) => role === 'entry') : [],
  );
const denialOf = (decisions: readonly Decision[]): string | null =>
  decisions.flatMap((decision) => (decision.kind === 'command.answered' ? [decision.denial?.code ?? null] : []))[0] ??
  null;

describe('a routed bracket', () => {
  it('is a bracket at each venue, on its ticks, and says why', () => {
    const session = started();
    const decisions = route(session, markets([{ price: '100.0', quantity: '0.300' }, { price: '100.2', quantity: '9.000' }]), { stopTrigger: '98.07' }); // prettier-ignore
    expect(entriesOf(decisions)).toMatchObject([
      { accountId: 'backup', instrumentId: KRAKEN_BTC, quantity: '0.300', price: '100.0' },
      { accountId: 'paper-1', instrumentId: BTC, quantity: '0.700', price: '100.05' },
    ]);
    const routed = decisions.find((decision) => decision.kind === 'order.routed');
    expect(routed?.route.unrouted).toBe('0.000');
    expect(routed?.route.candidates.map(({ quantity, unfit }) => [quantity, unfit])).toEqual([
      ['0.700', null],
      ['0.300', null],
    ]);
    const stops = decisions.flatMap((decision) => (decision.kind === 'order.submit' ? ordersOf(decision.submission) : [])); // prettier-ignore
    const kraken = stops.find(({ instrumentId, role }) => instrumentId === KRAKEN_BTC && role === 'stop');
    if (kraken !== undefined) expect(kraken.triggerPrice).toBe('98.0');
  });

  it('leaves out a venue that is silent, or whose feed is not live', () => {
    const cheap = markets([{ price: '99.0', quantity: '9.000' }]);
    const silent = started();
    silent.dispatch({ kind: 'venue.silence', venue: 'KRAKEN', silentUs: 2_000_000 });
    expect(entriesOf(route(silent, cheap)).map(({ instrumentId }) => instrumentId)).toEqual([BTC]);
    const stale = started();
    stale.dispatch({ kind: 'feed.changed', instrumentId: KRAKEN_BTC, state: 'stale', ageUs: 9 });
    const decisions = route(stale, cheap);
    expect(entriesOf(decisions).map(({ instrumentId }) => instrumentId)).toEqual([BTC]);
    const routed = decisions.find((decision) => decision.kind === 'order.routed');
    expect(routed?.route.candidates[1]).toMatchObject({ unfit: 'FEED_NOT_LIVE', quantity: '0' });
  });

  it('is denied when nothing can take it, when it rests, and when it sells', () => {
    const session = started();
    expect(denialOf(route(session, []))).toBe('ROUTE_UNAVAILABLE');
    expect(denialOf(route(session, markets([]), { limitPrice: '99.00', stopTrigger: '98.00' }))).toBe(
      'ROUTE_UNAVAILABLE',
    );
    expect(denialOf(route(session, markets([]), { entry: 'resting' }))).toBe('ROUTE_UNAVAILABLE');
    expect(denialOf(route(session, markets([]), { side: 'sell' }))).toBe('ROUTE_UNAVAILABLE');
    expect(denialOf(route(session, markets([]), { quantity: 'NaN' }))).toBe('QUANTITY_INVALID');
    expect(entriesOf(session.decisions)).toEqual([]);
  });

  it('passes the gate at each venue', () => {
    const session = started();
    session.command({ kind: 'halt', reason: 'test' });
    const decisions = route(session, markets([{ price: '100.0', quantity: '9.000' }]));
    expect(denialOf(decisions)).toBe('TRADING_STATE');
    expect(entriesOf(decisions)).toEqual([]);
  });
});
