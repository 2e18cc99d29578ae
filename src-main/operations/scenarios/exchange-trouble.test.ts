import { afterEach, describe, expect, it, vi } from 'vitest';
import { accountId } from '../../engine/domain/identifiers.ts';
import { CutLine } from './testing/cut-line.ts';
import { marketOf, ON_BINANCE, ScenarioLife, ScenarioVenue, WAIT } from './testing/scenario-stage.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const ACCOUNT = accountId(ON_BINANCE.accountId);
const BTC = marketOf(ON_BINANCE);

async function stage(isCut: boolean): Promise<{ venue: ScenarioVenue; life: ScenarioLife; line: CutLine | null }> {
  const venue = await ScenarioVenue.open([ON_BINANCE]);
  endings.push(async () => venue.exchange.close());
  const line = isCut ? await CutLine.open(Number(new URL(venue.exchange.rest).port)) : null;
  if (line !== null) endings.push(async () => line.down());
  const life = new ScenarioLife(venue, {
    places: [ON_BINANCE],
    ...(line === null ? {} : { through: line.port }),
  });
  endings.push(async () => life.end());
  await life.ready();
  return { venue, life, line };
}

describe('the exchange goes down with an open position', { timeout: 60_000 }, () => {
  it('keeps its stop there, resends nothing, shows it, and learns on return that the stop sold', async () => {
    const { venue, life, line } = await stage(true);
    const { view } = life.engine;
    expect(await life.enter(ON_BINANCE)).toBeNull();
    await vi.waitFor(() => expect(life.exposure(ON_BINANCE)).toMatchObject({ isFlat: false, isBare: false }), WAIT);
    const sent = venue.ledger(ON_BINANCE).creates;

    await line?.down();
    await vi.waitFor(() => {
      expect(view.venue(ACCOUNT)?.state).not.toBe('ready');
      expect(view.feed(BTC)).not.toBe('live');
    }, WAIT);
    expect(await life.enter(ON_BINANCE, 'ETH')).toMatchObject({ code: expect.any(String) as string });
    expect(venue.positionOf(ON_BINANCE)).toMatchObject({ isProtected: true, unprotectedMs: 0 });
    // The stop triggers and sells while nobody of ours can see it.
    venue.market.moveTo(9_480);
    await vi.waitFor(() => {
      const stop = venue.ledger(ON_BINANCE).orders.find(({ type, side }) => side === 'SELL' && /STOP_LOSS/.test(type));
      expect(stop?.status).toBe('FILLED');
    }, WAIT);
    expect(life.exposure(ON_BINANCE)).toMatchObject({ isFlat: false });

    await line?.up();
    await vi.waitFor(() => {
      expect(view.venue(ACCOUNT)).toMatchObject({ state: 'ready', synchronized: true });
      expect(life.exposure(ON_BINANCE)).toMatchObject({ isFlat: true, openOrders: [] });
    }, WAIT);
    expect(venue.ledger(ON_BINANCE).creates).toBe(sent);
    const stop = view.orders().find(({ spec }) => spec.role === 'stop');
    const [sold] = venue.ledger(ON_BINANCE).fills.filter(({ side }) => side === 'SELL');
    expect(sold?.clientOrderId).toBe(stop?.spec.clientOrderId);
    expect(Number(stop?.filled)).toBe(Number(sold?.quantity));
    expect(view.unknownOutcomes().filter(({ resolution }) => resolution === null)).toEqual([]);
  });
});

const SLOW = ['BTC', 'ETH', 'SOL'];

describe('the exchange answers after two seconds', { timeout: 60_000 }, () => {
  async function hiccup(isAnswerLate: boolean) {
    const { venue, life } = await stage(false);
    // A request that takes longer than its deadline of 2 s is turned away.
    const slow = { kind: 'slow', ms: isAnswerLate ? 2_000 : 2_500, times: 20, apply: isAnswerLate };
    await venue.fault({ ...slow, method: 'POST', path: '/api/v3/order' });
    for (const base of SLOW) expect(await life.enter(ON_BINANCE, base)).toBeNull();
    await vi.waitFor(() => expect(life.engine.view.venue(ACCOUNT)?.breakers.entry.state).toBe('open'), WAIT);
    // A strategy that signals on and on meets a denial, not a queue.
    for (let signal = 0; signal < 10; signal++) {
      expect(await life.enter(ON_BINANCE, 'XRP')).toMatchObject({ code: 'BREAKER_OPEN' });
    }
    await vi.waitFor(() => {
      expect(life.engine.view.orders().filter(({ pending }) => pending !== null)).toEqual([]);
    }, WAIT);
    return { life, ...venue.ledger(ON_BINANCE) };
  }

  it('opens its breaker after three and holds what was asked for, once', async () => {
    const { life, orders, positions, unprotectedMs } = await hiccup(true);
    const bought = orders.filter(({ side }) => side === 'BUY');
    expect(bought.map(({ symbol }) => symbol)).toEqual(SLOW.map((base) => `${base}USDT`));
    expect(positions.map((position) => position.bought)).toEqual(SLOW.map(() => '1.00000000'));
    for (const base of SLOW) expect(life.exposure(ON_BINANCE, base)).toMatchObject({ isFlat: false, isBare: false });
    expect(unprotectedMs).toBe(0);
  });

  it('holds nothing of requests that reach the venue too late', async () => {
    const { life, orders } = await hiccup(false);
    expect(orders).toEqual([]);
    for (const base of SLOW) expect(life.exposure(ON_BINANCE, base)).toMatchObject({ isFlat: true, openOrders: [] });
  });
});
