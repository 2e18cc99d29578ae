import { expect, it } from 'vitest';
import { ClientIdIndex } from './client-id-index.ts';

it('forgets the oldest first and tells symbols apart', () => {
  const index = new ClientIdIndex();
  for (let id = 0; id <= 20_000; id++) index.remember('BTCUSDT', String(id), `order-${id}`);
  expect(index.of('BTCUSDT', '0')).toBeUndefined();
  expect(index.of('BTCUSDT', '1')).toBe('order-1');
  expect(index.of('BTCUSDT', '20000')).toBe('order-20000');
  expect(index.of('ETHUSDT', '1')).toBeUndefined();
});
