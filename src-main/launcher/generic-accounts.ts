import { acceptanceOf, MISSING_WORDS } from '../adapters/generic/missing-words.ts';
import type { VenueKeyPair } from '../adapters/keychain/venue-keys.ts';
import { capabilitiesOf } from '../engine/domain/capabilities.ts';
import type { GenericVenueConfig } from '../engine/domain/generic-venue-config.ts';
import { missingAt } from '../engine/domain/missing-capabilities.ts';
import type { AccountBoot } from './boot.ts';

/**
 * Throws one line for the first venue of the generic adapter on which live orders were asked for without accepting, word for
 * word, what is missing there today. Another list of what is missing asks again.
 */
export function refuseUnacceptedRisk(venues: readonly GenericVenueConfig[]): void {
  for (const { venue, mode, acceptedRisk } of venues) {
    if (mode === 'paper') continue;
    const where = `venues.${venue.toLowerCase()}`;
    const gaps = missingAt(venue).map((gap) => MISSING_WORDS[gap]);
    const missing = `missing at ${venue}: ${gaps.join('; ')}`;
    if (capabilitiesOf(venue, 'SPOT').orderTypes.length === 0) {
      throw new Error(`${where}.mode: expected paper, was live; ${missing}`);
    }
    if (acceptedRisk === acceptanceOf(venue)) continue;
    const was = acceptedRisk === null ? 'none' : JSON.stringify(acceptedRisk);
    throw new Error(
      `${where}.acceptedRisk: expected ${JSON.stringify(acceptanceOf(venue))} for live orders, was ${was}; ${missing}`,
    );
  }
}

/** The accounts of what trades live, each with the keys that are stored under the id of its venue. Throws where there are none. */
export async function liveAccounts(
  venues: readonly GenericVenueConfig[],
  keysNamed: (name: string) => Promise<VenueKeyPair | null>,
): Promise<readonly AccountBoot[]> {
  refuseUnacceptedRisk(venues);
  const accounts: AccountBoot[] = [];
  for (const { venue, mode, instruments } of venues) {
    if (mode === 'paper') continue;
    const name = venue.toLowerCase();
    const keys = await keysNamed(name);
    if (keys === null) throw new Error(`expected keys stored as ${name} (leeward keys set ${name}), was none`);
    accounts.push({
      ...{ accountId: `${name}-01`, mode, venue, generic: { instruments, practice: null } },
      apiKey: keys.apiKey.reveal(),
      secret: keys.secret.reveal(),
    });
  }
  return accounts;
}
