import { expect, it } from 'vitest';
import { proveOrders } from './order-witness.ts';

const whole = { journaled: 2, atVenue: 2, lost: 0, duplicated: 0, strangers: 0 };

it.each([
  ['all there', ['a', 'b'], ['b', 'a'], [], whole],
  ['one lost', ['a', 'b'], ['a'], [], { ...whole, atVenue: 1, lost: 1 }],
  ['one refused', ['a', 'b'], ['a'], ['b'], { ...whole, atVenue: 1 }],
  ['one twice at the venue', ['a', 'b'], ['a', 'b', 'b'], [], { ...whole, atVenue: 3, duplicated: 1 }],
  ['one twice on record', ['a', 'a'], ['a'], [], { ...whole, atVenue: 1, duplicated: 1 }],
  ['one of nobody', ['a', 'b'], ['a', 'b', 'c'], [], { ...whole, atVenue: 3, strangers: 1 }],
])('tells of orders with %s', (_name, journaled, venue, refused, expected) => {
  expect(proveOrders(journaled, venue, new Set(refused))).toEqual(expected);
});
