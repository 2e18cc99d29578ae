import { z } from 'zod';
import {
  ed25519Parameter,
  ed25519PrivateKey,
  ed25519PrivateKeyFromPem,
  ed25519RawPublicKey,
  ed25519Sign,
} from '../../adapters/signing/ed25519.ts';
import { hmac } from '../../adapters/signing/hmac.ts';
import { signBinance, signBitmex, signKraken } from '../../adapters/signing/venue-signatures.ts';
import { totpCode } from '../../adapters/totp/totp.ts';
import { checksumText, krakenChecksum } from '../../engine/market-data/kraken-checksum.ts';
import { bookSequence } from './book-sequence.ts';
import { decimalToPrecision, preciseOperation, numberToString } from './decimal-sections.ts';
import { resign } from './resigned-requests.ts';
import { type Section, section } from './section.ts';

const text = z.string();
const levels = z.array(z.tuple([text, text]));
const sides = { asks: levels, bids: levels };

function hexBytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

export const PROTOCOL_SECTIONS: Readonly<Record<string, Section | undefined>> = {
  binance_hmac: section(z.object({ secretKey: text, payload: text }), (given) =>
    signBinance(given.secretKey, given.payload),
  ),
  kraken_spot: section(z.object({ privateKey: text, nonce: text, path: text, body: text }), (given) =>
    signKraken(given.privateKey, given.path, given.nonce, given.body),
  ),
  bitmex: section(
    z.object({ secret: text, verb: text, path: text, expires: z.number(), body: text }),
    ({ secret, ...request }) => signBitmex(secret, request),
  ),
  ed25519_rfc8032: section(z.object({ seedHex: text, publicHex: text, messageHex: text }), (given) => {
    const key = ed25519PrivateKey(hexBytes(given.seedHex));
    const derived = ed25519RawPublicKey(key).toString('hex');
    if (derived !== given.publicHex) return `public key ${derived}`;
    return ed25519Sign(key, hexBytes(given.messageHex)).toString('hex');
  }),
  ed25519_payload: section(z.object({ pkcs8PemPrivateKey: text, payload: text }), (given) => {
    const key = ed25519PrivateKeyFromPem(given.pkcs8PemPrivateKey);
    return {
      signatureBase64: ed25519Sign(key, given.payload).toString('base64'),
      signaturePercentEncoded: ed25519Parameter(key, given.payload),
    };
  }),
  hmac: section(z.object({ keyHex: text, dataHex: text }), (given) => {
    const hex = (algorithm: 'sha256' | 'sha384' | 'sha512'): string =>
      hmac(algorithm, hexBytes(given.keyHex), hexBytes(given.dataHex)).toString('hex');
    return { sha256: hex('sha256'), sha384: hex('sha384'), sha512: hex('sha512') };
  }),
  totp: section(
    z.object({
      secretBase32: text,
      algorithm: z.enum(['SHA1', 'SHA256', 'SHA512']),
      digits: z.union([z.literal(6), z.literal(7), z.literal(8)]),
      period: z.number(),
      time: z.number(),
    }),
    (given) =>
      totpCode(given.secretBase32, given.time, {
        algorithm: ({ SHA1: 'sha1', SHA256: 'sha256', SHA512: 'sha512' } as const)[given.algorithm],
        digits: given.digits,
        periodSeconds: given.period,
      }),
  ),
  kraken_book: section(z.object(sides), ({ asks, bids }) => ({
    string: checksumText(asks) + checksumText(bids),
    crc32: krakenChecksum(asks, bids),
  })),
  kraken_book_sequences: bookSequence,
  decimalToPrecision,
  precise: preciseOperation,
  numberToString,
  ccxt_signed_request: resign,
};

export type { Section };
