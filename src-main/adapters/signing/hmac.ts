import { createHmac } from 'node:crypto';

export type HmacAlgorithm = 'sha256' | 'sha384' | 'sha512';

/** RFC 2104 over raw bytes; text is UTF-8. */
export function hmac(algorithm: HmacAlgorithm, key: string | Uint8Array, data: string | Uint8Array): Buffer {
  return createHmac(algorithm, key).update(data).digest();
}
