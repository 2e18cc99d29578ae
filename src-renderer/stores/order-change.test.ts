import { describe, expect, it } from 'vitest';
import { commandSchema } from '../../src-preload/contract/messages.ts';
import { sampleInstruments } from '../testing/sample-markets.ts';
import { sampleOrder } from '../testing/sample-state.ts';
import { changeable, changeCourse, changeProblems, changesOf, modifyOf } from './order-change.ts';
import { formsOf } from './order-forms.ts';

const btc = sampleInstruments[0]!;
const amending = { ...btc, forms: { ...formsOf(btc), modify: 'inPlace' as const } };
const pending = { command: 'cancel', outcome: 'inFlight', sinceUs: 0 } as const;
const stop = sampleOrder({
  role: 'stop',
  type: 'stopLimit',
  side: 'sell',
  price: '44600.00',
  triggerPrice: '44690.00',
});

describe('what of an order may change', () => {
  it.each<[string, Parameters<typeof sampleOrder>[0], readonly string[]]>([
    ['an entry', {}, ['price', 'quantity']],
    ['an entry with a trigger', { triggerPrice: '45400.00' }, ['triggerPrice', 'price', 'quantity']],
    ['a stop', { role: 'stop', triggerPrice: '44690.00' }, ['triggerPrice', 'price']],
    ['a target', { role: 'target' }, ['price']],
    ['an exit', { role: 'exit' }, []],
    ['a foreign order', { foreign: true }, []],
    ['one whose answer is awaited', { pending }, []],
    ['a leg that is not placed', { pendingLeg: true }, []],
    ['the child of an executor', { parentId: 'x1-1' }, []],
    ['a closed order', { status: 'filled' }, []],
  ])('of %s', (_name, over, fields) => {
    expect(changeable(sampleOrder(over))).toEqual(fields);
  });
});

describe('a change', () => {
  it('tells what differs by value, and is what the contract takes', () => {
    const typed = { price: '45,300', quantity: '0.150' };
    const changes = changesOf(sampleOrder(), typed);
    expect(changes).toEqual([{ field: 'price', from: '45355.00', to: '45300' }]);
    const command = modifyOf(sampleOrder(), changes);
    expect(command.change).toEqual({ price: '45300', quantity: null, triggerPrice: null });
    expect(commandSchema.parse(command)).toEqual(command);
    expect(changesOf(sampleOrder(), { price: 'x', quantity: '' })).toEqual([]);
  });

  it.each([
    [{ price: '45300.005', quantity: '0.15' }, { price: 'Not on the tick of 0.01.' }],
    [{ price: '', quantity: '0.15' }, { price: 'Expected a number.' }],
    [{ price: '45300', quantity: '0.1500001' }, { quantity: 'Not on the lot of 0.00001.' }],
    [{ price: '45300', quantity: '0.05' }, { quantity: 'Already filled 0.05.' }],
    [{ price: '45300', quantity: '0.06' }, {}],
  ])('of %j is wrong in %j', (typed, problems) => {
    expect(changeProblems(sampleOrder({ filledQuantity: '0.05' }), typed, btc)).toEqual(problems);
  });

  it('says beforehand how the venue takes it', () => {
    expect(changeCourse(sampleOrder(), btc)).toContain('BINANCE cannot change it in place');
    expect(changeCourse(sampleOrder(), amending)).toBe('The venue changes it in place. The gate judges it anew.');
    expect(changeCourse(stop, amending)).toContain('A new order takes its place');
    expect(changeCourse(stop, { ...btc, forms: { ...formsOf(amending), modifyConditional: true } })).toContain(
      'in place.',
    );
  });
});
