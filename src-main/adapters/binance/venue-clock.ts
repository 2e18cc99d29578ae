import { ok, type Result } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import type { BinanceCall } from '../ccxt/ccxt-binance.ts';
import type { RestClient } from './rest-client.ts';
import { serverTimeReply } from './wire-schemas.ts';

export type ClockReading = {
  /** Venue time minus our wall time. */
  readonly offsetMs: number;
  /** Half the round trip: the offset is known no better. */
  readonly uncertaintyMs: number;
};

/** Also keeps a connection warm: an order that follows needs no handshake. */
export const CLOCK_CHECK_MS = 30_000;

/** Asks for the venue's time `samples` times and believes the answer with the shortest way. */
export async function measureVenueClock(
  rest: RestClient,
  clock: Clock,
  { samples, call }: { readonly samples: number; readonly call: BinanceCall },
): Promise<Result<ClockReading, CallFailure>> {
  let best: ClockReading | undefined;
  let failed: Result<never, CallFailure> | undefined;
  for (let sample = 0; sample < samples; sample++) {
    const wallUs = clock.nowUs();
    const startUs = clock.monotonicUs();
    const reply = await rest.query({
      call,
      params: {},
      schema: serverTimeReply,
      lane: 'query',
      weight: 1,
    });
    if (!reply.ok) {
      failed = reply;
      continue;
    }
    const halfWayMs = (clock.monotonicUs() - startUs) / 2000;
    const reading = { offsetMs: reply.value.serverTime - (wallUs / 1000 + halfWayMs), uncertaintyMs: halfWayMs };
    if (best === undefined || reading.uncertaintyMs < best.uncertaintyMs) best = reading;
  }
  return best === undefined && failed !== undefined ? failed : ok(best ?? { offsetMs: 0, uncertaintyMs: Infinity });
}
