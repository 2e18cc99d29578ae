import { describe, expect, it } from 'vitest';
import { latenciesUs, StampLog } from './stamps.ts';
import { lastUpdateId } from './venue-part.ts';

function stamps(...rows: readonly (readonly [number, number, number])[]) {
  const log = new StampLog();
  for (const [instrument, updateId, ns] of rows) log.add(instrument, updateId, ns);
  return log.take();
}

describe('stamps', () => {
  it('match the update that was sent with the one that was seen, by instrument and id', () => {
    const sent = stamps([0, 1, 1_000], [1, 1, 2_000], [0, 2, 9_000]);
    const seen = stamps([1, 1, 7_000], [0, 1, 3_000], [0, 3, 9_000]);
    expect(latenciesUs(sent, seen)).toEqual([5, 2]);
  });

  it('grow without losing any', () => {
    const log = new StampLog();
    for (let id = 0; id < 200_000; id++) log.add(0, id, id);
    expect(log.take().length).toBe(600_000);
    log.clear();
    expect(log.take().length).toBe(0);
  });

  it('read the update id from the text of an event', () => {
    expect(lastUpdateId('{"e":"depthUpdate","E":1,"s":"A","U":7,"u":12,"b":[],"a":[]}')).toBe(12);
  });
});
