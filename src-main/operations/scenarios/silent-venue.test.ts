import { afterEach, expect, it, vi } from 'vitest';
import { DEFAULT_FAILOVER, DEFAULT_STRATEGY } from '../../engine/domain/config-defaults.ts';
import type { StrategyConfig } from '../../engine/domain/config.ts';
import { strategyId } from '../../engine/domain/identifiers.ts';
import {
  bracketOn,
  marketOf,
  ON_BINANCE,
  ON_KRAKEN,
  ScenarioLife,
  ScenarioVenue,
  WAIT,
} from './testing/scenario-stage.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A minute of the market in 1.5 s. */
const SPEED = 40;
const RETURN_AFTER_MS = 1_500;
const EMA: StrategyConfig = {
  ...DEFAULT_STRATEGY,
  strategyId: strategyId('ema'),
  enabled: true,
  instruments: [marketOf(ON_BINANCE)],
  interval: '1m',
  fastPeriod: 2,
  slowPeriod: 4,
  atrPeriod: 3,
};

it(
  'trades on Kraken while Binance is silent, once, and returns when it was heard for long enough',
  { timeout: 90_000 },
  async () => {
    const venue = await ScenarioVenue.open([ON_BINANCE, ON_KRAKEN], SPEED);
    endings.push(async () => venue.exchange.close());
    const failover = { ...DEFAULT_FAILOVER, trading: 'continueOnBackup', returnAfterMs: RETURN_AFTER_MS } as const;
    const life = new ScenarioLife(venue, { places: [ON_BINANCE, ON_KRAKEN], config: { failover, strategies: [EMA] } });
    endings.push(async () => life.end());
    await life.ready();

    // A position behind its stop and an entry that rests, both at Binance.
    expect(await life.enter(ON_BINANCE, 'SOL')).toBeNull();
    const resting = { ...bracketOn(ON_BINANCE, 'ETH'), entry: 'resting', limitPrice: '99.00' } as const;
    expect(await life.send({ kind: 'enterBracket', request: resting })).toBeNull();
    await vi.waitFor(() => {
      expect(life.exposure(ON_BINANCE, 'SOL')).toMatchObject({ isFlat: false, isBare: false });
      expect(life.exposure(ON_BINANCE, 'ETH')?.openOrders.length).toBeGreaterThan(0);
    }, WAIT);
    const working = life.exposure(ON_BINANCE, 'SOL')?.openOrders;

    await venue.fault({ kind: 'silent', stream: 'usdt@', times: 1_000_000 });
    await vi.waitFor(() => expect(life.alerted('VENUE_SILENT')).toBe(true), WAIT);
    expect(await life.enter(ON_BINANCE, 'XRP')).toMatchObject({ code: expect.any(String) as string });

    // Down for a bar, then up: the fast average crosses above the slow one on Kraken's bars.
    const closedAt = (price: number, isFit: (close: number) => boolean) => async () => {
      venue.market.moveTo(price);
      const seen = life.events.length;
      await vi.waitFor(() => {
        const closes = life.events.slice(seen).flatMap((event) => {
          const isIt = event.kind === 'bar.closed' && event.bar.instrumentId === marketOf(ON_KRAKEN);
          return isIt ? [Number(event.bar.close)] : [];
        });
        expect(closes.some(isFit)).toBe(true);
      }, WAIT);
    };
    await closedAt(9_800, (close) => close < 99)();
    await closedAt(10_000, (close) => close > 99)();
    await vi.waitFor(() => expect(life.exposure(ON_KRAKEN)).toMatchObject({ isFlat: false, isBare: false }), WAIT);
    expect(life.exposure(ON_BINANCE)?.isFlat ?? true).toBe(true);
    expect(life.exposure(ON_BINANCE, 'SOL')).toMatchObject({ isBare: false, openOrders: working });
    expect(venue.positionOf(ON_BINANCE, 'SOLUSDT')).toMatchObject({ isProtected: true, unprotectedMs: 0 });

    await venue.mend();
    await vi.waitFor(() => expect(life.alerted('VENUE_RETURNED')).toBe(true), WAIT);
    const heardUs = life.timeOf((event) => event.kind === 'venue.silence' && event.silentUs === null);
    const returnedUs = life.timeOf((event) => event.kind === 'alert.raised' && event.alert.code === 'VENUE_RETURNED');
    expect(returnedUs - heardUs).toBeGreaterThanOrEqual(RETURN_AFTER_MS * 1_000);
    await vi.waitFor(async () => expect(await life.enter(ON_BINANCE, 'XRP')).toBeNull(), { ...WAIT, interval: 250 });

    // One position on the underlying, whichever venue it came from.
    const bought = [ON_BINANCE, ON_KRAKEN].flatMap((place) =>
      venue.ledger(place).orders.filter(({ symbol, side }) => symbol === 'BTCUSDT' && side === 'BUY'),
    );
    expect(bought).toHaveLength(1);
    expect(venue.positionOf(ON_KRAKEN)).toMatchObject({ isProtected: true });
  },
);
