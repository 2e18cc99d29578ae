import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
  verify,
} from 'node:crypto';

/** What a client needs to sign as one account. Made at random at each start; never written anywhere. */
export type Credentials = {
  readonly apiKey: string;
  readonly secret: string;
  /** A second key of the same account, signing with Ed25519. */
  readonly ed25519: { readonly apiKey: string; readonly privateKeyPem: string };
};

type Key =
  | { readonly account: string; readonly kind: 'hmac'; readonly secret: string }
  | { readonly account: string; readonly kind: 'ed25519'; readonly publicKey: KeyObject };

/** The venue's API keys: whose each is and how it signs. */
export class KeyRing {
  private readonly keys = new Map<string, Key>();

  /** Makes an account's keys at random, or takes the HMAC pair that is given. */
  issue(account: string, given: Pick<Credentials, 'apiKey' | 'secret'> | null = null): Credentials {
    const apiKey = given?.apiKey ?? randomText();
    const secret = given?.secret ?? randomText();
    const pair = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const signing = randomText();
    this.keys.set(apiKey, { account, kind: 'hmac', secret });
    this.keys.set(signing, { account, kind: 'ed25519', publicKey: createPublicKey(pair.publicKey) });
    return { apiKey, secret, ed25519: { apiKey: signing, privateKeyPem: pair.privateKey } };
  }

  accountOf(apiKey: string): string | undefined {
    return this.keys.get(apiKey)?.account;
  }

  /** The secret of an HMAC key; undefined for keys that are unknown or sign otherwise. */
  secretOf(apiKey: string): string | undefined {
    const key = this.keys.get(apiKey);
    return key?.kind === 'hmac' ? key.secret : undefined;
  }

  revoke(apiKey: string): boolean {
    return this.keys.delete(apiKey);
  }

  isValid(apiKey: string, payload: string, signature: string): boolean {
    const key = this.keys.get(apiKey);
    if (key === undefined) return false;
    if (key.kind === 'ed25519')
      return verify(null, Buffer.from(payload), key.publicKey, Buffer.from(signature, 'base64'));
    const expected = createHmac('sha256', key.secret).update(payload).digest();
    const given = Buffer.from(signature, 'hex');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

/** 64 letters and digits, the form of the venue's keys. */
const randomText = (): string => randomBytes(48).toString('base64').replaceAll('+', 'A').replaceAll('/', 'B');
