import { Decimal as Reference } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal } from '../domain/decimal.ts';
import { accountId, type ClientOrderId, instrumentId, tradeId, venueOrderId } from '../domain/identifiers.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { Fill } from '../domain/order.ts';
import { Price } from '../domain/quantities.ts';
import type { JsonValue } from '../ports/store.ts';
import { INSTRUMENT } from '../testing/bracket-cases.ts';
import { createPortfolio } from './portfolio.ts';

const Exact = Reference.clone({ precision: 400 });
const ACCOUNTS = [accountId('a'), accountId('b')] as const;
const ETH: Instrument = {
  ...INSTRUMENT,
  id: instrumentId({ base: 'ETH', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' }),
  base: 'ETH',
};
const INSTRUMENTS = [INSTRUMENT, ETH] as const;

type Draw = {
  readonly account: number;
  readonly instrument: number;
  readonly side: 'buy' | 'sell';
  readonly lots: number;
  readonly ticks: number;
  readonly fee: number;
  readonly feeAsset: 'base' | 'quote' | 'BNB';
};

const draws: fc.Arbitrary<readonly Draw[]> = fc.array(
  fc.record({
    account: fc.nat(1),
    instrument: fc.nat(1),
    side: fc.constantFrom('buy', 'sell'),
    lots: fc.integer({ min: 1, max: 5_000 }),
    ticks: fc.integer({ min: 1, max: 200_000 }),
    fee: fc.nat(100_000),
    feeAsset: fc.constantFrom('base', 'quote', 'BNB'),
  }),
  { maxLength: 30 },
);

const at = <T>(list: readonly [T, T], index: number): T => (index === 0 ? list[0] : list[1]);

function fillOf(draw: Draw, index: number): Fill {
  const instrument = at(INSTRUMENTS, draw.instrument);
  const assets = { base: instrument.base, quote: instrument.quote, BNB: 'BNB' };
  return {
    tradeId: tradeId(`t${index}`),
    clientOrderId: '0'.repeat(32) as ClientOrderId,
    venueOrderId: venueOrderId(`v${index}`),
    accountId: at(ACCOUNTS, draw.account),
    instrumentId: instrument.id,
    side: draw.side,
    price: (draw.ticks / 100).toFixed(2),
    quantity: (draw.lots / 1_000).toFixed(3),
    fee: { amount: (draw.fee / 1e8).toFixed(8), asset: assets[draw.feeAsset] },
    liquidity: 'taker',
    tradedAtUs: index,
  };
}

/** The same books kept by plain sums in another arithmetic. */
function sums(fills: readonly Fill[], base: string, quote: string) {
  let [quantity, cash] = [new Exact(0), new Exact(0)];
  for (const { side, price, quantity: size, fee } of fills) {
    const sign = side === 'buy' ? 1 : -1;
    quantity = quantity.plus(new Exact(size).mul(sign));
    cash = cash.minus(new Exact(size).mul(price).mul(sign));
    if (fee.asset === base) quantity = quantity.minus(fee.amount);
    if (fee.asset === quote) cash = cash.minus(fee.amount);
  }
  return { quantity, cash };
}

type Cost = { readonly asset: 'BTC' | 'ETH' | 'USDT' | 'BNB'; readonly units: number; readonly named: boolean };

const costs: fc.Arbitrary<readonly Cost[]> = fc.array(
  fc.record({
    asset: fc.constantFrom('BTC', 'ETH', 'USDT', 'BNB'),
    units: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    named: fc.boolean(),
  }),
  { maxLength: 8 },
);

describe('portfolio of any fills and charges', () => {
  it('divides a charge among positions and loses none of it, and counts one of no position of ours not at all', () => {
    fc.assert(
      fc.property(draws, costs, (drawn, booked) => {
        const [bare, portfolio] = [createPortfolio(), createPortfolio()];
        drawn.forEach((draw, index) => {
          const fill = { ...fillOf(draw, index), accountId: ACCOUNTS[0] };
          for (const one of [bare, portfolio]) one.applyFill(fill, at(INSTRUMENTS, draw.instrument));
        });
        let expected = new Exact(0);
        booked.forEach(({ asset, units, named }, index) => {
          const amount = (units / 1e8).toFixed(8);
          const traded = bare.positions().map(({ instrumentId }) => instrumentId);
          portfolio.applyCharge(ACCOUNTS[0], {
            ...{ chargeId: `c${index}`, kind: 'interest', asset, amount, chargedAtUs: index },
            instrumentId: named ? ETH.id : null,
          });
          const isOurs = named
            ? traded.includes(ETH.id)
            : asset === 'USDT'
              ? traded.length > 0
              : traded.some((id) => id.startsWith(`${asset}/`));
          if (isOurs) expected = expected.plus(amount);
        });
        for (const one of [bare, portfolio])
          for (const { id } of INSTRUMENTS) one.setMark(id, Price.of(decimal('100')));
        // Every asset at a price of one: the sum of all charges is what the PnL changed by, to the last digit.
        const one = () => decimal('1');
        const pnlOf = (each: typeof bare) => new Exact(String(each.pnl(ACCOUNTS[0], 'USDT', one)));
        const carried = portfolio
          .positions()
          .flatMap(({ carry }) => [...carry.values()])
          .reduce((sum, amount) => sum.plus(amount.toString()), new Exact(0));
        expect(carried.toString()).toBe(expected.toString());
        expect(pnlOf(portfolio).minus(pnlOf(bare)).minus(expected).abs().lte('1e-8')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('portfolio of any fills', () => {
  it('holds the sum of its fills, and its PnL is cash flow plus mark value less fees, exactly', () => {
    fc.assert(
      fc.property(draws, fc.integer({ min: 1, max: 200_000 }), (drawn, markTicks) => {
        const fills = drawn.map(fillOf);
        const portfolio = createPortfolio();
        fills.forEach((fill, index) => portfolio.applyFill(fill, at(INSTRUMENTS, drawn[index]?.instrument ?? 0)));
        const mark = (markTicks / 100).toFixed(2);
        for (const { id } of INSTRUMENTS) portfolio.setMark(id, Price.of(decimal(mark)));
        for (const position of portfolio.positions()) {
          const own = fills.filter(
            (fill) => fill.accountId === position.accountId && fill.instrumentId === position.instrumentId,
          );
          const { base, quote } = position.instrumentId === ETH.id ? ETH : INSTRUMENT;
          const { quantity, cash } = sums(own, base, quote);
          expect(new Exact(position.quantity.toString()).eq(quantity)).toBe(true);
          const pnl = new Exact(position.realizedPnl.toString()).plus(position.unrealizedPnl?.toString() ?? 'NaN');
          expect(pnl.toString()).toBe(cash.plus(quantity.mul(mark)).toString());
          expect(position.openedAtUs === null).toBe(position.quantity.isZero);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads itself back from a snapshot in the middle', () => {
    fc.assert(
      fc.property(draws, fc.nat(30), (drawn, cut) => {
        const straight = createPortfolio();
        let resumed = createPortfolio();
        drawn.forEach((draw, index) => {
          if (index === cut) {
            const stored = JSON.parse(JSON.stringify(resumed.snapshot())) as JsonValue;
            resumed = createPortfolio();
            resumed.restore(stored);
          }
          const instrument = at(INSTRUMENTS, draw.instrument);
          for (const portfolio of [straight, resumed]) {
            portfolio.applyFill(fillOf(draw, index), instrument);
            portfolio.setMark(instrument.id, Price.of(decimal((draw.ticks / 100).toFixed(2))));
          }
        });
        expect(JSON.stringify(resumed.snapshot())).toBe(JSON.stringify(straight.snapshot()));
        expect(JSON.stringify(resumed.positions())).toBe(JSON.stringify(straight.positions()));
      }),
    );
  });

  it('has an average between the best and the worst price paid while it only buys', () => {
    const buys = draws.map((list) =>
      list.map((draw) => ({ ...draw, account: 0, instrument: 0, side: 'buy' as const, feeAsset: 'quote' as const })),
    );
    fc.assert(
      fc.property(buys, (drawn) => {
        fc.pre(drawn.length > 0);
        const portfolio = createPortfolio();
        drawn.forEach((draw, index) => portfolio.applyFill(fillOf(draw, index), INSTRUMENT));
        const average =
          portfolio.position(ACCOUNTS[0], INSTRUMENT.id)?.averageEntryPrice?.toNumberLossy() ?? Number.NaN;
        const prices = drawn.map(({ ticks }) => ticks / 100);
        expect(average).toBeGreaterThanOrEqual(Math.min(...prices) - 1e-6);
        expect(average).toBeLessThanOrEqual(Math.max(...prices) + 1e-6);
      }),
    );
  });
});
