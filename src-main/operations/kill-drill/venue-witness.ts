import { z } from 'zod';
import { type AccountId, accountId } from '../../engine/domain/identifiers.ts';
import type { AccountBoot } from '../../launcher/boot.ts';
import { ledgerSchema } from '../demo/ledger-comparison.ts';
import type { Weather } from './kill-plan.ts';

const witnessSchema = ledgerSchema.extend({
  positions: z.array(
    z.object({ symbol: z.string(), held: z.string(), isProtected: z.boolean(), longestUnprotectedMs: z.number() }),
  ),
  balances: z.array(z.object({ asset: z.string(), free: z.string(), locked: z.string() })),
  orders: z.array(z.object({ clientOrderId: z.string(), symbol: z.string(), status: z.string(), type: z.string() })),
});
/** The venue's account of one of our accounts. */
export type VenueAccount = z.infer<typeof witnessSchema> & { readonly accountId: AccountId };

/** The practice exchange as a witness and as a maker of weather. */
export type VenueWitness = {
  accounts(): Promise<readonly VenueAccount[]>;
  make(weather: Weather): Promise<void>;
  /** A start asks for a tenth of the weight a minute allows, and lives here last seconds; order limits stay true. */
  forgetWeight(): Promise<void>;
  /** Market seconds per second; 0 stands still. */
  setSpeed(speed: number): Promise<void>;
};

/** `accounts` in the order of the venue's `names`. */
export function witnessVenue(
  control: string,
  names: readonly string[],
  accounts: readonly AccountBoot[],
): VenueWitness {
  const ask = async (method: string, path: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(new URL(path, control), { method, headers, body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`expected ${path} to be done, was ${reply.status} ${await reply.text()}`);
  };
  return {
    accounts: async () =>
      Promise.all(
        names.map(async (name, index) => {
          const reply = await fetch(new URL(`/practice/ledger?account=${encodeURIComponent(name)}`, control));
          return {
            ...witnessSchema.parse(await reply.json()),
            accountId: accountId(accounts[index]?.accountId ?? name),
          };
        }),
      ),
    make: async (weather) => {
      if (weather === 'lostAnswer') {
        await ask('POST', '/practice/faults', { kind: 'executeThenLose', method: 'POST', times: 1 });
      } else if (weather === 'brokenSockets') {
        await ask('POST', '/practice/faults', { kind: 'close', stream: '/', code: 1006 });
      } else if (weather === 'lateFill') {
        await ask('POST', '/practice/faults', { kind: 'lateFill', ms: 800, times: 3 });
      }
    },
    forgetWeight: async () => ask('DELETE', '/practice/weight', {}),
    setSpeed: async (speed) => ask('POST', '/practice/clock', { speed }),
  };
}
