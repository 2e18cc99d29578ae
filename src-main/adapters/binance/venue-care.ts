import type { AccountId } from '../../engine/domain/identifiers.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import type { BinanceCall, CcxtBinance } from '../ccxt/ccxt-binance.ts';
import { createRestClient, type RestClient } from './rest-client.ts';
import { CLOCK_CHECK_MS, type ClockReading, measureVenueClock } from './venue-clock.ts';
import type { VenueHealth } from '../venue-connection/venue-health.ts';
import type { WeightLimiter } from './weight-limiter.ts';

export type VenueCareParts = {
  readonly ccxt: CcxtBinance;
  readonly accountId: AccountId;
  readonly limiter: WeightLimiter;
  readonly isCurrentEpoch: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: VenueHealth;
  /** The call that tells the time of the product's own host; spot's when absent. */
  readonly timeCall?: BinanceCall;
  readonly onClock: (reading: ClockReading) => void;
};

/** Samples where the clock is not known yet or was just refused. */
const THOROUGH = 3;
/** A measurement on a worse way than this corrects nothing that was measured on a better one. */
const WORST_UNCERTAINTY_MS = 500;
/** Every command the venue takes shows on the private stream; one that stays silent for so long is mute. */
const ECHO_MS = 3_000;
const PAUSE_UNSIZED_MS = 60_000;
/** Orders of this account, not requests of this address: errors.md of the venue's documentation. */
const TOO_MANY_ORDERS = '-1015';

/** Requests to the venue and what their failures ask for: pauses, clock corrections, a word about refused keys. */
export class VenueCare {
  readonly rest: RestClient;
  private readonly parts: VenueCareParts;
  private stopClockChecks: () => void = () => undefined;
  private endPause: () => void = () => undefined;
  private endEcho: (() => void) | undefined;
  private lastEventUs = 0;
  private isClockSet = false;

  constructor(parts: VenueCareParts) {
    this.parts = parts;
    const { ccxt, accountId, limiter, isCurrentEpoch } = parts;
    this.rest = createRestClient({
      ccxt,
      accountId,
      limiter,
      isCurrentEpoch,
      onFailure: (failure) => this.remedy(failure),
    });
  }

  /** Measures the clock now; from then on until closed it is measured every half minute. */
  async start(): Promise<void> {
    await this.checkClock(THOROUGH);
    this.stopClockChecks();
    this.stopClockChecks = this.parts.clock.every(CLOCK_CHECK_MS, () => void this.checkClock(1));
  }

  close(): void {
    this.stopClockChecks();
    this.endPause();
    this.endEcho?.();
  }

  noteEvent(): void {
    this.lastEventUs = this.parts.clock.monotonicUs();
  }

  /** A stream that answers pings and delivers nothing looks healthy: only the missing echo of a command gives it away. */
  expectEcho(sentUs: number): void {
    if (this.endEcho !== undefined) return;
    this.endEcho = this.parts.clock.after(ECHO_MS, () => {
      this.endEcho = undefined;
      if (this.lastEventUs < sentUs) this.parts.ccxt.dropStream('the private stream is mute');
    });
  }

  private remedy(failure: CallFailure): void {
    const { health, logger } = this.parts;
    const isOrdinary = failure.outcome === 'rejected' && failure.remedy === 'none';
    logger[isOrdinary ? 'debug' : 'warn']('venue call failed', { failure });
    if (failure.remedy === 'pause') this.pause(failure);
    if (failure.remedy === 'resyncClock') void this.checkClock(THOROUGH);
    if (failure.remedy === 'refuseCredentials') {
      health.set('credentials', 'down', `${failure.code}: ${failure.message}`);
    }
  }

  private pause({ code, message, retryAfterMs }: CallFailure): void {
    const { accountId, limiter, health, clock } = this.parts;
    const isOrderCount = code === TOO_MANY_ORDERS;
    if (!isOrderCount) limiter.pause(retryAfterMs ?? PAUSE_UNSIZED_MS);
    const pausedMs = isOrderCount ? limiter.pauseOrders(accountId, retryAfterMs) : limiter.pausedMs();
    health.set('throttle', 'degraded', `${code}: ${message}`);
    this.endPause();
    this.endPause = clock.after(pausedMs, () => health.set('throttle', 'ready', 'the pause has ended'));
  }

  /** A failed measurement says nothing about the clock: the last correction stays. */
  private async checkClock(samples: number): Promise<void> {
    const { ccxt, clock, onClock } = this.parts;
    const reading = await measureVenueClock(this.rest, clock, {
      samples,
      call: this.parts.timeCall ?? 'publicGetTime',
    });
    if (!reading.ok) return;
    const { offsetMs, uncertaintyMs } = reading.value;
    if (this.isClockSet && uncertaintyMs > WORST_UNCERTAINTY_MS) return;
    this.isClockSet = true;
    ccxt.setClockOffsetMs(Math.round(offsetMs));
    onClock(reading.value);
  }
}
