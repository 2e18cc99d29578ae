import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covarianceMatrix, ewmaCovariance } from './covariance.ts';
import { type CovarianceMethod, ReturnMemory } from './return-memory.ts';
import { ledoitWolf } from './shrinkage.ts';
import { correlatedReturns, refusalCode } from './testing/return-tables.ts';

const NAMES = ['A', 'B', 'C'];
const TABLE = correlatedReturns(3, 3, 40);
const SAMPLE: CovarianceMethod = { kind: 'sample' };

function filled(periods: number, until = 40): ReturnMemory<string> {
  const memory = new ReturnMemory<string>(periods);
  for (let t = 0; t < until; t++) memory.add(new Map(NAMES.map((name, i) => [name, TABLE[i]![t]!])));
  return memory;
}

const last = (count: number) => TABLE.map((each) => each.slice(-count));

describe('memory of returns', () => {
  it('estimates from the last periods, by each method', () => {
    const memory = filled(20);
    const asked = (method: CovarianceMethod) => memory.estimate(NAMES, 10, method).covariance;
    expect(asked(SAMPLE)).toEqual(covarianceMatrix(last(20)));
    expect(asked({ kind: 'ledoitWolf' })).toEqual(ledoitWolf(last(20)).covariance);
    expect(asked({ kind: 'ewma', decay: 0.94 })).toEqual(ewmaCovariance(last(20), 0.94));
  });

  it('leaves periods out in which one is missing, and calls a newcomer unknown', () => {
    const memory = filled(20);
    memory.add(new Map([['A', 0.5], ['B', -0.5], ['D', 0.1]])); // prettier-ignore
    const found = memory.estimate(['A', 'C', 'D'], 10, SAMPLE);
    expect(found).toMatchObject({ instruments: ['A', 'C'], unknown: ['D'], periods: 19 });
    expect(found.covariance).toEqual(covarianceMatrix([TABLE[0]!.slice(-19), TABLE[2]!.slice(-19)]));
  });

  it('forgets the one unheard of for longest, and never holds more than it may', () => {
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(fc.nat(30), { maxLength: 5 }), { maxLength: 80 }), (periods) => {
        const memory = new ReturnMemory<number>(4, 5);
        const heard = new Map<number, number>();
        for (const [t, present] of periods.entries()) {
          memory.add(new Map(present.map((each) => [each, 0.01])));
          for (const each of present) heard.set(each, t);
          const held = memory.instruments;
          expect(held.length).toBeLessThanOrEqual(5);
          for (const each of present) expect(held).toContain(each);
        }
        const newest = [...heard.values()].sort((a, b) => b - a)[4] ?? -1;
        for (const [each, t] of heard) if (t > newest) expect(memory.instruments).toContain(each);
      }),
    );
  });

  it('starts afresh for one that comes back', () => {
    const memory = new ReturnMemory<string>(10, 1);
    for (const name of ['A', 'A', 'B', 'A']) memory.add(new Map([[name, 0.1]]));
    expect(memory.instruments).toEqual(['A']);
    expect(refusalCode(() => memory.estimate(['A'], 2, SAMPLE))).toBe('TOO_FEW_SAMPLES');
  });

  it.each<[string, () => unknown, string]>([
    ['a memory of one period', () => new ReturnMemory(1), 'OUT_OF_RANGE'],
    ['a memory of no instrument', () => new ReturnMemory(5, 0), 'OUT_OF_RANGE'],
    ['more at once than fit', () => { new ReturnMemory<string>(5, 1).add(new Map([['A', 1], ['B', 1]])); }, 'OUT_OF_RANGE'], // prettier-ignore
    ['a NaN', () => { new ReturnMemory<string>(5).add(new Map([['A', NaN]])); }, 'NOT_FINITE'], // prettier-ignore
    ['nobody known', () => filled(20).estimate(['X'], 10, SAMPLE), 'TOO_FEW_SAMPLES'],
    ['too few periods', () => filled(20, 5).estimate(NAMES, 10, SAMPLE), 'TOO_FEW_SAMPLES'],
    ['no request', () => filled(20).estimate([], 2, SAMPLE), 'TOO_FEW_SAMPLES'],
  ])('refuses %s', (_name, compute, code) => {
    expect(refusalCode(compute)).toBe(code);
  });
});
