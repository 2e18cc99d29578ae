import { describe, expect, it } from 'vitest';
import { type DepthUpdate, DepthSynchronizer, type LevelText } from './depth-synchronizer.ts';
import { stepSize } from './steps.ts';

const sizes = { tick: stepSize('0.01'), lot: stepSize('0.001') };
const synchronizer = (maxBuffered = 1_000) => new DepthSynchronizer({ ...sizes, maxBuffered });

/** Each update leaves its last id as the quantity at 10.00, so the book tells which update it holds. */
const spot = (first: number, last: number, bids: readonly LevelText[] = [['10.00', `${last}.000`]]): DepthUpdate => ({
  firstUpdateId: first,
  lastUpdateId: last,
  previousUpdateId: null,
  bids,
  asks: [],
});
const usdm = (first: number, last: number, previous: number): DepthUpdate => ({
  ...spot(first, last),
  previousUpdateId: previous,
});
const snapshot = (lastUpdateId: number) => ({
  lastUpdateId,
  bids: [['9.99', '1.000']] as const,
  asks: [['10.01', '2.000']] as const,
});
const held = (sync: DepthSynchronizer) => sync.book.bids.lotsOf(1_000) / 1_000;

describe('spot U/u', () => {
  it('buffers, drops what the snapshot holds already, applies the rest', () => {
    const sync = synchronizer();
    expect(sync.state).toBe('unsynced');
    for (const update of [spot(90, 95), spot(96, 100), spot(101, 104), spot(105, 105)]) {
      expect(sync.apply(update)).toBe('buffered');
    }
    expect(sync.state).toBe('buffering');
    expect(sync.offerSnapshot(snapshot(102))).toBe('live');
    expect([sync.book.updateId, held(sync), sync.isVerified]).toEqual([105, 105, true]);
    expect(sync.counts).toMatchObject({ applied: 2, discarded: 2, sequenceBreaks: 0 });
    expect(sync.apply(spot(106, 110))).toBe('applied');
  });

  it.each([
    ['that ends on the snapshot', spot(99, 100), 'discarded'],
    ['that starts right after it', spot(101, 103), 'applied'],
    ['that spans it', spot(98, 103), 'applied'],
    ['that leaves one id out', spot(102, 103), 'broken'],
  ])('takes the first update %s as it should', (_, update, outcome) => {
    const sync = synchronizer();
    expect(sync.offerSnapshot(snapshot(100))).toBe('live');
    expect(sync.isVerified).toBe(false);
    expect(sync.apply(update)).toBe(outcome);
  });

  it.each([
    ['a gap', spot(105, 106)],
    ['a repeated update', spot(101, 103)],
    ['an overlap', spot(103, 106)],
    ['ids that run backwards', spot(104, 103)],
  ])('gives the book up after %s and starts again from a snapshot', (_, update) => {
    const sync = synchronizer();
    sync.offerSnapshot(snapshot(100));
    sync.apply(spot(101, 103));
    expect(sync.apply(update)).toBe('broken');
    expect([sync.state, sync.book.bidCount, sync.counts.sequenceBreaks]).toEqual(['resync', 0, 1]);
    expect(sync.lastProblem).toContain('expected U 104, was');
    expect(sync.apply(spot(107, 110))).toBe('buffered');
    expect(sync.offerSnapshot(snapshot(108))).toBe('live');
    expect(held(sync)).toBe(110);
  });

  it('asks again when the snapshot is older than what it buffered, and keeps the buffer', () => {
    const sync = synchronizer();
    sync.apply(spot(200, 205));
    expect(sync.offerSnapshot(snapshot(150))).toBe('tooOld');
    expect([sync.state, sync.bufferedCount]).toEqual(['buffering', 1]);
    expect(sync.offerSnapshot(snapshot(199))).toBe('live');
    expect(held(sync)).toBe(205);
  });

  it('keeps only what follows a gap in its buffer, for which an older snapshot is too old', () => {
    const sync = synchronizer();
    for (const update of [spot(101, 102), spot(105, 106), spot(107, 108)]) sync.apply(update);
    expect([sync.state, sync.bufferedCount, sync.counts.sequenceBreaks]).toEqual(['buffering', 2, 1]);
    expect(sync.offerSnapshot(snapshot(100))).toBe('tooOld');
    expect(sync.offerSnapshot(snapshot(104))).toBe('live');
    expect(held(sync)).toBe(108);
  });

  it('lets one update with wrong numbers go', () => {
    const sync = synchronizer();
    sync.offerSnapshot(snapshot(100));
    expect(sync.apply(spot(1_101, 1_103))).toBe('broken');
    expect(sync.apply(spot(104, 106))).toBe('buffered');
    expect(sync.offerSnapshot(snapshot(105))).toBe('live');
    expect(held(sync)).toBe(106);
  });

  it('bounds its buffer by letting the oldest go, so that a later snapshot fits', () => {
    const sync = synchronizer(2);
    for (const id of [101, 102, 103]) sync.apply(spot(id, id));
    expect([sync.bufferedCount, sync.counts.bufferDropped]).toEqual([2, 1]);
    expect(sync.offerSnapshot(snapshot(100))).toBe('tooOld');
    expect(sync.offerSnapshot(snapshot(101))).toBe('live');
    expect(held(sync)).toBe(103);
  });

  it('ignores a snapshot while it has a book', () => {
    const sync = synchronizer();
    sync.offerSnapshot(snapshot(100));
    sync.apply(spot(101, 101));
    expect(sync.offerSnapshot(snapshot(50))).toBe('ignored');
    sync.markStale();
    expect(sync.offerSnapshot(snapshot(50))).toBe('ignored');
    expect(held(sync)).toBe(101);
  });

  it('hands the stream to another connection without a gap', () => {
    const sync = synchronizer();
    sync.offerSnapshot(snapshot(100));
    sync.apply(spot(101, 105));
    sync.changeConnection();
    expect(sync.apply(spot(99, 102))).toBe('discarded');
    expect(sync.apply(spot(103, 108))).toBe('applied');
    expect(sync.apply(spot(109, 109))).toBe('applied');
    expect(sync.counts.sequenceBreaks).toBe(0);
  });

  it('is stale until the next update in sequence, unsynced after a reset', () => {
    const sync = synchronizer();
    sync.markStale();
    expect(sync.state).toBe('unsynced');
    sync.offerSnapshot(snapshot(100));
    sync.markStale();
    expect(sync.state).toBe('stale');
    expect(sync.apply(spot(101, 101))).toBe('applied');
    expect(sync.state).toBe('live');
    sync.reset();
    expect([sync.state, sync.book.updateId, sync.book.bidCount]).toEqual(['unsynced', 0, 0]);
  });
});

describe('USD-M pu', () => {
  it('lets the first update end on the snapshot, then follows pu', () => {
    const sync = synchronizer();
    for (const update of [usdm(80, 90, 70), usdm(95, 100, 90), usdm(130, 140, 100)]) sync.apply(update);
    expect(sync.offerSnapshot(snapshot(100))).toBe('live');
    expect(sync.counts).toMatchObject({ applied: 2, discarded: 1 });
    expect(sync.apply(usdm(150, 160, 140))).toBe('applied');
    expect(sync.apply(usdm(200, 210, 170))).toBe('broken');
    expect(sync.lastProblem).toBe('expected pu 160, was 170');
  });

  it('accepts a first update whose pu is the snapshot, refuses one beyond it', () => {
    const sync = synchronizer();
    sync.offerSnapshot(snapshot(100));
    expect(sync.apply(usdm(120, 130, 100))).toBe('applied');
    const late = synchronizer();
    late.offerSnapshot(snapshot(100));
    expect(late.apply(usdm(120, 130, 110))).toBe('broken');
  });
});

describe('integrity', () => {
  it.each([
    ['a price off tick', [['10.005', '1.000']], 'expected at most 2 fraction digits, was "10.005"'],
    ['a quantity off lot', [['10.00', '0.0005']], 'expected at most 3 fraction digits, was "0.0005"'],
    ['a negative quantity', [['10.00', '-1']], 'expected a plain unsigned decimal, was "-1"'],
    ['a price of zero', [['0.00', '1']], 'expected ticks above zero, was 0'],
    ['a crossed book', [['10.02', '1']], 'expected bids below asks, was a crossed book'],
  ] as const)('ends the book on %s, naming it', (_, bids, problem) => {
    const sync = synchronizer();
    sync.offerSnapshot(snapshot(100));
    expect(sync.apply(spot(101, 101, bids))).toBe('broken');
    expect([sync.state, sync.book.askCount, sync.lastProblem]).toEqual(['resync', 0, problem]);
    expect(sync.counts).toMatchObject({ integrityFailures: 1, sequenceBreaks: 0 });
  });

  it('refuses a snapshot that is off tick', () => {
    const sync = synchronizer();
    expect(sync.offerSnapshot({ lastUpdateId: 1, bids: [['1.001', '1']], asks: [] })).toBe('broken');
    expect(sync.state).toBe('resync');
  });

  it('counts in finer steps once they are known', () => {
    const sync = synchronizer();
    sync.offerSnapshot(snapshot(100));
    sync.refine(stepSize('0.0001'), stepSize('0.00001'));
    expect(sync.apply(spot(101, 101, [['9.9901', '0.00005']]))).toBe('applied');
    expect(sync.book.bestBid()).toEqual({ ticks: 99_901, lots: 5 });
    expect(sync.book.bestAsk()).toEqual({ ticks: 100_100, lots: 200_000 });
  });
});
