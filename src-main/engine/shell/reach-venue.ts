import type { ListedInstrument } from '../domain/events.ts';
import type { Clock } from '../ports/clock.ts';
import type { VenueGateway } from '../ports/venue-gateway.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 15_000;

export type ReachParts = {
  readonly clock: Clock;
  readonly onAway: (detail: string) => void;
  readonly isClosed: () => boolean;
};

/** Connects, however long the venue is away: a life with positions to look after does not end for that. */
export async function reachVenue(gateway: VenueGateway, parts: ReachParts): Promise<readonly ListedInstrument[]> {
  for (let retryMs = FIRST_RETRY_MS; !parts.isClosed(); retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)) {
    try {
      return await gateway.connect();
    } catch (error) {
      parts.onAway(error instanceof Error ? error.message : String(error));
    }
    await new Promise<void>((resolve) => parts.clock.after(retryMs, resolve));
  }
  return [];
}
