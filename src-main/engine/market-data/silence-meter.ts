import type { InstrumentId, Venue } from '../domain/identifiers.ts';

/** A venue without a word for so long is silent; no instrument is called silent sooner. */
const FLOOR_US = 2_000_000;
/** An instrument is silent after this many of its usual intervals. */
const USUAL_INTERVALS = 10;
const REFERENCES = 3;
/** How often the busiest instruments are chosen anew. */
const CHOOSE_EVERY_US = 10_000_000;
const KEPT_INTERVALS = 32;

export type VenueSilence = { readonly venue: Venue; readonly silentUs: number | null };

type Heard = {
  readonly venue: Venue;
  lastUs: number;
  /** Messages since the busiest were chosen. */
  messages: number;
  readonly intervals: Float64Array;
  kept: number;
};

/** `heardUs`: null before the first word. */
type VenueState = { heardUs: number | null; references: readonly Heard[]; chosenUs: number; silent: boolean };

/**
 * Tells silence by what is usual. A venue is silent when the tops of book of its three busiest instruments say nothing for
 * 2 s, whether it still answers pings or not: a stream that pongs and delivers nothing is the failure nobody sees. It is
 * judged from its first word on. An instrument is silent after ten of its median intervals, at least 2 s. Times are
 * monotonic microseconds.
 */
export class SilenceMeter {
  private readonly instruments = new Map<InstrumentId, Heard>();
  private readonly venues = new Map<Venue, VenueState>();

  add(id: InstrumentId, venue: Venue, nowUs: number): void {
    const intervals = new Float64Array(KEPT_INTERVALS);
    this.instruments.set(id, { venue, lastUs: nowUs, messages: 0, intervals, kept: 0 });
    if (!this.venues.has(venue)) {
      this.venues.set(venue, { heardUs: null, references: [], chosenUs: -CHOOSE_EVERY_US, silent: false });
    }
  }

  heard(id: InstrumentId, nowUs: number): void {
    const heard = this.instruments.get(id);
    if (heard === undefined) return;
    heard.intervals[heard.kept % KEPT_INTERVALS] = nowUs - heard.lastUs;
    heard.kept += 1;
    heard.messages += 1;
    heard.lastUs = nowUs;
  }

  /** Venues that fell silent or were heard again since the last look. */
  look(nowUs: number): readonly VenueSilence[] {
    const changes: VenueSilence[] = [];
    for (const [venue, state] of this.venues) {
      if (nowUs - state.chosenUs >= CHOOSE_EVERY_US) this.choose(venue, state, nowUs);
      for (const { lastUs, kept } of state.references)
        if (kept > 0) state.heardUs = Math.max(state.heardUs ?? 0, lastUs);
      if (state.heardUs === null) continue;
      const silentUs = nowUs - state.heardUs;
      const silent = silentUs >= FLOOR_US;
      if (silent === state.silent) continue;
      state.silent = silent;
      changes.push({ venue, silentUs: silent ? silentUs : null });
    }
    return changes;
  }

  /** Silent for longer than is usual for it. */
  isSilent(id: InstrumentId, nowUs: number): boolean {
    const heard = this.instruments.get(id);
    if (heard === undefined) return true;
    const silentUs = nowUs - heard.lastUs;
    return silentUs >= FLOOR_US && silentUs >= USUAL_INTERVALS * medianOf(heard);
  }

  private choose(venue: Venue, state: VenueState, nowUs: number): void {
    const own = [...this.instruments.values()].filter((heard) => heard.venue === venue);
    state.references = own.sort((a, b) => b.messages - a.messages).slice(0, REFERENCES);
    state.chosenUs = nowUs;
    for (const heard of own) heard.messages = 0;
  }
}

function medianOf({ intervals, kept }: Heard): number {
  const known = intervals.slice(0, Math.min(kept, KEPT_INTERVALS)).sort();
  return known[Math.floor(known.length / 2)] ?? 0;
}
