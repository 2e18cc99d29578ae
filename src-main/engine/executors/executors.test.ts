import { describe, expect, it } from 'vitest';
import { decimal } from '../domain/decimal.ts';
import type { ExecutorParams, ExecutorRequest } from '../domain/executor.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import { instrumentOf } from '../domain/listed-instrument.ts';
import { Price, Quantity } from '../domain/quantities.ts';
import { ACCOUNT, BTC, LISTED } from '../testing/core-session.ts';
import { executorOf } from './catalog.ts';
import type { Child, Look, Plan } from './executor.ts';

const price = (text: string): Price => Price.of(decimal(text));
const quantity = (text: string): Quantity => Quantity.of(decimal(text));

const PYRAMID = {
  kind: 'pyramid',
  addQuantity: '1.000',
  stepRatio: '0.01',
  stopRatio: '0.02',
  maxAdds: 3,
  riskLimit: '5',
} as const;
const CHASE = { kind: 'chase', limitPrice: null, maxRepegs: 2 } as const;
const DCA = { kind: 'dca', tranches: 4, intervalMs: 60_000, dropRatio: '0.01' } as const;
const GRID = { kind: 'grid', lower: '98.00', upper: '102.00', levels: 5 } as const;
const TWAP = { kind: 'twap', durationMs: 40_000, slices: 4, jitterRatio: '0', limitPrice: null } as const;
const SCALE = { kind: 'scale', parts: [{ price: '99.00', quantity: '1.000' }] } as const;
const ICEBERG = { kind: 'iceberg', price: '99.50', displayQuantity: '1.500', jitterRatio: '0' } as const;
const LADDER = { kind: 'ladder', from: '99.00', to: '98.00', levels: 3 } as const;
const POV = { kind: 'pov', participation: '0.1', limitPrice: null } as const;

const requestOf = (params: ExecutorParams, over: Partial<ExecutorRequest> = {}): ExecutorRequest => ({
  accountId: ACCOUNT,
  strategyId: null,
  instrumentId: BTC,
  side: 'buy',
  quantity: '4.000',
  reduceOnly: false,
  protection: { stopTrigger: '96.00', stopLimit: '95.50', target: null },
  params,
  ...over,
});

const look = (request: ExecutorRequest, over: Partial<Look> = {}): Look => ({
  timeUs: 0,
  startedAtUs: 0,
  request,
  instrument: instrumentOf(LISTED),
  market: { bid: price('99.99'), ask: price('100.01') },
  bar: null,
  left: quantity('4.000'),
  children: [],
  isWaiting: false,
  position: Quantity.zero(),
  averageEntry: null,
  stop: null,
  memo: {},
  random: () => 0,
  ...over,
});

/** What an executor wants of one look; `sell` gives its parent the other side. */
function planOf(params: ExecutorParams, over: Partial<Look> = {}, side: 'buy' | 'sell' = 'buy'): Plan {
  const protection = side === 'buy' ? undefined : { stopTrigger: '104.00', stopLimit: '104.50', target: null };
  const request = requestOf(params, { side, ...(protection === undefined ? {} : { protection }) });
  return executorOf(params.kind)!.step(params, look(request, over));
}

const placed = (plan: Plan): readonly (readonly [string, string])[] =>
  plan.place.map((child) => [child.price.toString(), child.quantity.toString()] as const);

const child = (over: Partial<Child> = {}): Child => ({
  clientOrderId: 'c1' as ClientOrderId,
  side: 'buy',
  price: '100.00',
  quantity: quantity('1.000'),
  filled: Quantity.zero(),
  isOpen: true,
  ...over,
});

describe('the parameters of an executor', () => {
  it.each<[field: string | null, params: ExecutorParams, over: Partial<ExecutorRequest>]>([
    [null, PYRAMID, {}],
    ['side', PYRAMID, { reduceOnly: true }],
    ['addQuantity', { ...PYRAMID, addQuantity: '0' }, {}],
    ['stepRatio', { ...PYRAMID, stepRatio: '1' }, {}],
    ['stopRatio', { ...PYRAMID, stopRatio: '0' }, {}],
    ['maxAdds', { ...PYRAMID, maxAdds: 101 }, {}],
    ['riskLimit', { ...PYRAMID, riskLimit: '-5' }, {}],
    [null, { ...CHASE, limitPrice: '101.00' }, {}],
    ['maxRepegs', { ...CHASE, maxRepegs: 0 }, {}],
    ['limitPrice', { ...CHASE, limitPrice: 'high' }, {}],
    [null, DCA, {}],
    ['tranches', { ...DCA, tranches: 1.5 }, {}],
    ['intervalMs', { ...DCA, intervalMs: 0 }, {}],
    ['dropRatio', { ...DCA, dropRatio: '1.2' }, {}],
    [null, GRID, {}],
    ['side', GRID, { side: 'sell' }],
    ['lower', { ...GRID, lower: '' }, {}],
    ['upper', { ...GRID, upper: '98.00' }, {}],
    ['levels', { ...GRID, levels: 1 }, {}],
    [null, { ...TWAP, limitPrice: '100.00' }, {}],
    ['durationMs', { ...TWAP, durationMs: -1 }, {}],
    ['slices', { ...TWAP, slices: 1_001 }, {}],
    ['jitterRatio', { ...TWAP, jitterRatio: '1' }, {}],
    ['limitPrice', { ...TWAP, limitPrice: 'none' }, {}],
    [null, SCALE, {}],
    ['parts', { ...SCALE, parts: [] }, {}],
    ['parts', { ...SCALE, parts: [{ price: '99.00', quantity: '0' }] }, {}],
    ['quantity', { ...SCALE, parts: [{ price: '99.00', quantity: '4.001' }] }, {}],
    [null, ICEBERG, {}],
    ['price', { ...ICEBERG, price: '1e2' }, {}],
    ['displayQuantity', { ...ICEBERG, displayQuantity: 'some' }, {}],
    ['jitterRatio', { ...ICEBERG, jitterRatio: '-0.1' }, {}],
    [null, LADDER, {}],
    ['from', { ...LADDER, from: 'low' }, {}],
    ['to', { ...LADDER, to: 'high' }, {}],
    ['levels', { ...LADDER, levels: 0 }, {}],
    [null, { ...POV, limitPrice: '101.00' }, {}],
    ['participation', { ...POV, participation: '0' }, {}],
    ['limitPrice', { ...POV, limitPrice: 'any' }, {}],
  ])('the unusable one is named: %s of %o', (field, params, over) => {
    expect(executorOf(params.kind)?.check(params, requestOf(params, over))).toBe(field);
  });
});

describe('an executor without a market', () => {
  it.each([PYRAMID, CHASE, DCA, GRID, TWAP, SCALE, POV])('$kind places nothing', (params) => {
    expect(planOf(params, { market: null })).toMatchObject({ place: [], cancel: [], isDone: false });
  });
});

describe('chase', () => {
  it.each([
    ['buy', null, '99.99'],
    ['buy', '99.50', '99.50'],
    ['buy', '101.00', '99.99'],
    ['sell', null, '100.01'],
    ['sell', '100.50', '100.50'],
    ['sell', '99.00', '100.01'],
  ] as const)('a %s with the limit %s rests at %s', (side, limitPrice, at) => {
    expect(placed(planOf({ ...CHASE, limitPrice }, {}, side))).toEqual([[at, '4.000']]);
  });

  it('moves a sale down after the market, and leaves one that is at the front', () => {
    const behind = child({ side: 'sell', price: '100.20' });
    const front = child({ side: 'sell', price: '100.01' });
    expect(planOf(CHASE, { children: [behind] }, 'sell')).toMatchObject({ cancel: ['c1'], memo: { repegs: 1 } });
    expect(planOf(CHASE, { children: [front] }, 'sell')).toMatchObject({ cancel: [], place: [], memo: {} });
  });
});

describe('dca', () => {
  const memo = { sent: 1, sentAtUs: 0, price: '100.00' };
  const market = (text: string): Partial<Look> => ({ memo, market: { bid: price(text), ask: price(text) } });

  it.each([
    ['buy', '99.00', 1],
    ['buy', '99.01', 0],
    ['sell', '101.00', 1],
    ['sell', '100.99', 0],
  ] as const)('a %s at %s is early enough for %d more', (side, at, count) => {
    expect(planOf(DCA, market(at), side).place).toHaveLength(count);
  });

  it('waits for its time alone where no drop is named', () => {
    expect(planOf({ ...DCA, dropRatio: null }, market('50.00')).place).toEqual([]);
    expect(planOf({ ...DCA, dropRatio: null }, { ...market('50.00'), timeUs: 60_000_000 }).place).toHaveLength(1);
  });
});

describe('twap', () => {
  it('is over after its time and a slice more, but not before its last order is', () => {
    const timeUs = 50_000_000;
    expect(planOf(TWAP, { timeUs }).isDone).toBe(true);
    expect(planOf(TWAP, { timeUs, children: [child()] }).isDone).toBe(false);
    expect(planOf(TWAP, { timeUs: timeUs - 1 }).isDone).toBe(false);
  });
});

describe('pyramid', () => {
  const held = { position: quantity('1.000'), averageEntry: price('100.00'), stop: price('96.00') };
  const memo = { adds: 1, price: '99.00' };
  const ready = { ...held, memo: { ...memo, stop: '99.00' }, stop: price('99.00') };

  it.each([
    ['the risk limit allows less than the smallest order', { ...PYRAMID, riskLimit: '0.001' }, {}],
    ['the stop lies beyond the market', PYRAMID, { market: { bid: price('95.00'), ask: price('95.01') } }],
    ['what is held already risks all of it', PYRAMID, { ...held, averageEntry: price('110.00') }],
  ] as const)('buys no first part where %s', (_name, params, over) => {
    expect(planOf(params, over)).toMatchObject({ place: [], memo: {}, isDone: false });
  });

  it('buys the first part as large as the limit allows at the stop of the request', () => {
    expect(placed(planOf(PYRAMID))).toEqual([['100.01', '1.000']]);
    expect(placed(planOf({ ...PYRAMID, riskLimit: '2' }))).toEqual([['100.01', '0.498']]);
    expect(placed(planOf({ ...PYRAMID, riskLimit: '2' }, {}, 'sell'))).toEqual([['99.99', '0.498']]);
  });

  it('asks for no tighter stop than the one that rests already', () => {
    expect(planOf(PYRAMID, { ...held, memo }).stop?.toString()).toBe('98.00');
    expect(planOf(PYRAMID, { ...held, memo, stop: price('99.00') }).stop?.toString()).toBe('99.00');
    expect(planOf(PYRAMID, { ...held, memo, stop: null }).memo).toMatchObject({ stop: '98.00' });
  });

  it('moves the stop of a sale down, rounded away from the market', () => {
    const short = { position: quantity('-1.000'), averageEntry: price('101.00'), stop: price('104.00') };
    const plan = planOf(PYRAMID, { ...short, memo: { adds: 1, price: '101.00' } }, 'sell');
    expect(plan.stop?.toString()).toBe('101.99');
  });

  it.each([
    ['a gain', { position: held.position, memo: { adds: 1, price: '100.00' } }],
    ['a position', { memo }],
  ])('does not move the stop without %s', (_name, over) => {
    const plan = planOf(PYRAMID, over);
    expect(plan.stop).toBeUndefined();
    expect(plan.place).toEqual([]);
  });

  it('adds once its stop rests, no more than the limit leaves', () => {
    const plan = planOf({ ...PYRAMID, riskLimit: '1.2' }, ready);
    expect(placed(plan)).toEqual([['100.01', '0.198']]);
    expect(plan).toMatchObject({ memo: { adds: 2, price: '100.01' } });
    expect(plan.place[0]?.stop?.toString()).toBe('99.00');
  });

  it.each([
    ['its stop is still looser', { ...ready, stop: price('98.00') }, ready.memo],
    ['no stop rests', { ...ready, stop: null }, ready.memo],
    ['the position is gone, and asks for its stop anew', { ...ready, position: Quantity.zero() }, memo],
    ['the limit is used up, and asks for its stop anew', { ...ready, averageEntry: price('105.00') }, memo],
  ] as const)('adds nothing while %s', (_name, over, kept) => {
    expect(planOf(PYRAMID, over)).toEqual({ place: [], cancel: [], memo: kept, isDone: false });
  });

  it('ends after its last part', () => {
    expect(planOf(PYRAMID, { memo: { adds: 4 } }).isDone).toBe(true);
  });
});
