import { describe, expect, it } from 'vitest';
import { EngineFixture, listWish, wish } from './testing/engine-fixture.ts';
import { Ledger } from './ledger.ts';

class Witness extends EngineFixture {
  readonly ledger = new Ledger(this.engine.state);
  private seen = 0;

  at(wallMs: number): this {
    this.catchUp();
    this.now = { ...this.now, wallMs };
    return this;
  }

  report() {
    this.catchUp();
    return this.ledger.report(this.account, this.now.wallMs);
  }

  catchUp(): void {
    for (const event of this.events.slice(this.seen)) this.ledger.record(event);
    this.seen = this.events.length;
  }
}

describe('the ledger', () => {
  it('measures how long bought coins stood without a live stop', () => {
    const witness = new Witness();
    witness.at(1_000).place(wish({ type: 'MARKET', quantity: '1' }));
    witness.at(1_400).place(wish({ side: 'SELL', type: 'STOP_LOSS', stopPrice: '95', quantity: '0.999' }));
    expect(witness.at(9_000).report().positions).toMatchObject([
      { symbol: 'BTCUSDT', held: '0.99900000', isProtected: true, unprotectedMs: 400, unprotectedEpisodes: 1 },
    ]);
  });

  it('counts on while a position is bare', () => {
    const witness = new Witness();
    witness.at(1_000).place(wish({ type: 'MARKET', quantity: '1' }));
    expect(witness.at(1_250).report().unprotectedMs).toBe(250);
    expect(witness.at(1_300).report().unprotectedMs).toBe(300);
  });

  it('sees no gap when the legs come with the fill, and none for dust', () => {
    const witness = new Witness();
    const leg = wish({ side: 'SELL', type: 'STOP_LOSS', stopPrice: '95', quantity: '0.99' });
    witness
      .at(1_000)
      .placeList(listWish({ working: wish({ price: '100.05', quantity: '1', timeInForce: 'FOK' }), legs: [leg] }));
    const report = witness.at(5_000).report();
    expect(report).toMatchObject({ unprotectedMs: 0, orders: [{ status: 'FILLED' }, { status: 'NEW' }] });
    expect(report.fills).toMatchObject([{ price: '100.01000000', quantity: '1.00000000', commission: '0.00100000' }]);
  });

  it('does not take a pending leg for protection', () => {
    const witness = new Witness();
    const leg = wish({ side: 'SELL', type: 'STOP_LOSS', stopPrice: '95', quantity: '1.9' });
    witness.at(1_000).placeList(listWish({ working: wish({ price: '100.01', quantity: '2' }), legs: [leg] }));
    expect(witness.at(1_500).report()).toMatchObject({ unprotectedMs: 500, positions: [{ isProtected: false }] });
  });
});
