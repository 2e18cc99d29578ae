import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Failpoint } from '../../engine/engine.ts';
import { ON_BINANCE, ON_KRAKEN, ON_USDM, ScenarioLife, ScenarioVenue, WAIT } from './testing/scenario-stage.ts';

const POINTS: readonly Failpoint[] = [
  'commit.before',
  'commit.after',
  'enqueue.before',
  'enqueue.after',
  'submit.before',
  'submit.after',
  'submit.answered',
];

/** `submits`: what a bracket takes at the venue, the entry last. */
const VENUES = [
  { name: 'Binance: entry, stop and target in one list', place: ON_BINANCE, submits: 1 },
  { name: 'Kraken: the stop is a conditional close of the entry', place: ON_KRAKEN, submits: 1 },
  { name: 'USD-M: the stop rests before the entry is sent', place: ON_USDM, submits: 2 },
];

describe.each(VENUES)('$name', ({ place, submits }) => {
  const deaths = POINTS.flatMap((point) => Array.from({ length: submits }, (_, index) => ({ point, hit: index + 1 })));
  let venue: ScenarioVenue;
  beforeEach(async () => {
    venue = await ScenarioVenue.open([place]);
  });
  afterEach(async () => venue.exchange.close());

  it.each(deaths)('holds nothing bare after a death at $point, hit $hit', { timeout: 30_000 }, async (death) => {
    let [sent, left] = [0, Infinity];
    const life: ScenarioLife = new ScenarioLife(venue, {
      places: [place],
      bases: ['BTC'],
      failpoints: (name) => {
        if (left <= 0) return;
        if (name === 'submit.after') sent += 1;
        if (name !== death.point || left === Infinity) return;
        left -= 1;
        if (left === 0) life.die();
      },
    });
    try {
      await life.ready();
      [sent, left] = [0, death.hit];
      void life.enter(place);
      await vi.waitFor(() => expect(left).toBe(0), WAIT);
      if (sent < submits) {
        expect(venue.ledger(place).fills).toEqual([]);
        return;
      }
      // What was on its way arrives and is protected without us.
      await vi.waitFor(() => {
        expect(venue.positionOf(place)).toMatchObject({ bought: '1.00000000', isProtected: true });
      }, WAIT);
      if (place !== ON_KRAKEN) expect(venue.ledger(place).unprotectedMs).toBe(0);
    } finally {
      await life.end();
    }
  });
});
