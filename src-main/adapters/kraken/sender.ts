import type { z } from 'zod';
import type { Lane } from '../../engine/domain/events.ts';
import { err, type Result } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import type { CcxtKraken, KrakenCall, KrakenParams } from '../ccxt/ccxt-kraken.ts';
import { type ClientTier, DecayingCounter, TIER_LIMITS } from './venue-counters.ts';
import { checkedReply } from './checked-reply.ts';

export type KrakenRequest<T> = {
  readonly call: KrakenCall;
  readonly params: KrakenParams;
  /** What a result must look like before anything of it is believed. */
  readonly schema: z.ZodType<T>;
  readonly lane: Lane;
  /** What it adds to the counter of the key's calls; orders have counters of their own. */
  readonly calls?: number;
  /** What it adds to the counter of the account on one pair. */
  readonly transaction?: Transaction | readonly Transaction[];
  /** Called when it goes to the network. */
  readonly onSent?: () => void;
};

type Transaction = { readonly pair: string; readonly cost: number };

export type SenderParts = {
  readonly ccxt: CcxtKraken;
  readonly clock: Clock;
  readonly tier: ClientTier;
  readonly isCurrentEpoch: () => boolean;
  readonly onFailure: (failure: CallFailure) => void;
};

const LANES: readonly Lane[] = ['cancel', 'reduce', 'new', 'query'];
/** Nonces must arrive in order, so one request waits for the answer of the last, but no longer than this: it has arrived by then. */
const OVERTAKE_MS = 250;
const PATIENCE_MS: Readonly<Record<Lane, number>> = { cancel: 60_000, reduce: 5_000, new: 500, query: 60_000 };
/** What new orders leave of a pair's counter to cancels. */
const SHARE_OF_NEW = 0.6;
/** What queries leave of the key's counter to others. */
const SHARE_OF_QUERY = 0.8;

/** Leave to send, to be given back with the answer; or why there is none. */
type Turn = { readonly denied: CallFailure } | { readonly release: () => void };
type Waiting = {
  readonly lane: Lane;
  readonly calls: number;
  readonly deadlineUs: number;
  readonly start: (turn: Turn) => void;
};

/** One sender per key: requests leave one after the other in the order of their nonces, urgent ones first. */
export class KrakenSender {
  private readonly parts: SenderParts;
  private readonly calls: DecayingCounter;
  private readonly pairs = new Map<string, DecayingCounter>();
  private readonly waiting: Waiting[] = [];
  private pausedUntilUs = 0;
  private busy = 0;
  private cancelTimer: () => void = () => undefined;

  constructor(parts: SenderParts) {
    this.parts = parts;
    const limits = TIER_LIMITS[parts.tier];
    this.calls = new DecayingCounter(limits.callsPerSecond);
  }

  close(): void {
    this.cancelTimer();
  }

  /** All but cancels and reducing orders are held back until then. */
  pause(durationMs: number): void {
    this.pausedUntilUs = Math.max(this.pausedUntilUs, this.parts.clock.monotonicUs() + durationMs * 1000);
  }

  /** A failed query means "no information". */
  query<T>(request: KrakenRequest<T>): Promise<Result<T, CallFailure>> {
    return this.send(request, () => true);
  }

  /** As query, but for what changes the account: refused as FENCED once this engine life has been replaced. */
  command<T>(request: KrakenRequest<T>): Promise<Result<T, CallFailure>> {
    return this.send(request, this.parts.isCurrentEpoch);
  }

  /** A command that is made when its turn comes, of what is due then; null when that is nothing. */
  async commandOfTurn<T>(lane: Lane, make: () => KrakenRequest<T> | null): Promise<Result<T, CallFailure> | null> {
    const turn = await this.turn({ lane });
    if ('denied' in turn) return err(turn.denied);
    const request = make();
    if (request !== null) return this.sendInTurn(request, turn.release, this.parts.isCurrentEpoch);
    turn.release();
    return null;
  }

  private async send<T>(request: KrakenRequest<T>, mayRun: () => boolean): Promise<Result<T, CallFailure>> {
    const isPublic = request.call.startsWith('publicGet');
    const turn: Turn = isPublic ? { release: () => undefined } : await this.turn(request);
    if ('denied' in turn) return err(turn.denied);
    return this.sendInTurn(request, turn.release, mayRun);
  }

  private async sendInTurn<T>(
    request: KrakenRequest<T>,
    release: () => void,
    mayRun: () => boolean,
  ): Promise<Result<T, CallFailure>> {
    const denied = mayRun() ? this.pairDenial(request) : refusal('FENCED', null);
    if (denied !== null) {
      release();
      return err(denied);
    }
    request.onSent?.();
    const reply = await this.parts.ccxt.call(request.call, request.params);
    release();
    const checked = checkedReply(reply, request);
    if (!checked.ok) this.learn(checked.error, request.calls ?? 0);
    return checked;
  }

  /**
   * Others used the key, an earlier life above all: its counter is full, whatever we reckoned, and what was refused counts as
   * well. Asking again too early would keep it full for ever, also for the looks that prove a stop.
   */
  private learn(failure: CallFailure, calls: number): void {
    const { clock, onFailure, tier } = this.parts;
    if (failure.code.startsWith('EAPI:Rate limit exceeded'))
      this.calls.raiseTo(TIER_LIMITS[tier].callsMax + calls, clock.monotonicUs());
    onFailure(failure);
  }

  private turn({ lane, calls = 0 }: Pick<KrakenRequest<unknown>, 'lane' | 'calls'>): Promise<Turn> {
    // What the counter holds back is a look: it outlasts it. An exit that waited so long is decided anew.
    const patienceMs = PATIENCE_MS[calls > 0 ? 'query' : lane];
    const deadlineUs = this.parts.clock.monotonicUs() + patienceMs * 1000;
    return new Promise((start) => {
      const place = this.waiting.findIndex((other) => LANES.indexOf(other.lane) > LANES.indexOf(lane));
      this.waiting.splice(place < 0 ? this.waiting.length : place, 0, { lane, calls, deadlineUs, start });
      this.serve();
    });
  }

  private serve(): void {
    this.cancelTimer();
    const nowUs = this.parts.clock.monotonicUs();
    for (const late of this.waiting.filter(({ deadlineUs }) => deadlineUs < nowUs)) {
      this.waiting.splice(this.waiting.indexOf(late), 1);
      late.start({ denied: refusal(nowUs < this.pausedUntilUs ? 'PAUSED' : 'NO_WEIGHT', 1_000) });
    }
    const next = this.busy > 0 ? undefined : this.waiting.find((one) => this.waitMs(one, nowUs) === 0);
    if (next !== undefined) {
      this.waiting.splice(this.waiting.indexOf(next), 1);
      this.calls.add(next.calls, nowUs);
      next.start({ release: this.occupy() });
      return;
    }
    if (this.waiting.length > 0 && this.busy === 0) this.wakeLater(nowUs);
  }

  private wakeLater(nowUs: number): void {
    const delays = this.waiting.map((one) => Math.min(this.waitMs(one, nowUs), (one.deadlineUs - nowUs) / 1000 + 1));
    this.cancelTimer = this.parts.clock.after(Math.max(1, Math.ceil(Math.min(...delays))), () => this.serve());
  }

  /** Exits and what proves them wait for no pause of ours, and use the whole of the key's counter. */
  private waitMs({ lane, calls }: Waiting, nowUs: number): number {
    const isUrgent = lane === 'cancel' || lane === 'reduce';
    const pausedMs = isUrgent ? 0 : Math.max(0, (this.pausedUntilUs - nowUs) / 1000);
    if (calls === 0) return pausedMs;
    const room = TIER_LIMITS[this.parts.tier].callsMax * (isUrgent ? 1 : SHARE_OF_QUERY);
    return Math.max(pausedMs, this.calls.untilBelowMs(room - calls, nowUs));
  }

  private occupy(): () => void {
    this.busy += 1;
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      cancel();
      this.busy -= 1;
      this.serve();
    };
    const cancel = this.parts.clock.after(OVERTAKE_MS, release);
    return release;
  }

  private pairDenial({ lane, transaction = [] }: KrakenRequest<unknown>): CallFailure | null {
    const limits = TIER_LIMITS[this.parts.tier];
    const nowUs = this.parts.clock.monotonicUs();
    for (const { cost, pair } of [transaction].flat()) {
      const counter = this.pairs.get(pair) ?? new DecayingCounter(limits.ordersPerSecond);
      this.pairs.set(pair, counter);
      const room = lane === 'new' ? limits.ordersMax * SHARE_OF_NEW : Infinity;
      const waitMs = counter.untilBelowMs(room - cost, nowUs);
      if (waitMs > 0) return refusal('NO_WEIGHT', waitMs);
      counter.add(cost, nowUs);
    }
    return null;
  }
}

/** Of our own making, before anything was sent. */
function refusal(code: 'PAUSED' | 'NO_WEIGHT' | 'FENCED', retryAfterMs: number | null): CallFailure {
  const messages = {
    PAUSED: 'expected no pause ordered by the venue, was paused',
    NO_WEIGHT: 'expected room in the counters of the venue, was none',
    FENCED: 'expected this engine life to be the current one, was replaced',
  };
  return { outcome: 'rejected', code, message: messages[code], remedy: 'none', retryAfterMs };
}
