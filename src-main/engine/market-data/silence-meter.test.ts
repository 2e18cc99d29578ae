import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InstrumentId } from '../domain/identifiers.ts';
import { SilenceMeter } from './silence-meter.ts';

const SECOND = 1_000_000;
const ids = ['BTC', 'ETH', 'SOL', 'ARB', 'OP'].map((base) => `${base}/USDT.BINANCE.SPOT` as InstrumentId);
const [BTC, ETH, SOL, ARB, OP] = ids as [InstrumentId, InstrumentId, InstrumentId, InstrumentId, InstrumentId];
const ON_KRAKEN = 'BTC/USDT.KRAKEN.SPOT' as InstrumentId;

function meter(): SilenceMeter {
  const made = new SilenceMeter();
  for (const id of ids) made.add(id, 'BINANCE', 0);
  made.add(ON_KRAKEN, 'KRAKEN', 0);
  return made;
}

/** Each of `heard` every `everyMs` from `fromS` to `toS`; the others say nothing. */
function talk(made: SilenceMeter, heard: readonly InstrumentId[], fromS: number, toS: number, everyMs = 100): void {
  for (let us = fromS * SECOND; us <= toS * SECOND; us += everyMs * 1_000) for (const id of heard) made.heard(id, us);
}

describe('silence of a venue', () => {
  it('is told once after two seconds, and once when it ends', () => {
    const made = meter();
    talk(made, [...ids, ON_KRAKEN], 0, 20);
    expect(made.look(20 * SECOND)).toEqual([]);
    talk(made, [ON_KRAKEN], 20, 30);
    expect(made.look(22 * SECOND - 1)).toEqual([]);
    expect(made.look(22 * SECOND)).toEqual([{ venue: 'BINANCE', silentUs: 2 * SECOND }]);
    expect(made.look(25 * SECOND)).toEqual([]);
    made.heard(BTC, 26 * SECOND);
    expect(made.look(26 * SECOND)).toEqual([{ venue: 'BINANCE', silentUs: null }]);
  });

  it('is not hidden by an instrument that is not among the three busiest', () => {
    const made = meter();
    talk(made, [BTC, ETH, SOL], 0, 20);
    talk(made, [OP], 0, 20, 1_000);
    made.look(20 * SECOND);
    made.heard(ARB, 21.9 * SECOND);
    expect(made.look(22.5 * SECOND)).toContainEqual({ venue: 'BINANCE', silentUs: 2.5 * SECOND });
  });

  it('is not judged before the first word', () => {
    const made = meter();
    expect(made.look(60 * SECOND)).toEqual([]);
    made.heard(BTC, 61 * SECOND);
    expect(made.look(71 * SECOND)).toEqual([{ venue: 'BINANCE', silentUs: 10 * SECOND }]);
  });
});

describe('silence of an instrument', () => {
  it.each([
    ['usually every 100 ms', 100, 1.9, false],
    ['usually every 100 ms', 100, 2, true],
    ['usually every second', 1_000, 9, false],
    ['usually every second', 1_000, 10, true],
  ])('%s (%i ms), after %d s: %s', (_name, everyMs, silentS, silent) => {
    const made = meter();
    talk(made, [BTC], 0, 40, everyMs);
    expect(made.isSilent(BTC, (40 + silentS) * SECOND)).toBe(silent);
  });

  it('never begins before two seconds, whatever was usual', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5_000_000 }), { maxLength: 80 }), (gaps) => {
        const made = meter();
        let us = 0;
        for (const gap of gaps) made.heard(BTC, (us += gap));
        expect(made.isSilent(BTC, us + 1_999_999)).toBe(false);
        expect(made.isSilent(BTC, us + 60_000_000)).toBe(true);
      }),
    );
  });
});
