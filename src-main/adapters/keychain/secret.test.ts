import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.ts';

const CANARY = 'canary-of-a-secret';

describe('Secret', () => {
  const secret = new Secret(CANARY);

  it.each([
    ['string conversion', `${String(secret)}!`],
    ['JSON', JSON.stringify({ nested: { secret } })],
    ['inspection', inspect({ nested: [secret] }, { depth: 9, showHidden: true })],
    ['own property names', Object.getOwnPropertyNames(secret).join()],
  ])('does not show its text in %s', (_how, text) => {
    expect(text).not.toContain(CANARY);
  });

  it('reveals its text when asked', () => {
    expect(secret.reveal()).toBe(CANARY);
  });

  it('does not survive structured cloning into a message', () => {
    expect(JSON.stringify(structuredClone({ secret }))).not.toContain(CANARY);
  });
});
