import { describe, expect, it } from 'vitest';
import { decimal } from '../domain/decimal.ts';
import { accountId, type ClientOrderId, tradeId, venueOrderId } from '../domain/identifiers.ts';
import type { Fill } from '../domain/order.ts';
import { Price } from '../domain/quantities.ts';
import { INSTRUMENT } from '../testing/bracket-cases.ts';
import { createPortfolio } from './portfolio.ts';

const ACCOUNT = accountId('paper-1');
const OTHER = accountId('paper-2');
const price = (text: string): Price => Price.of(decimal(text));

function fill(changes: Partial<Fill>): Fill {
  return {
    tradeId: tradeId('1'),
    clientOrderId: '0'.repeat(32) as ClientOrderId,
    venueOrderId: venueOrderId('1'),
    accountId: ACCOUNT,
    instrumentId: INSTRUMENT.id,
    side: 'buy',
    price: '100.00',
    quantity: '1.000',
    fee: { amount: '0', asset: 'USDT' },
    liquidity: 'taker',
    tradedAtUs: 7,
    ...changes,
  };
}

function after(...fills: readonly Partial<Fill>[]) {
  const portfolio = createPortfolio();
  for (const one of fills) portfolio.applyFill(fill(one), INSTRUMENT);
  return portfolio;
}

const positionAfter = (...fills: readonly Partial<Fill>[]) => {
  const position = after(...fills).position(ACCOUNT, INSTRUMENT.id);
  return {
    quantity: position?.quantity.toString(),
    average: position?.averageEntryPrice?.toString() ?? null,
    realized: position?.realizedPnl.toString(),
    openedAtUs: position?.openedAtUs,
  };
};

describe('position from own fills', () => {
  it('loses the fee taken in the base asset, at cost', () => {
    expect(positionAfter({ fee: { amount: '0.00100000', asset: 'BTC' } })).toMatchObject({
      quantity: '0.99900000',
      average: '100.000000',
      realized: '-0.100000000000',
    });
  });

  it('averages what it adds and realizes what it closes', () => {
    const bought = [{}, { price: '110.00' }];
    expect(positionAfter(...bought)).toMatchObject({ quantity: '2.000', average: '105.000000', realized: '0.00' });
    expect(positionAfter(...bought, { side: 'sell', price: '120.00', quantity: '0.500' })).toMatchObject({
      quantity: '1.500',
      average: '105.000000',
      realized: '7.500000000000',
    });
  });

  it('takes a fee in the quote asset off the result', () => {
    const sold = { side: 'sell', price: '101.00', fee: { amount: '0.101', asset: 'USDT' } } as const;
    expect(positionAfter({}, sold)).toEqual({
      quantity: '0.000',
      average: null,
      realized: '0.89900',
      openedAtUs: null,
    });
  });

  it('goes through zero as a close and an open', () => {
    expect(positionAfter({}, { side: 'sell', price: '90.00', quantity: '3.000', tradedAtUs: 9 })).toEqual({
      quantity: '-2.000',
      average: '90.000000',
      realized: '-10.00000',
      openedAtUs: 9,
    });
  });

  it('leaves no cost behind when thirds do not divide', () => {
    const third = { side: 'sell', price: '100.00', quantity: '0.001' } as const;
    expect(positionAfter({ quantity: '0.003', price: '0.01' }, third, third, third)).toMatchObject({ average: null });
    const portfolio = after({ quantity: '0.003', price: '0.01' }, third, third, third);
    expect(portfolio.position(ACCOUNT, INSTRUMENT.id)?.unrealizedPnl?.toString()).toBe('0');
  });

  it('keeps accounts apart and fees in their asset', () => {
    const portfolio = after({ fee: { amount: '0.002', asset: 'BNB' } }, { accountId: OTHER, quantity: '2.000' });
    expect(portfolio.positions().map(({ accountId: id, quantity }) => [id, quantity.toString()])).toEqual([
      [ACCOUNT, '1.000'],
      [OTHER, '2.000'],
    ]);
    const position = portfolio.position(ACCOUNT, INSTRUMENT.id);
    expect(position?.fees.get('BNB')?.toString()).toBe('0.002');
    expect(position?.unbookedFees.map(String)).toEqual(['0.002']);
    expect(portfolio.position(accountId('none'), INSTRUMENT.id)).toBeUndefined();
  });
});

describe('valuation', () => {
  const balances = [
    { asset: 'USDT', free: '100.5', locked: '10' },
    { asset: 'BTC', free: '0.3', locked: '0.1' },
    { asset: 'ETH', free: '0', locked: '0.0' },
  ];
  const rates = new Map([['BTC', decimal('30000.123456789')]]);
  const rateOf = (asset: string) => rates.get(asset) ?? null;

  it('adds free and locked balances in the reporting asset, rounded down', () => {
    const equity = createPortfolio().equity(balances, 'USDT', rateOf);
    expect(`${String(equity)} ${equity?.asset ?? ''}`).toBe('12110.54938271 USDT');
  });

  it('is unknown when a rate is missing', () => {
    expect(
      createPortfolio().equity([...balances, { asset: 'SHIB', free: '1', locked: '0' }], 'USDT', rateOf),
    ).toBeNull();
  });

  it('has a PnL of own fills only, third-asset fees included', () => {
    const portfolio = after({ fee: { amount: '0.01', asset: 'BNB' } }, { accountId: OTHER, price: '50.00' });
    expect(portfolio.pnl(null, 'USDT', rateOf)).toBeNull();
    portfolio.setMark(INSTRUMENT.id, price('103.00'));
    expect(portfolio.pnl(ACCOUNT, 'USDT', rateOf)).toBeNull();
    expect(portfolio.pnl(ACCOUNT, 'USDT', () => decimal('200'))?.toString()).toBe('1.00000000');
    expect(portfolio.pnl(OTHER, 'USDT', rateOf)?.toString()).toBe('53.00000000');
    expect(portfolio.pnl(null, 'USDT', () => decimal('200'))?.toString()).toBe('54.00000000');
  });

  it('refuses a snapshot of another version', () => {
    expect(() => createPortfolio().restore({ version: 2, ledgers: [], marks: {} })).toThrow('of version 1, was 2');
  });
});
