import { ApiError } from './api-error.ts';

const MINUTE_MS = 60_000;
const TEN_SECONDS_MS = 10_000;
const DAY_MS = 86_400_000;
/** Refused requests after which an address that does not back off is banned. */
const STRIKES = 10;
const FIRST_BAN_MS = 120_000;
const LONGEST_BAN_MS = 3 * DAY_MS;

export type LimitOptions = {
  readonly weightPerMinute: number;
  readonly ordersPer10s: number;
  /** Of the longer window: a day on spot, a minute on USD-M. */
  readonly ordersPerDay: number;
};

/** The longer of the two windows in which orders are counted. */
export type LongWindow = { readonly ms: number; readonly interval: 'DAY' | 'MINUTE'; readonly header: '1D' | '1M' };
const A_DAY: LongWindow = { ms: DAY_MS, interval: 'DAY', header: '1D' };
export const A_MINUTE: LongWindow = { ms: MINUTE_MS, interval: 'MINUTE', header: '1M' };

/** The venue's published numbers. */
export const TRUE_LIMITS: LimitOptions = { weightPerMinute: 6000, ordersPer10s: 50, ordersPerDay: 160_000 };

type Window = { startMs: number; used: number };
type Address = { readonly window: Window; strikes: number; bannedUntilMs: number; bans: number };

/** Request weight per address and order counts per account, in the venue's fixed windows of wall time. */
export class RateLimits {
  readonly options: LimitOptions;
  readonly long: LongWindow;
  private readonly addresses = new Map<string, Address>();
  private readonly orderWindows = new Map<string, readonly [Window, Window]>();

  constructor(options: LimitOptions, long: LongWindow = A_DAY) {
    this.options = options;
    this.long = long;
  }

  /** Counts a request. Throws 429 when the minute is used up and 418 for those who do not back off. Returns used weight. */
  spendWeight(address: string, weight: number, nowMs: number): number {
    const entry = this.address(address);
    if (nowMs < entry.bannedUntilMs) throw banned(entry.bannedUntilMs, nowMs);
    const used = spend(entry.window, weight, nowMs, MINUTE_MS);
    if (used <= this.options.weightPerMinute) return used;
    entry.strikes += 1;
    if (entry.strikes > STRIKES) {
      entry.strikes = 0;
      entry.bannedUntilMs = nowMs + Math.min(LONGEST_BAN_MS, FIRST_BAN_MS * 2 ** entry.bans++);
      throw banned(entry.bannedUntilMs, nowMs);
    }
    const limit = this.options.weightPerMinute;
    const msg = `Too much request weight used; current limit is ${limit} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`;
    throw new ApiError(-1003, msg, { status: 429, headers: retryAfter(entry.window.startMs + MINUTE_MS - nowMs) });
  }

  usedWeight(address: string, nowMs: number): number {
    return spend(this.address(address).window, 0, nowMs, MINUTE_MS);
  }

  /** Every address begins a fresh minute: for drills that restart more often than a minute's weight allows. */
  forgetWeight(): void {
    this.addresses.clear();
  }

  /** Counts orders. Throws -1015 when one of the windows is full. */
  spendOrders(account: string, count: number, nowMs: number): void {
    const [short, day] = this.windowsOf(account);
    const counts = [spend(short, 0, nowMs, TEN_SECONDS_MS), spend(day, 0, nowMs, this.long.ms)] as const;
    if (counts[0] + count > this.options.ordersPer10s) {
      throw tooMany(`${this.options.ordersPer10s} orders per 10 SECOND`, short.startMs + TEN_SECONDS_MS - nowMs);
    }
    if (counts[1] + count > this.options.ordersPerDay) {
      throw tooMany(
        `${this.options.ordersPerDay} orders per 1 ${this.long.interval}`,
        day.startMs + this.long.ms - nowMs,
      );
    }
    short.used += count;
    day.used += count;
  }

  /** Refused orders do not count, nor do those that traded: only unfilled orders use up the limit. */
  giveBackOrders(account: string, count: number): void {
    for (const window of this.windowsOf(account)) window.used = Math.max(0, window.used - count);
  }

  orderCounts(account: string, nowMs: number): readonly [number, number] {
    const [short, day] = this.windowsOf(account);
    return [spend(short, 0, nowMs, TEN_SECONDS_MS), spend(day, 0, nowMs, this.long.ms)];
  }

  /** The `rateLimits` of exchangeInfo. */
  published() {
    const { weightPerMinute, ordersPer10s, ordersPerDay } = this.options;
    return [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: weightPerMinute },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: ordersPer10s },
      { rateLimitType: 'ORDERS', interval: this.long.interval, intervalNum: 1, limit: ordersPerDay },
    ];
  }

  private address(name: string): Address {
    let entry = this.addresses.get(name);
    if (entry === undefined) {
      entry = { window: { startMs: 0, used: 0 }, strikes: 0, bannedUntilMs: 0, bans: 0 };
      this.addresses.set(name, entry);
    }
    return entry;
  }

  private windowsOf(account: string): readonly [Window, Window] {
    let windows = this.orderWindows.get(account);
    if (windows === undefined) {
      windows = [
        { startMs: 0, used: 0 },
        { startMs: 0, used: 0 },
      ];
      this.orderWindows.set(account, windows);
    }
    return windows;
  }
}

function spend(window: Window, amount: number, nowMs: number, lengthMs: number): number {
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
  if (window.startMs !== startMs) {
    window.startMs = startMs;
    window.used = 0;
  }
  window.used += amount;
  return window.used;
}

const retryAfter = (ms: number) => ({ 'Retry-After': String(Math.max(1, Math.ceil(ms / 1000))) });

function banned(untilMs: number, nowMs: number): ApiError {
  const msg = `Way too much request weight used; IP banned until ${untilMs}. Please use WebSocket Streams for live updates to avoid bans.`;
  return new ApiError(-1003, msg, { status: 418, headers: retryAfter(untilMs - nowMs) });
}

const tooMany = (limit: string, waitMs: number): ApiError =>
  new ApiError(-1015, `Too many new orders; current limit is ${limit}.`, { status: 429, headers: retryAfter(waitMs) });
