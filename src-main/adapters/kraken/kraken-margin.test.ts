import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instrumentId } from '../../engine/domain/identifiers.ts';
import { idOf, KrakenRig, spec, stopSpec } from './testing/gateway-rig.ts';

let rig: KrakenRig;
beforeEach(async () => {
  rig = await KrakenRig.start();
});
afterEach(() => rig.close());

describe('on margin', () => {
  const XBT = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KRAKEN', product: 'MARGIN' });
  const market = { instrumentId: XBT, type: 'market', timeInForce: null, price: null } as const;
  const positions = async () => {
    const looked = await rig.gateway.snapshot([], [XBT]);
    if (!looked.ok) throw new Error(looked.error.detail);
    return looked.value.positions;
  };
  const reopen = async (leverage: number): Promise<unknown> => {
    await rig.gateway.close();
    rig.gateway = rig.open({ apiKey: rig.exchange.apiKey, secret: rig.exchange.secret }, leverage);
    return rig.gateway.connect();
  };

  it('lists pairs that offer its leverage, and says when none does', async () => {
    expect(await reopen(5)).toMatchObject([{ id: XBT }, {}]);
    expect(rig.gateway.capabilities).toMatchObject({ reduceOnly: true, positions: true, leverage: true });
    await expect(reopen(7)).rejects.toThrow('expected pairs that offer a leverage of 7, was none');
  });

  it('goes short, is stopped out by a reduce-only stop and holds no more', async () => {
    await reopen(5);
    expect(await positions()).toEqual([]);
    const entry = spec({ ...market, side: 'sell' });
    expect(await rig.single(entry)).toMatchObject({ kind: 'accepted' });
    await rig.heard(entry.clientOrderId, 'filled');
    expect(await positions()).toEqual([
      { instrumentId: XBT, quantity: '-1.000', entryPrice: '99.99000000', liquidationPrice: null },
    ]);
    const stop = stopSpec({
      instrumentId: XBT,
      side: 'buy',
      triggerPrice: '105.00',
      quantity: '1.500',
      reduceOnly: true,
    });
    expect(await rig.single(stop)).toMatchObject({ kind: 'accepted', reports: [{ venueStatus: 'live' }] });
    rig.print(10_500);
    await rig.heard(stop.clientOrderId, 'filled');
    expect(await positions()).toEqual([]);
  });

  it('takes a reduce-only stop before its position, and opens nothing by one that outlived it', async () => {
    await reopen(2);
    const stop = stopSpec({ instrumentId: XBT, quantity: '1.000', reduceOnly: true });
    expect(await rig.single({ ...spec(market), side: 'sell', reduceOnly: true })).toMatchObject({
      kind: 'rejected',
      venueCode: 'EOrder:Reduce only:No position exists',
    });
    expect(await rig.single(stop)).toMatchObject({ kind: 'accepted', reports: [{ venueStatus: 'live' }] });
    const late = { ...stop, clientOrderId: idOf('stop'), triggerPrice: '94.00' };
    expect(await rig.single(late)).toMatchObject({ kind: 'accepted' });
    await rig.single(spec(market));
    expect(await positions()).toMatchObject([{ quantity: '1.000', entryPrice: '100.01000000' }]);
    rig.print(9_490);
    await rig.heard(stop.clientOrderId, 'filled');
    rig.print(9_390);
    await rig.heard(late.clientOrderId, 'canceled');
    expect(await positions()).toEqual([]);
  });
});
