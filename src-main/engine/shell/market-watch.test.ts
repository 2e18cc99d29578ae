import { describe, expect, it } from 'vitest';
import type { EngineInput } from '../domain/events.ts';
import type { Bar } from '../domain/market.ts';
import { err, ok } from '../domain/result.ts';
import { BTC, LISTED } from '../testing/core-session.ts';
import { feedDouble, type FeedDouble } from '../testing/engine-bench.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { MarketWatch } from './market-watch.ts';

const bar = (minute: number): Bar => ({
  instrumentId: BTC,
  interval: '1m',
  openTimeUs: minute * 60_000_000,
  open: '100.00',
  high: '101.00',
  low: '99.00',
  close: `10${minute}.00`,
  volume: '1',
});
const history = { interval: '1m', bars: 2 } as const;

type Rig = { clock: VirtualClock; feed: FeedDouble; inputs: EngineInput[]; watch: MarketWatch };

function rig(): Rig {
  const clock = new VirtualClock();
  const inputs: EngineInput[] = [];
  const logger = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
  const watch = new MarketWatch({ clock, logger, dispatch: (input) => inputs.push(input) });
  return { clock, feed: feedDouble(clock), inputs, watch };
}

const barsOf = (inputs: readonly EngineInput[]) =>
  inputs.flatMap((input) =>
    input.kind === 'bar.closed' ? [`${input.bar.close} ${input.warmUp ? 'warm' : 'live'}`] : [],
  );

describe('the market watch', () => {
  it('applies history before the bars that closed while it was loading, and none of them trades', async () => {
    const { feed, inputs, watch } = rig();
    feed.history = async () => {
      feed.listener?.onBarClosed(bar(3));
      return ok([bar(1), bar(2)]);
    };
    await watch.start(feed, [LISTED], history);
    feed.listener?.onBarClosed(bar(4));
    expect(barsOf(inputs)).toEqual(['101.00 warm', '102.00 warm', '103.00 warm', '104.00 live']);
    const live = inputs.at(-1);
    expect(live).toMatchObject({ reference: { bid: '99.99', ask: '100.01', barClose: '104.00', barCloseAgeUs: 0 } });
  });

  it('asks again for history that failed, and says so when there is none', async () => {
    const { clock, feed, inputs, watch } = rig();
    let asked = 0;
    feed.history = async () => {
      asked += 1;
      return err({ detail: 'status 503', retryAfterMs: 100 });
    };
    const started = watch.start(feed, [LISTED], history);
    await clock.advanceAsync(1_000);
    await started;
    expect(asked).toBe(3);
    expect(inputs.at(-1)).toMatchObject({ kind: 'component.changed', state: 'degraded', detail: 'status 503' });
    feed.listener?.onBarClosed(bar(1));
    expect(barsOf(inputs)).toEqual(['101.00 live']);
  });

  it('tells a state once', async () => {
    const { feed, inputs, watch } = rig();
    await watch.start(feed, [LISTED], history);
    for (const state of ['live', 'stale', 'stale', 'live'] as const) feed.listener?.onState(BTC, state, 5);
    const states = inputs.flatMap((input) => (input.kind === 'feed.changed' ? [input.state] : []));
    expect(states).toEqual(['live', 'stale', 'live']);
  });

  it('knows how old each price is, and knows nothing of what it does not watch', async () => {
    const { clock, feed, watch } = rig();
    await watch.start(feed, [LISTED], history);
    feed.isSilent = true;
    clock.advance(1_500);
    expect(watch.reference(BTC)).toMatchObject({
      bookAgeUs: 1_500_000,
      lastTrade: '100.00',
      lastTradeAgeUs: 1_500_000,
    });
    feed.book = () => undefined;
    expect(watch.reference(BTC)).toMatchObject({ bid: null, ask: null, bookAgeUs: null });
    const other = 'ETH/USDT.BINANCE.SPOT' as typeof BTC;
    expect(Object.values(watch.reference(other))).toEqual(Array.from({ length: 9 }, () => null));
    const [trade] = [
      { instrumentId: other, ticks: 1, lots: 1, aggressor: 'buy', tradedAtUs: 0, receivedAtUs: 0 } as const,
    ];
    feed.listener?.onTrade(trade);
    feed.listener?.onBarClosed({ ...bar(1), instrumentId: other });
    feed.listener?.onState(other, 'live', 0);
    expect(watch.reference(other).lastTrade).toBeNull();
  });

  it('tells silence of a venue, and lets the book of another one stand in', async () => {
    const { clock, feed, inputs, watch } = rig();
    const backup = feedDouble(clock);
    const id = 'XBT/USDT.KRAKEN.SPOT' as typeof BTC;
    const [ours] = [feed.book(BTC)];
    backup.book = () => ours;
    await watch.start(feed, [LISTED], history);
    await watch.start(backup, [{ ...LISTED, id }], history);
    clock.advance(3_000);
    expect(watch.reference(BTC).otherVenue).toMatchObject({ instrumentId: id, bid: '99.99', standsIn: false });
    feed.isSilent = true;
    clock.advance(8_000);
    const silence = inputs.filter(({ kind }) => kind === 'venue.silence');
    expect(silence).toEqual([{ kind: 'venue.silence', venue: 'BINANCE', silentUs: 2_000_000 }]);
    expect(watch.reference(BTC).otherVenue?.standsIn).toBe(true);
    expect(watch.reference(id).otherVenue?.standsIn).toBe(false);
    feed.isSilent = false;
    clock.advance(1_000);
    expect(inputs.at(-1)).toEqual({ kind: 'venue.silence', venue: 'BINANCE', silentUs: null });
    watch.close();
  });
});
