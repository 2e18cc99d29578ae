import { expect, it } from 'vitest';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import type { RestClient } from './rest-client.ts';
import { measureVenueClock } from './venue-clock.ts';

const AWAY: CallFailure = { outcome: 'unknown', code: 'NETWORK', message: 'away', remedy: 'none', retryAfterMs: null };
type Sample = { readonly thereMs: number; readonly backMs: number } | 'away';

/** A venue `aheadMs` ahead of us, each sample on its own way there and back. */
function measure(aheadMs: number, samples: readonly Sample[]): ReturnType<typeof measureVenueClock> {
  const clock = new VirtualClock();
  const script = [...samples];
  const query = async (): Promise<Result<{ serverTime: number }, CallFailure>> => {
    const sample = script.shift() ?? 'away';
    if (sample === 'away') return err(AWAY);
    clock.advance(sample.thereMs);
    const serverTime = clock.nowUs() / 1000 + aheadMs;
    clock.advance(sample.backMs);
    return ok({ serverTime });
  };
  return measureVenueClock({ query } as unknown as RestClient, clock, {
    samples: samples.length,
    call: 'publicGetTime',
  });
}

it.each([0, 2_500, -90_000])('finds a clock %i ms ahead', async (aheadMs) => {
  expect(await measure(aheadMs, [{ thereMs: 20, backMs: 20 }])).toEqual(ok({ offsetMs: aheadMs, uncertaintyMs: 20 }));
});

it('believes the shortest way, and its error stays within the stated uncertainty', async () => {
  const reading = await measure(500, [{ thereMs: 400, backMs: 10 }, { thereMs: 9, backMs: 3 }, 'away']);
  expect(reading.ok && reading.value).toEqual({ offsetMs: 503, uncertaintyMs: 6 });
});

it('says nothing about the clock when no sample came back', async () => {
  expect(await measure(0, ['away', 'away'])).toEqual(err(AWAY));
});
