import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** PKCS #8 and SPKI wrap the 32 raw bytes in fixed DER prefixes (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const RAW_KEY_BYTES = 32;

/** Throws when the seed is not 32 bytes. */
export function ed25519PrivateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: wrap(PKCS8_PREFIX, seed), format: 'der', type: 'pkcs8' });
}

/** Throws when the text is not a PKCS #8 PEM of an Ed25519 key. */
export function ed25519PrivateKeyFromPem(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new TypeError(`expected an Ed25519 private key, was ${key.asymmetricKeyType ?? 'unknown'}`);
  }
  return key;
}

/** Throws when the key is not 32 bytes. */
export function ed25519PublicKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: wrap(SPKI_PREFIX, raw), format: 'der', type: 'spki' });
}

/** The 32 raw bytes of the public half of either key. */
export function ed25519RawPublicKey(key: KeyObject): Buffer {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return half.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
}

/** 64 bytes, deterministic (RFC 8032). */
export function ed25519Sign(key: KeyObject, message: string | Uint8Array): Buffer {
  return sign(null, Buffer.from(message), key);
}

export function ed25519Verify(key: KeyObject, message: string | Uint8Array, signature: Uint8Array): boolean {
  return verify(null, Buffer.from(message), key, signature);
}

/** As a request parameter: base64, percent-encoded. */
export function ed25519Parameter(key: KeyObject, payload: string): string {
  return encodeURIComponent(ed25519Sign(key, payload).toString('base64'));
}

function wrap(prefix: Buffer, raw: Uint8Array): Buffer {
  if (raw.length !== RAW_KEY_BYTES) throw new RangeError(`expected ${RAW_KEY_BYTES} key bytes, was ${raw.length}`);
  return Buffer.concat([prefix, raw]);
}
