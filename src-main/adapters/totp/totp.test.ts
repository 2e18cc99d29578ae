import { describe, expect, it } from 'vitest';
import { newTotpSecret, totpCode, verifyTotp } from './totp.ts';

const NOW = 1_700_000_000;

describe('TOTP', () => {
  it('accepts the current code and the one before, never the next', () => {
    const secret = newTotpSecret();
    const check = (code: string) => verifyTotp({ secret, code, unixSeconds: NOW });
    expect(check(totpCode(secret, NOW))).toBe(Math.floor(NOW / 30));
    expect(check(totpCode(secret, NOW - 30))).toBe(Math.floor(NOW / 30) - 1);
    expect(check(totpCode(secret, NOW - 90))).toBeUndefined();
    expect(check(totpCode(secret, NOW + 60))).toBeUndefined();
  });

  it('refuses a code that was used', () => {
    const secret = newTotpSecret();
    const code = totpCode(secret, NOW);
    const step = verifyTotp({ secret, code, unixSeconds: NOW });
    expect(verifyTotp({ secret, code, unixSeconds: NOW, afterStep: step! })).toBeUndefined();
  });

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６'])('refuses the text %j', (code) => {
    expect(verifyTotp({ secret: newTotpSecret(), code, unixSeconds: NOW })).toBeUndefined();
  });

  it('makes secrets of 160 bits that differ', () => {
    expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(newTotpSecret());
  });
});
