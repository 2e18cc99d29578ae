import { FAILPOINTS, type Failpoint } from '../../engine/engine.ts';
import { SeededRandom } from '../../practice-exchange/market/seeded-random.ts';

/** Where a life ends: at a failpoint, by a kill from outside at any instruction, or by the death of its guardian. */
export type KillPlace = Failpoint | 'outside' | 'guardian';

/** What else happens to the life, so that it does not only die in fair weather. */
export const WEATHERS = ['fair', 'lostAnswer', 'brokenSockets', 'lateFill'] as const;
export type Weather = (typeof WEATHERS)[number];

export type PlannedKill = {
  readonly place: KillPlace;
  /** `start`: counted from the first instruction; `trading`: counted from the re-arming. */
  readonly from: 'start' | 'trading';
  /** The passage of the failpoint that is the last. */
  readonly hit: number;
  /** Of a kill from outside: milliseconds after the re-arming. */
  readonly afterMs: number;
  readonly weather: Weather;
};

export const KILL_PLACES: readonly KillPlace[] = [...FAILPOINTS, 'outside', 'guardian'];

/** Passages within a few seconds of trading; a rare one must come soon, a frequent one anywhere. */
const HITS: Partial<Record<KillPlace, number>> = {
  'commit.before': 12,
  'commit.after': 12,
  'enqueue.before': 80,
  'enqueue.after': 80,
};
const START_HITS: Partial<Record<KillPlace, number>> = {
  'enqueue.before': 2_000,
  'enqueue.after': 2_000,
  'look.before': 2,
  'look.answered': 2,
};
/** Of the places that a start passes at all, this share of the kills falls there; of looks all, for they are rare later. */
const START_SHARE = 0.25;
const FOUL_SHARE = 0.3;
const MAX_OUTSIDE_MS = 4_000;

/** The kills of a run: every place as often as any other, in an order and with hit counts that the seed alone decides. */
export function planKills(kills: number, seed: string): readonly PlannedKill[] {
  const random = new SeededRandom(seed);
  const places = Array.from({ length: kills }, (_, index) => KILL_PLACES[index % KILL_PLACES.length] ?? 'outside');
  return shuffled(places, random).map((place) => plannedKill(place, random));
}

function plannedKill(place: KillPlace, random: SeededRandom): PlannedKill {
  const startHits = START_HITS[place] ?? (place.startsWith('commit') ? 2 : 0);
  const share = place.startsWith('look') ? 1 : START_SHARE;
  const from = startHits > 0 && random.unit() < share ? 'start' : 'trading';
  const bound = from === 'start' ? startHits : (HITS[place] ?? 2);
  return {
    place,
    from,
    hit: 1 + random.below(bound),
    afterMs: random.below(MAX_OUTSIDE_MS),
    weather: random.unit() < FOUL_SHARE ? (WEATHERS[1 + random.below(WEATHERS.length - 1)] ?? 'fair') : 'fair',
  };
}

function shuffled<T>(items: readonly T[], random: SeededRandom): readonly T[] {
  const mixed = [...items];
  for (let index = mixed.length - 1; index > 0; index--) {
    const other = random.below(index + 1);
    [mixed[index], mixed[other]] = [mixed[other] as T, mixed[index] as T];
  }
  return mixed;
}
