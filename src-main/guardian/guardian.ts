import type { Clock } from '../engine/ports/clock.ts';
import type { EpochFile } from './epoch-file.ts';
import type { KillReport } from './kill-path.ts';
import type { GuardianMemory } from './memory.ts';
import {
  BEAT_INTERVAL_MS,
  ENGINE_SILENCE_MS,
  type GuardianAnswer,
  type GuardianRequest,
  type GuardianStatus,
  type WorkedParent,
  type Finding,
  type HeldPosition,
  STOP_ACKNOWLEDGE_MS,
  type StopResult,
} from './protocol.ts';

const UNPROVEN = 'unproven';

/** One connection to the guardian, engine or client. */
export type Peer = { send(answer: GuardianAnswer): void };

export type GuardianOptions = {
  readonly clock: Clock;
  readonly epoch: EpochFile;
  readonly memory: GuardianMemory;
  readonly engineToken: string;
  /** Ends the engine and resolves when it is gone. */
  readonly killEngine: (pid: number) => Promise<void>;
  /** The guardian's own way to the venue; called only after the engine has exited. */
  readonly flatten: (epoch: number, held: readonly HeldPosition[]) => Promise<KillReport>;
  readonly log: (line: string) => void;
};

type EngineLink = {
  readonly peer: Peer;
  readonly pid: number;
  readonly epoch: number;
  lastBeatUs: number;
  /** It has taken the stop up; from then on it leaves `stopping` by proof alone. */
  hasTakenStop: boolean;
};
type PendingStop = {
  readonly stopId: string;
  readonly startedUs: number;
  readonly waiting: Peer[];
  cancelTimer: () => void;
};

/**
 * Watches the engine and stands in for it when an emergency stop finds it deaf. Small on purpose: no HTTP, no strategy, no
 * state besides who is alive and what is held.
 */
export class Guardian {
  private readonly options: GuardianOptions;
  private engine: EngineLink | undefined;
  private engineState: GuardianStatus['engine'] = 'none';
  private tradingState: string | null = null;
  private held: readonly HeldPosition[];
  private findings: readonly Finding[] = [];
  private executors: readonly WorkedParent[] = [];
  private stop: PendingStop | undefined;
  private flattening: Promise<StopResult> | undefined;
  private stopCount = 0;
  private lastTickUs: number;
  /** Origin of a stop that is not proven done, also by an earlier guardian: the next engine life goes on with it. */
  private unproven: string | null;

  constructor(options: GuardianOptions) {
    this.options = options;
    this.held = options.memory.held();
    this.unproven = options.memory.stop();
    this.lastTickUs = options.clock.monotonicUs();
    options.clock.every(BEAT_INTERVAL_MS, () => this.beat());
  }

  receive(peer: Peer, request: GuardianRequest): void {
    switch (request.t) {
      case 'engine':
        return this.welcomeEngine(peer, request);
      case 'beat':
        return this.heardBeat(peer, request);
      case 'stopAcknowledged':
        return this.stopAcknowledged(peer, request.stopId);
      case 'stop':
        return this.requestStop(peer, request.origin);
      case 'status':
        return peer.send({ t: 'status', status: this.status() });
    }
  }

  /** The peer's connection closed. A lost engine connection is not yet a dead engine: silence decides. */
  closed(peer: Peer): void {
    if (this.engine?.peer === peer) this.engineState = 'silent';
  }

  /** A new epoch for the next engine life. Waits for a running flatten, so that two never trade at once. */
  async newLife(): Promise<number> {
    await this.flattening;
    this.engine = undefined;
    this.engineState = 'none';
    return this.options.epoch.raise();
  }

  /** The engine was last heard, or left, in an emergency stop: its positions may have lost their stops by now. */
  get isStopping(): boolean {
    return this.unproven !== null || this.tradingState === 'stopping';
  }

  /** After the last failed restart, when the policy says so. */
  async flattenNow(origin: string): Promise<StopResult> {
    return this.actAlone(origin, this.options.clock.monotonicUs());
  }

  status(): GuardianStatus {
    const beat = this.engine === undefined ? null : (this.options.clock.monotonicUs() - this.engine.lastBeatUs) / 1000;
    return {
      engine: this.engineState,
      enginePid: this.engine?.pid ?? null,
      engineEpoch: this.options.epoch.current(),
      lastBeatMs: beat,
      tradingState: this.tradingState,
      positions: this.held,
      findings: this.findings,
      executors: this.executors,
    };
  }

  private welcomeEngine(peer: Peer, request: { token: string; pid: number; epoch: number }): void {
    if (request.token !== this.options.engineToken || request.epoch !== this.options.epoch.current()) {
      peer.send({
        t: 'refused',
        detail: `expected the engine of epoch ${this.options.epoch.current()}, was ${request.epoch}`,
      });
      return;
    }
    this.engine = {
      peer,
      pid: request.pid,
      epoch: request.epoch,
      lastBeatUs: this.options.clock.monotonicUs(),
      hasTakenStop: false,
    };
    this.engineState = 'alive';
    peer.send({ t: 'accepted', epoch: request.epoch });
    if (this.stop !== undefined) peer.send({ t: 'stop', stopId: this.stop.stopId, origin: 'guardian' });
    else if (this.unproven !== null) peer.send({ t: 'stop', stopId: UNPROVEN, origin: this.unproven });
  }

  private heardBeat(peer: Peer, beat: Extract<GuardianRequest, { readonly t: 'beat' }>): void {
    if (this.engine?.peer !== peer) return;
    this.findings = beat.findings ?? [];
    this.executors = beat.executors ?? [];
    this.engine.lastBeatUs = this.options.clock.monotonicUs();
    this.engineState = 'alive';
    if (beat.positions === null) return;
    this.tradingState = beat.tradingState;
    this.held = beat.positions;
    this.remember(() => this.options.memory.noteHeld(this.held));
    if (this.engine.hasTakenStop && beat.tradingState !== 'stopping') this.latch(null);
  }

  private beat(): void {
    const { engine, options } = this;
    const nowUs = options.clock.monotonicUs();
    const heldUpMs = (nowUs - this.lastTickUs) / 1000 - BEAT_INTERVAL_MS;
    this.lastTickUs = nowUs;
    if (engine === undefined || this.engineState === 'killed') return;
    engine.peer.send({ t: 'beat', epoch: options.epoch.current() });
    const silentMs = (nowUs - engine.lastBeatUs) / 1000;
    // Beats that came while the guardian itself was held up are still unread: they are heard before it judges.
    if (heldUpMs > ENGINE_SILENCE_MS / 2 || silentMs < ENGINE_SILENCE_MS || this.flattening !== undefined) return;
    this.engineState = 'killed';
    options.log(`engine ${engine.pid} silent for ${Math.round(silentMs)} ms: ending it`);
    options.killEngine(engine.pid).catch((error: unknown) => options.log(`engine not ended: ${String(error)}`));
  }

  private requestStop(client: Peer, origin: string): void {
    if (this.stop !== undefined) {
      this.stop.waiting.push(client);
      return;
    }
    const { clock } = this.options;
    this.stopCount += 1;
    const stop: PendingStop = {
      stopId: `${this.options.epoch.current()}-${this.stopCount}`,
      startedUs: clock.monotonicUs(),
      waiting: [client],
      cancelTimer: () => undefined,
    };
    this.stop = stop;
    stop.cancelTimer = clock.after(STOP_ACKNOWLEDGE_MS, () => {
      void this.actAlone(origin, stop.startedUs).then((result) => this.finishStop(stop, result));
    });
    // A beat that is under way tells of the time before this stop.
    if (this.engine !== undefined) this.engine.hasTakenStop = false;
    this.engine?.peer.send({ t: 'stop', stopId: stop.stopId, origin });
    // After it was passed on: the disk holds up no stop.
    this.latch(origin);
  }

  private stopAcknowledged(peer: Peer, stopId: string): void {
    const { stop } = this;
    if (this.engine?.peer === peer) this.engine.hasTakenStop = true;
    if (stop === undefined || stop.stopId !== stopId || this.engine?.peer !== peer || this.flattening !== undefined)
      return;
    stop.cancelTimer();
    const afterMs = (this.options.clock.monotonicUs() - stop.startedUs) / 1000;
    this.finishStop(stop, { acknowledgedBy: 'engine', afterMs, actions: [], verifiedFlat: null });
  }

  private finishStop(stop: PendingStop, result: StopResult): void {
    if (this.stop === stop) this.stop = undefined;
    for (const client of stop.waiting) client.send({ t: 'stopResult', result });
  }

  private async actAlone(origin: string, startedUs: number): Promise<StopResult> {
    this.flattening ??= this.killThenFlatten(origin, startedUs).finally(() => {
      this.flattening = undefined;
    });
    return this.flattening;
  }

  private async killThenFlatten(origin: string, startedUs: number): Promise<StopResult> {
    const { options } = this;
    options.log(`emergency stop by ${origin}: the engine did not acknowledge; acting alone`);
    const report = await this.killAndFlatten().catch((error: unknown): KillReport => {
      options.log(`emergency stop by ${origin} failed: ${String(error)}`);
      return { actions: [], verifiedFlat: false };
    });
    this.latch(report.verifiedFlat ? null : origin);
    const afterMs = (options.clock.monotonicUs() - startedUs) / 1000;
    return { acknowledgedBy: 'guardian', afterMs, actions: report.actions, verifiedFlat: report.verifiedFlat };
  }

  private async killAndFlatten(): Promise<KillReport> {
    const { options } = this;
    if (this.engine !== undefined) {
      this.engineState = 'killed';
      await options.killEngine(this.engine.pid);
    }
    return options.flatten(this.ownEpoch(), this.held);
  }

  private latch(origin: string | null): void {
    this.unproven = origin;
    this.remember(() => this.options.memory.noteStop(origin));
  }

  private remember(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.options.log(`not remembered: ${String(error)}`);
    }
  }

  /** A full disk does not hold up a stop: the engine is dead, and ids of the guardian differ by their counter too. */
  private ownEpoch(): number {
    const { epoch, log } = this.options;
    try {
      return epoch.raise();
    } catch (error) {
      log(`epoch not raised: ${String(error)}`);
      return epoch.current();
    }
  }
}
