import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bracketOn, ON_GENERIC, ScenarioLife, ScenarioVenue, WAIT } from './testing/scenario-stage.ts';

/** A whole engine at a venue of the generic adapter, over the practice exchange's sockets. */
describe('a venue that ccxt alone knows', () => {
  let venue: ScenarioVenue;
  let life: ScenarioLife;

  beforeEach(async () => {
    venue = await ScenarioVenue.open([ON_GENERIC]);
    life = new ScenarioLife(venue, { places: [ON_GENERIC], bases: ['BTC'] });
    await life.ready();
  });
  afterEach(async () => {
    await life.end();
    await venue.exchange.close();
  });

  const openAtVenue = () => venue.ledger(ON_GENERIC).orders.filter(({ status }) => status === 'NEW');
  const bought = (): Promise<void> =>
    vi.waitFor(() => expect(life.exposure(ON_GENERIC)).toMatchObject({ isFlat: false, isBare: true }), WAIT);
  const sold = async (): Promise<void> => {
    await vi.waitFor(() => expect(life.exposure(ON_GENERIC)).toMatchObject({ isFlat: true, flattening: null }), WAIT);
    expect(openAtVenue()).toEqual([]);
  };

  it('rests no stop, watches its trigger and leaves once the market is through it', { timeout: 60_000 }, async () => {
    expect(await life.enter(ON_GENERIC)).toBeNull();
    await bought();
    expect(life.alerted('POSITION_UNPROTECTED')).toBe(true);
    expect(openAtVenue()).toEqual([]);
    venue.market.moveTo(9_450);
    await sold();
  });

  it('finds an entry whose answer was lost, once', { timeout: 60_000 }, async () => {
    await venue.fault({ kind: 'executeThenLose', method: 'POST', path: '/api/v3/order' });
    expect(await life.enter(ON_GENERIC)).toBeNull();
    await bought();
    const unknown = life.events.filter((event) => event.kind === 'submit.answered');
    expect(unknown).toMatchObject([{ outcome: { kind: 'unknown' } }]);
    expect(venue.ledger(ON_GENERIC).fills.filter(({ side }) => side === 'BUY')).toHaveLength(1);
    expect(life.exposure(ON_GENERIC)?.quantity).toMatch(/^0\.999/);
  });

  it('cancels and sells all at an emergency stop', { timeout: 60_000 }, async () => {
    expect(await life.enter(ON_GENERIC)).toBeNull();
    await bought();
    const request = { ...bracketOn(ON_GENERIC), entry: 'resting', limitPrice: '99.50' } as const;
    expect(await life.send({ kind: 'enterBracket', request })).toBeNull();
    await vi.waitFor(() => expect(openAtVenue()).toHaveLength(1), WAIT);
    await life.send({ kind: 'emergencyStop' });
    await sold();
  });
});
