import { describe, expect, it } from 'vitest';
import { makeClientOrderId } from '../../engine/domain/client-order-id.ts';
import { accountId, instrumentId } from '../../engine/domain/identifiers.ts';
import { compareBooks, type OwnBooks, unaccountedIntents } from './compare-books.ts';
import type { VenueAccount } from './venue-witness.ts';

const paper = accountId('paper-01');
const btc = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' });
const entry = makeClientOrderId({ installation: '0badcafe', epoch: 3, counter: 1, role: 'entry' });

const order = { clientOrderId: entry, symbol: 'BTCUSDT', status: 'FILLED', type: 'LIMIT' };
const fill = { tradeId: 9, clientOrderId: entry, symbol: 'BTCUSDT', price: '40000', quantity: '0.1' };
const position = { symbol: 'BTCUSDT', held: '0.0999', isProtected: true, longestUnprotectedMs: 0 };

function venue(changes: Partial<VenueAccount> = {}): VenueAccount {
  return {
    account: 'paper-01',
    accountId: paper,
    sentBeforeCommit: 0,
    intentsChecked: 1,
    unprotectedMs: 0,
    fills: [{ ...fill, commission: '0.0001', commissionAsset: 'BTC' }],
    positions: [position],
    balances: [{ asset: 'BTC', free: '0', locked: '0.09990000' }],
    orders: [order],
    ...changes,
  };
}

type Changes = { status?: string; quantity?: string; free?: string; locked?: string; pending?: object | null };

function own({ status = 'filled', quantity = '0.0999', free = '0', locked = '0.0999', pending = null }: Changes = {}) {
  const view = {
    instruments: () => [{ id: btc, venueSymbol: 'BTCUSDT' }],
    exposures: () => [{ accountId: paper, instrumentId: btc, quantity }],
    balances: () => [{ asset: 'BTC', free, locked }],
    order: () => ({ status, pending, filled: status === 'filled' ? '0.1' : '0' }),
  } as unknown as OwnBooks['view'];
  const applied = {
    tradeId: '9',
    clientOrderId: entry,
    accountId: paper,
    instrumentId: btc,
    price: '40000',
    quantity: '0.1',
    fee: { amount: '0.0001', asset: 'BTC' },
  };
  return { intents: new Map([[entry, 5]]), fills: new Map([['9', applied as never]]), view } satisfies OwnBooks;
}

describe('the books of journal and venue', () => {
  it('agree when nothing is wrong', () => {
    expect(compareBooks(own(), [venue()])).toEqual({ duplicated: [], unintended: [], differing: [] });
    expect(unaccountedIntents(own(), [venue()])).toEqual([]);
  });

  it('show an order sent before its intent was on disk', () => {
    const books = { ...own(), intents: new Map<string, number>() };
    expect(compareBooks(books, [venue({ sentBeforeCommit: 1 })])).toMatchObject({
      unintended: [entry],
      differing: ['paper-01: 1 orders sent before they were on disk'],
    });
  });

  it('show an order that exists twice', () => {
    expect(compareBooks(own(), [venue({ orders: [order, order] })]).duplicated).toEqual([entry]);
  });

  it('show a fill that only one side knows', () => {
    expect(compareBooks({ ...own(), fills: new Map() }, [venue()]).differing).toEqual([
      'paper-01: trade 9 of BTCUSDT is not in the journal',
      'the journal has 0 fills, the venue 1',
    ]);
    expect(compareBooks(own(), [venue({ fills: [] })]).differing).toHaveLength(1);
  });

  it('show a position that a fill counted twice would leave', () => {
    expect(compareBooks(own({ quantity: '0.1998' }), [venue()]).differing).toEqual([
      'paper-01: BTCUSDT held 0.0999, by the journal 0.1998',
    ]);
  });

  it('show balances that differ, also where only the lock does', () => {
    expect(compareBooks(own({ free: '0.1' }), [venue()]).differing).toHaveLength(1);
    expect(compareBooks(own({ free: '0.0999', locked: '0' }), [venue()]).differing).toHaveLength(1);
  });
});

describe('an intent', () => {
  it('without any order at the venue must be known to have never existed', () => {
    const nothing = [venue({ orders: [] })];
    expect(unaccountedIntents(own({ status: 'rejected' }), nothing)).toEqual([]);
    expect(unaccountedIntents(own({ status: 'submitted' }), nothing)).toHaveLength(1);
    expect(unaccountedIntents(own({ status: 'filled' }), nothing)).toHaveLength(1);
  });

  it('is not accounted for while open here and closed there, the other way round, or with a command on its way', () => {
    expect(unaccountedIntents(own({ status: 'accepted' }), [venue()])).toHaveLength(1);
    expect(unaccountedIntents(own(), [venue({ orders: [{ ...order, status: 'NEW' }] })])).toHaveLength(1);
    expect(unaccountedIntents(own({ pending: { command: 'cancel' } }), [venue()])).toHaveLength(1);
  });
});
