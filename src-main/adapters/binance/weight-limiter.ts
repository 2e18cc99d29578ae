import type { Lane } from '../../engine/domain/events.ts';
import type { AccountId } from '../../engine/domain/identifiers.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { SpendingWindow } from './spending-window.ts';

/** One limit of the venue: `limit` units of `resource` in `windowMs`. Weight counts per address, orders per account. */
export type VenueLimit = {
  readonly resource: 'weight' | 'orders';
  readonly windowMs: number;
  readonly limit: number;
};

/** Binance spot as of its exchangeInfo; replaced by what the venue states at connect. */
export const BINANCE_SPOT_LIMITS: readonly VenueLimit[] = [
  { resource: 'weight', windowMs: 60_000, limit: 6_000 },
  { resource: 'orders', windowMs: 10_000, limit: 50 },
  { resource: 'orders', windowMs: 86_400_000, limit: 160_000 },
];

export type Ask = {
  readonly lane: Lane;
  readonly weight: number;
  /** Orders the request places, each leg of a list one, and for whom. */
  readonly orders?: { readonly account: AccountId; readonly count: number };
};

/** Where a granted request stands in the ledger: goes back with the headers of its reply. */
export type Marks = readonly { readonly window: SpendingWindow; readonly rule: VenueLimit; readonly mark: number }[];

/** A denial says when to try again. */
export type Grant =
  | { readonly granted: true; readonly marks: Marks }
  | { readonly granted: false; readonly reason: 'budget' | 'paused'; readonly retryAfterMs: number };

/** The venue's counts in a reply, by window. */
export type ReportedUse = {
  readonly resource: VenueLimit['resource'];
  readonly windowMs: number;
  readonly amount: number;
};

export type WeightLimiter = {
  /** Cancels are granted at once, always. Others wait for their share up to the patience of their lane. */
  acquire(ask: Ask): Promise<Grant>;
  /** Feeds the counts a reply carried; `marks` as granted to its request. */
  observe(reported: readonly ReportedUse[], marks: Marks): void;
  /** The venue said to stop until then (429, 418, -1003): all but cancels are held back. */
  pause(durationMs: number): void;
  /**
   * The venue counted too many orders of the account (-1015). Only what places orders is held back, and the cancel an exit
   * begins with: other cancels and queries do not count. Where the venue says no time, an entry waits for the shortest window to pass and an exit asks again
   * after a second. Returns for how long entries wait.
   */
  pauseOrders(account: AccountId, durationMs: number | null): number;
  /** Takes over limits the venue states, keeping what was spent. */
  setLimits(limits: readonly VenueLimit[]): void;
  /** Of the address for weight, of the account for orders. */
  used(resource: VenueLimit['resource'], windowMs: number, account?: AccountId): number;
  /** Milliseconds until the pause ends; 0 when there is none. */
  pausedMs(): number;
};

/** Share of each limit a lane may fill: what is left above it is kept for the lanes before it. */
const SHARE: Readonly<Record<Lane, number>> = { cancel: 1, reduce: 0.98, new: 0.9, query: 0.8 };
/** A cancel places no order: the last order slots would be kept from exits for nobody. */
const shareOf = ({ resource }: VenueLimit, lane: Lane): number =>
  resource === 'orders' && lane === 'reduce' ? 1 : SHARE[lane];
/** How long a request may wait. An entry that cannot go now is stale later, so it hardly waits; a query outlasts a window. */
const PATIENCE_MS: Readonly<Record<Lane, number>> = { cancel: 0, reduce: 5_000, new: 500, query: 65_000 };
/** Between two tries of an exit where the venue did not say how long to wait. */
const EXIT_RETRY_MS = 1_000;
const SHORTEST_WINDOW_MS = 10_000;
const LANES: readonly Lane[] = ['cancel', 'reduce', 'new', 'query'];

type Waiting = { readonly ask: Ask; readonly deadlineUs: number; readonly answer: (grant: Grant) => void };

/** One ledger per host: everything that talks to the venue from this address shares it. */
export function createWeightLimiter(clock: Clock, limits: readonly VenueLimit[] = BINANCE_SPOT_LIMITS): WeightLimiter {
  return new LaneLimiter(clock, limits);
}

class LaneLimiter implements WeightLimiter {
  private readonly clock: Clock;
  private limits: readonly VenueLimit[];
  /** By resource, length and, for orders, account. */
  private readonly windows = new Map<string, SpendingWindow>();
  private readonly queues: Readonly<Record<Lane, Waiting[]>> = { cancel: [], reduce: [], new: [], query: [] };
  private pausedUntilUs = 0;
  private readonly orderPauses = new Map<
    AccountId,
    { readonly entriesUntilUs: number; readonly exitsUntilUs: number }
  >();
  private cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, limits: readonly VenueLimit[]) {
    this.clock = clock;
    this.limits = limits;
  }

  setLimits(limits: readonly VenueLimit[]): void {
    this.limits = limits;
    this.serve();
  }

  acquire(ask: Ask): Promise<Grant> {
    const nowUs = this.clock.monotonicUs();
    if (ask.lane === 'cancel') return Promise.resolve(this.grant(ask, nowUs));
    if (this.isFree(ask, nowUs)) return Promise.resolve(this.grant(ask, nowUs));
    return new Promise((answer) => {
      this.queues[ask.lane].push({ ask, deadlineUs: nowUs + PATIENCE_MS[ask.lane] * 1000, answer });
      this.serve();
    });
  }

  observe(reported: readonly ReportedUse[], marks: Marks): void {
    const nowUs = this.clock.monotonicUs();
    for (const { window, rule, mark } of marks) {
      const use = reported.find((one) => one.resource === rule.resource && one.windowMs === rule.windowMs);
      if (use !== undefined) window.report(use.amount, mark, nowUs);
    }
    this.serve();
  }

  pause(durationMs: number): void {
    this.pausedUntilUs = Math.max(this.pausedUntilUs, this.clock.monotonicUs() + durationMs * 1000);
    this.serve();
  }

  pauseOrders(account: AccountId, durationMs: number | null): number {
    const nowUs = this.clock.monotonicUs();
    const windows = this.limits.filter(({ resource }) => resource === 'orders').map(({ windowMs }) => windowMs);
    const entriesMs = durationMs ?? Math.min(...windows, SHORTEST_WINDOW_MS);
    const exitsMs = durationMs ?? EXIT_RETRY_MS;
    this.orderPauses.set(account, {
      entriesUntilUs: nowUs + entriesMs * 1_000,
      exitsUntilUs: nowUs + exitsMs * 1_000,
    });
    this.serve();
    return entriesMs;
  }

  pausedMs(): number {
    return Math.max(0, Math.ceil((this.pausedUntilUs - this.clock.monotonicUs()) / 1000));
  }

  used(resource: VenueLimit['resource'], windowMs: number, account?: AccountId): number {
    return this.windows.get(windowKey({ resource, windowMs }, account))?.used(this.clock.monotonicUs()) ?? 0;
  }

  /** Nobody waits and there is room: the order of lanes does not matter. */
  private isFree(ask: Ask, nowUs: number): boolean {
    return (
      LANES.every((lane) => this.queues[lane].length === 0) && nowUs >= this.heldUntilUs(ask) && this.fits(ask, nowUs)
    );
  }

  /** Grants what fits, lane by lane and in order within a lane; denies what cannot be granted in time. */
  private serve(): void {
    const nowUs = this.clock.monotonicUs();
    for (const lane of LANES) {
      const queue = this.queues[lane];
      let at = 0;
      for (let next = queue[at]; next !== undefined; next = queue[at]) {
        const grant = this.decide(next, nowUs);
        if (grant !== undefined) {
          queue.splice(at, 1);
          next.answer(grant);
          // What a pause of its own account holds back holds back nobody else.
        } else if (nowUs < this.heldUntilUs(next.ask)) at += 1;
        else break;
      }
    }
    this.wakeLater(nowUs);
  }

  private decide(head: Waiting, nowUs: number): Grant | undefined {
    const heldUntilUs = this.heldUntilUs(head.ask);
    if (nowUs < heldUntilUs) {
      if (heldUntilUs <= head.deadlineUs) return undefined;
      return { granted: false, reason: 'paused', retryAfterMs: Math.ceil((heldUntilUs - nowUs) / 1_000) };
    }
    if (this.fits(head.ask, nowUs)) return this.grant(head.ask, nowUs);
    if (nowUs < head.deadlineUs) return undefined;
    return { granted: false, reason: 'budget', retryAfterMs: this.untilChangeMs(nowUs) };
  }

  private grant(ask: Ask, nowUs: number): Grant {
    const marks = this.costs(ask).map(({ window, rule, cost }) => ({ window, rule, mark: window.spend(cost, nowUs) }));
    return { granted: true, marks };
  }

  private fits(ask: Ask, nowUs: number): boolean {
    return this.costs(ask).every(
      ({ window, rule, cost }) => window.used(nowUs) + cost <= Math.floor(rule.limit * shareOf(rule, ask.lane)),
    );
  }

  /** The windows a request counts in. */
  private costs(ask: Ask): readonly { window: SpendingWindow; rule: VenueLimit; cost: number }[] {
    return this.limits.flatMap((rule) => {
      const cost = rule.resource === 'weight' ? ask.weight : (ask.orders?.count ?? 0);
      return cost === 0 ? [] : [{ rule, cost, window: this.window(rule, ask.orders?.account) }];
    });
  }

  private window(rule: VenueLimit, account: AccountId | undefined): SpendingWindow {
    const key = windowKey(rule, account);
    const known = this.windows.get(key);
    if (known !== undefined) return known;
    const window = new SpendingWindow(rule.windowMs * 1000);
    this.windows.set(key, window);
    return window;
  }

  private wakeLater(nowUs: number): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const wakes = LANES.flatMap((lane) =>
      this.queues[lane].map(({ ask, deadlineUs }) => {
        const heldUntilUs = this.heldUntilUs(ask);
        return Math.min(deadlineUs, nowUs < heldUntilUs ? heldUntilUs : this.nextChangeUs());
      }),
    );
    if (wakes.length === 0) return;
    const delayMs = Math.ceil((Math.min(...wakes) - nowUs) / 1000);
    this.cancelTimer = this.clock.after(Math.max(1, delayMs), () => this.serve());
  }

  /** A request dearer than its share fits never: a window from now is as good a time as any. */
  private untilChangeMs(nowUs: number): number {
    const changeUs = this.nextChangeUs();
    return Number.isFinite(changeUs) ? Math.max(1, Math.ceil((changeUs - nowUs) / 1000)) : 60_000;
  }

  private nextChangeUs(): number {
    return Math.min(...[...this.windows.values()].map((window) => window.nextChangeUs()));
  }

  /** Pauses the venue asked for; past where there is none. A cancel in the lane of exits bares a position: it waits as they do. */
  private heldUntilUs({ lane, orders }: Ask): number {
    const pause = orders === undefined ? undefined : this.orderPauses.get(orders.account);
    if (pause === undefined) return this.pausedUntilUs;
    if (lane === 'reduce') return Math.max(this.pausedUntilUs, pause.exitsUntilUs);
    return orders?.count === 0 ? this.pausedUntilUs : Math.max(this.pausedUntilUs, pause.entriesUntilUs);
  }
}

function windowKey({ resource, windowMs }: Pick<VenueLimit, 'resource' | 'windowMs'>, account?: AccountId): string {
  return `${resource} ${windowMs} ${resource === 'orders' ? (account ?? '') : ''}`;
}
