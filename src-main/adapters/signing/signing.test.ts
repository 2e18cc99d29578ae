import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  ed25519Parameter,
  ed25519PrivateKey,
  ed25519PrivateKeyFromPem,
  ed25519PublicKey,
  ed25519RawPublicKey,
  ed25519Sign,
  ed25519Verify,
} from './ed25519.ts';
import { signBinance, signKraken } from './venue-signatures.ts';

describe('Ed25519', () => {
  const key = ed25519PrivateKey(Buffer.alloc(32, 7));

  it('verifies with the raw public key and refuses another message', () => {
    const publicKey = ed25519PublicKey(ed25519RawPublicKey(key));
    const signature = ed25519Sign(key, 'message');
    expect(ed25519Verify(publicKey, 'message', signature)).toBe(true);
    expect(ed25519Verify(publicKey, 'massage', signature)).toBe(false);
    expect(decodeURIComponent(ed25519Parameter(key, 'message'))).toBe(signature.toString('base64'));
  });

  it('refuses keys of another kind or length', () => {
    expect(() => ed25519PrivateKey(Buffer.alloc(31))).toThrow('expected 32 key bytes, was 31');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const pem = rsa.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => ed25519PrivateKeyFromPem(pem)).toThrow('expected an Ed25519 private key, was rsa');
  });
});

describe('venue signatures', () => {
  it('change with every part of the request', () => {
    expect(signBinance('secret', 'a=1')).not.toBe(signBinance('secret', 'a=2'));
    const secret = Buffer.from('made up').toString('base64');
    const signed = [
      signKraken(secret, '/0/private/AddOrder', '1', 'nonce=1'),
      signKraken(secret, '/0/private/CancelOrder', '1', 'nonce=1'),
      signKraken(secret, '/0/private/AddOrder', '2', 'nonce=1'),
      signKraken(secret, '/0/private/AddOrder', '1', 'nonce=2'),
    ];
    expect(new Set(signed).size).toBe(4);
  });
});
