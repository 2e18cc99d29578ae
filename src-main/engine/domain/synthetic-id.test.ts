import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClientOrderId } from './client-order-id.ts';
import { accountId, venueOrderId } from './identifiers.ts';
import { syntheticOrderId } from './synthetic-id.ts';

const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);

describe('the synthetic id of an order', () => {
  it('is the same in every life, of the form of ours, and never taken for one', () => {
    expect(syntheticOrderId(accountId('paper-1'), venueOrderId('4711'))).toBe('8b8eab1a5a1799137e752e73ffc753b2');
    fc.assert(
      fc.property(name, name, (account, order) => {
        const id = syntheticOrderId(accountId(account), venueOrderId(order));
        expect(id).toMatch(/^[0-9a-f]{32}$/);
        expect(parseClientOrderId(id)).toBeUndefined();
        expect(syntheticOrderId(accountId(account), venueOrderId(order))).toBe(id);
      }),
    );
  });

  it('differs between accounts and orders', () => {
    fc.assert(
      fc.property(name, name, name, name, (a, b, c, d) => {
        fc.pre(a !== c || b !== d);
        expect(syntheticOrderId(accountId(a), venueOrderId(b))).not.toBe(
          syntheticOrderId(accountId(c), venueOrderId(d)),
        );
      }),
    );
  });
});
