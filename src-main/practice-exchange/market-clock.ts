import type { Moment } from './matching/order-request.ts';

export type ClockOptions = {
  readonly startTimeMs: number;
  readonly speed: number;
  readonly readWallMs: () => number;
};

/**
 * Two times. The venue's API time is wall time: signatures, limits, `serverTime`. Market time starts with the recording
 * and runs `speed` times as fast; it is stamped on orders, events and bars.
 */
export class MarketClock {
  /** Added to API time only: a drill for clients whose clock is wrong. */
  skewMs = 0;
  private readonly readWallMs: () => number;
  private wallAnchorMs: number;
  private marketAnchorMs: number;
  private currentSpeed: number;

  constructor(options: ClockOptions) {
    this.readWallMs = options.readWallMs;
    this.wallAnchorMs = options.readWallMs();
    this.marketAnchorMs = options.startTimeMs;
    this.currentSpeed = options.speed;
  }

  get speed(): number {
    return this.currentSpeed;
  }

  apiMs(): number {
    return this.readWallMs() + this.skewMs;
  }

  now(): Moment {
    const wallMs = this.readWallMs();
    const elapsedMs = Math.max(0, wallMs - this.wallAnchorMs);
    return { wallMs, marketMs: Math.floor(this.marketAnchorMs + elapsedMs * this.currentSpeed) };
  }

  /** Market time goes on from where it is. Throws when the speed is negative or not a number. */
  setSpeed(speed: number): void {
    if (!(speed >= 0 && speed <= 10_000)) throw new RangeError(`expected a speed from 0 to 10000, was ${speed}`);
    const { wallMs, marketMs } = this.now();
    this.wallAnchorMs = wallMs;
    this.marketAnchorMs = marketMs;
    this.currentSpeed = speed;
  }
}
