import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openIntentProbe } from './intent-probe.ts';
import { call, control, startTestExchange } from './testing/practice-client.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'intent-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The part of a journal that the probe reads. */
function journal(name = 'journal.db') {
  const db = new Database(join(directory, name));
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE journal(sequence INTEGER PRIMARY KEY, client_order_ids TEXT NOT NULL)');
  const insert = db.prepare('INSERT INTO journal(client_order_ids) VALUES (?)');
  return { write: (...ids: string[]) => insert.run(JSON.stringify(ids)), close: () => db.close() };
}

it('finds ids that were committed and no others', () => {
  const probe = openIntentProbe(join(directory, 'journal.db'));
  expect(probe.isOnDisk(['a'])).toBe(false);
  const writer = journal();
  writer.write('first', 'second');
  expect(probe.isOnDisk(['first', 'second'])).toBe(true);
  expect(probe.isOnDisk(['first', 'third'])).toBe(false);
  expect(probe.isOnDisk(['firs'])).toBe(false);
  writer.write('third');
  expect(probe.isOnDisk(['first', 'third'])).toBe(true);
  probe.close();
  writer.close();
});

it('counts creates that came before their intent', async () => {
  const writer = journal();
  writer.write('known');
  const exchange = await startTestExchange({ intentJournal: join(directory, 'journal.db') });
  const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: '99' };
  await call(exchange, 'POST /api/v3/order', { ...order, newClientOrderId: 'known' }, 0);
  expect(await control(exchange, 'GET', 'ledger')).toMatchObject({ sentBeforeCommit: 0, intentsChecked: 1 });
  await call(exchange, 'POST /api/v3/order', { ...order, newClientOrderId: 'unknown' }, 0);
  expect(await control(exchange, 'GET', 'ledger')).toMatchObject({
    sentBeforeCommit: 1,
    intentsChecked: 2,
    creates: 2,
  });
  await exchange.close();
  writer.close();
});
