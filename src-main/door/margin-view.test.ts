import { describe, expect, it } from 'vitest';
import type { AccountMargin } from '../engine/core/account-margin.ts';
import type { ExposureView } from '../engine/core/core-view.ts';
import { decimal } from '../engine/domain/decimal.ts';
import { accountId, type InstrumentId } from '../engine/domain/identifiers.ts';
import { Money, Price, Quantity } from '../engine/domain/quantities.ts';
import type { EngineFacts } from './engine-facts.ts';
import { marginDto } from './margin-view.ts';
import { positionDto } from './position-view.ts';

const ACCOUNT = accountId('cross-01');
const BTC = 'BTC/USDT.BINANCE.MARGIN' as InstrumentId;
const standing = { level: '3.2', liquidationLevel: '1.1', freeMargin: null, asset: 'USDT' };
const usdt = (text: string) => Money.of(decimal(text), 'USDT');

/** A position of ours in an account that its venue told of as given. */
function shown(margins: readonly AccountMargin[], carry: readonly Money[] = []) {
  const position = {
    ...{ accountId: ACCOUNT, instrumentId: BTC, quantity: Quantity.of(decimal('1')), openedAtUs: 1 },
    ...{ averageEntryPrice: Price.of(decimal('100')), mark: Price.of(decimal('110')) },
    ...{ realizedPnl: usdt('-0.25'), unrealizedPnl: usdt('10'), carry: new Map(carry.map((one) => [one.asset, one])) },
  };
  const exposure = {
    ...{ accountId: ACCOUNT, instrumentId: BTC, openOrders: [], covered: '1', isFlat: false, isBare: false },
    protection: { unprotectedUs: 0, unprotectedSinceUs: null },
  };
  const facts = { position: () => position, nowUs: () => 1, order: () => undefined, margins: () => margins };
  return positionDto(facts as unknown as EngineFacts, exposure as unknown as ExposureView);
}

describe('an account with debts', () => {
  it('is shown as its venue told, and as unknown when it did not', () => {
    const told = { standing, positions: [] };
    expect(marginDto({ accountId: ACCOUNT, told })).toEqual({
      ...{ accountId: ACCOUNT, isKnown: true, level: '3.2', liquidationLevel: '1.1' },
      ...{ freeMargin: null, currency: 'USDT' },
    });
    expect(marginDto({ accountId: ACCOUNT, told: null })).toMatchObject({ isKnown: false, level: null });
  });
});

describe('a position', () => {
  it('has costs to the last digit, in whatever they were paid', () => {
    const coins = Money.of(decimal('-0.00000417'), 'BTC');
    expect(shown([], [usdt('-0.250000000001'), coins])?.carry).toEqual([
      { amount: '-0.250000000001', asset: 'USDT' },
      { amount: '-0.00000417', asset: 'BTC' },
    ]);
  });

  const priced = [{ instrumentId: BTC, quantity: '1', entryPrice: null, liquidationPrice: '55.5' }];
  it.each<[string, readonly AccountMargin[], unknown]>([
    ['none on spot', [], null],
    ['a known one', [{ accountId: ACCOUNT, told: { standing, positions: priced } }], { isKnown: true, price: '55.5' }],
    ['no price to tell', [{ accountId: ACCOUNT, told: { standing, positions: [] } }], { isKnown: true, price: null }],
    ['an unknown one', [{ accountId: ACCOUNT, told: null }], { isKnown: false, price: null }],
  ])('has a liquidation: %s', (_name, margins, expected) => {
    expect(shown(margins)?.liquidation).toEqual(expected);
  });
});
