import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Keychain } from './keychain.ts';
import { Secret } from './secret.ts';

export type VenueKeyPair = { readonly apiKey: Secret; readonly secret: Secret };

/** What may be shown of a stored key: its name and enough to tell it from another. */
export type ShownKey = { readonly name: string; readonly fingerprint: string };

const SERVICE = 'leeward';
const STORED = z.strictObject({ apiKey: z.string().min(1), secret: z.string().min(1) });

/** API keys of venues by account name, each pair one entry of the keychain. */
export class VenueKeys {
  private readonly keychain: Keychain;

  constructor(keychain: Keychain) {
    this.keychain = keychain;
  }

  save(name: string, { apiKey, secret }: VenueKeyPair): Promise<void> {
    return this.keychain.setPassword(
      SERVICE,
      name,
      JSON.stringify({ apiKey: apiKey.reveal(), secret: secret.reveal() }),
    );
  }

  /** Null when there is none. Throws when the entry is not one of ours. */
  async load(name: string): Promise<VenueKeyPair | null> {
    const stored = await this.keychain.getPassword(SERVICE, name);
    return stored === null ? null : pairIn(stored, name);
  }

  /** False when there was none. */
  remove(name: string): Promise<boolean> {
    return this.keychain.deletePassword(SERVICE, name);
  }

  async list(): Promise<readonly ShownKey[]> {
    const entries = await this.keychain.findCredentials(SERVICE);
    return entries
      .map(({ account, password }) => ({ name: account, fingerprint: fingerprintOf(pairIn(password, account).apiKey) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** The first 8 hex digits of the SHA-256 of the API key: says which key it is and nothing about it. */
export function fingerprintOf(apiKey: Secret): string {
  return createHash('sha256').update(apiKey.reveal()).digest('hex').slice(0, 8);
}

/** The error never quotes what is stored. */
function pairIn(stored: string, name: string): VenueKeyPair {
  const parsed = STORED.safeParse(parseJson(stored));
  if (!parsed.success) throw new Error(`expected a key pair stored as ${name}, was another entry of the keychain`);
  return { apiKey: new Secret(parsed.data.apiKey), secret: new Secret(parsed.data.secret) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // Not ours; the caller says so without quoting it.
  }
}
