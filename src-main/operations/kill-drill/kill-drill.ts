import type { Clock } from '../../engine/ports/clock.ts';
import { connectEngine } from '../../launcher/engine-client.ts';
import { SeededRandom } from '../../practice-exchange/market/seeded-random.ts';
import { compareBooks, unaccountedIntents } from './compare-books.ts';
import type { DrillProcesses, Life } from './drill-processes.ts';
import type { JournalShadow } from './journal-shadow.ts';
import { KILL_PLACES, type KillPlace, type PlannedKill } from './kill-plan.ts';
import type { VenueAccount } from './venue-witness.ts';

/** How long a restarted engine may take to know everything again. */
const RECONCILED_WITHIN_MS = 30_000;
/** After that: how long a position may lack its stop. Absence of an order that died with its engine takes 3 s to prove. */
const PROTECTED_WITHIN_MS = 20_000;
/** How long news of the last moment may be on their way. */
const AGREED_WITHIN_MS = 15_000;
const SETTLED_WITHIN_MS = 60_000;
/** A failpoint that is not passed within this time is given up for a kill from outside. */
const REACHED_WITHIN_MS = 25_000;
const GUARDIAN_LOSS_LIMIT_MS = 2_000;
const MAX_TRIES = 5;
const EXIT_TOLD_MS = 2_000;
const LOOK_MS = 30;
const PROVOKE_MS = 300;

export type DrillParts = {
  readonly clock: Clock;
  readonly processes: DrillProcesses;
  readonly shadow: JournalShadow;
  readonly speed: number;
  readonly seed: string;
  readonly progress: (line: string) => void;
};

export type DrillFigures = {
  kills: number;
  readonly perFailpoint: Record<KillPlace, number>;
  restarts: number;
  /** Lives that ended otherwise than planned, such as one the guardian found silent on a busy machine. */
  otherEnds: number;
  /** Restarts that did not come up halted. */
  notHalted: number;
  duplicated: Set<string>;
  /** Orders at the venue without an intent, intents without a fate, fills and balances that stayed apart. */
  readonly lost: Set<string>;
  unprotectedMsWorst: number;
  /** From the end of reconciliation until the venue showed every position protected. */
  protectedAfterMsWorst: number;
  reconciledAfterMsWorst: number;
  guardianExitMsWorst: number;
  readonly problems: string[];
};

export const emptyFigures = (): DrillFigures => ({
  kills: 0,
  perFailpoint: Object.fromEntries(KILL_PLACES.map((place) => [place, 0])) as Record<KillPlace, number>,
  restarts: 0,
  otherEnds: 0,
  notHalted: 0,
  duplicated: new Set(),
  lost: new Set(),
  unprotectedMsWorst: 0,
  protectedAfterMsWorst: 0,
  reconciledAfterMsWorst: 0,
  guardianExitMsWorst: 0,
  problems: [],
});

/** Lets engine lives die one after the other and holds every restart against the venue's own account. */
export class KillDrill {
  readonly figures = emptyFigures();
  private readonly parts: DrillParts;
  private readonly random: SeededRandom;
  private commands = 0;

  constructor(parts: DrillParts) {
    this.parts = parts;
    this.random = new SeededRandom(`${parts.seed} provocation`);
  }

  async run(plan: readonly PlannedKill[]): Promise<void> {
    const { clock, progress, shadow } = this.parts;
    for (const [index, kill] of plan.entries()) {
      const startedUs = clock.monotonicUs();
      for (let tries = 1; !(await this.oneLife(kill)) && tries < MAX_TRIES; tries++);
      const seconds = ((clock.monotonicUs() - startedUs) / 1e6).toFixed(1);
      const state = `${shadow.rows} rows, ${shadow.intents.size} intents, ${shadow.fills.size} fills`;
      const { place, from, hit, weather } = kill;
      progress(`kill ${index + 1} of ${plan.length}: ${place} ${from} ${hit}, ${weather}, ${seconds} s; ${state}`);
    }
    await this.lastLife();
  }

  /** True when the life ended where it was to end; false when something else ended it, which the next life is judged for. */
  private async oneLife(kill: PlannedKill): Promise<boolean> {
    const { processes, shadow } = this.parts;
    const isFailpoint = kill.place !== 'outside' && kill.place !== 'guardian';
    const early = isFailpoint && kill.from === 'start' ? { failpoint: kill.place, hit: kill.hit } : null;
    const life = await this.start(early);
    await life.ready.catch(() => undefined);
    let died: KillPlace | null = null;
    if (life.isAlive()) await this.judgeRestart(life);
    if (life.isAlive()) await this.rearm(life);
    if (life.isAlive()) {
      await processes.venue.make(kill.weather);
      died = await this.die(life, kill);
    }
    const { signal, code } = await life.exited;
    shadow.catchUp();
    if (early !== null && died === null && signal === 'SIGKILL') died = kill.place;
    if (died === null) {
      this.figures.otherEnds += 1;
      this.parts.progress(`life ${life.epoch} of ${kill.place} ended by itself: ${signal ?? `code ${String(code)}`}`);
      return false;
    }
    this.figures.kills += 1;
    this.figures.perFailpoint[died] += 1;
    return true;
  }

  private async start(killAt: Parameters<DrillProcesses['startLife']>[0]): Promise<Life> {
    const { shadow } = this.parts;
    const hadStart = shadow.epoch > 0;
    await this.parts.processes.venue.forgetWeight();
    const life = await this.parts.processes.startLife(killAt);
    if (hadStart) {
      this.figures.restarts += 1;
      const halted = await this.until(RECONCILED_WITHIN_MS, () => shadow.epoch >= life.epoch, life);
      if (halted && shadow.stateAtStart !== 'halted') {
        this.figures.notHalted += 1;
        this.problem(`life ${life.epoch} came up ${shadow.stateAtStart}`);
      }
    }
    return life;
  }

  /** Everything a kill must not have cost, once the engine has asked the venue. */
  private async judgeRestart(life: Life): Promise<void> {
    const { clock, processes, shadow } = this.parts;
    const startedUs = clock.monotonicUs();
    const synchronized = (): boolean =>
      shadow.epoch === life.epoch &&
      processes.accounts.every((accountId) => shadow.view.venue(accountId)?.synchronized === true);
    if (!(await this.until(RECONCILED_WITHIN_MS, synchronized, life))) {
      if (life.isAlive()) this.problem(`life ${life.epoch} was not reconciled within ${RECONCILED_WITHIN_MS} ms`);
      return;
    }
    const reconciledUs = clock.monotonicUs();
    this.worst('reconciledAfterMsWorst', (reconciledUs - startedUs) / 1000);
    const guarded = await this.untilAccounts(life, PROTECTED_WITHIN_MS, (accounts) =>
      accounts.every(({ positions }) => positions.every(({ isProtected }) => isProtected)),
    );
    if (!life.isAlive()) return;
    this.worst('protectedAfterMsWorst', (clock.monotonicUs() - reconciledUs) / 1000);
    for (const { account, positions } of guarded.fits ? [] : guarded.accounts)
      for (const { symbol, isProtected, held } of positions)
        if (!isProtected) this.problem(`life ${life.epoch}: ${account} ${symbol} ${held} without its stop`);
    await this.judgeBooks(life, `life ${life.epoch}`);
  }

  private async judgeBooks(life: Life, name: string): Promise<void> {
    const agreed = await this.untilAccounts(
      life,
      AGREED_WITHIN_MS,
      (accounts) => compareBooks(this.parts.shadow, accounts).differing.length === 0,
    );
    if (!life.isAlive()) return;
    const { differing, duplicated, unintended } = compareBooks(this.parts.shadow, agreed.accounts);
    for (const id of duplicated) this.figures.duplicated.add(id);
    for (const line of [...differing, ...unintended]) {
      this.figures.lost.add(line);
      this.problem(`${name}: ${line}`);
    }
    for (const { positions } of agreed.accounts)
      for (const { longestUnprotectedMs } of positions) this.worst('unprotectedMsWorst', longestUnprotectedMs);
  }

  /** By a person's command, with a reason; the very first life trades at once. */
  private async rearm(life: Life): Promise<void> {
    const { shadow } = this.parts;
    if (shadow.view.tradingState().state === 'active') return;
    await this.command(life, { kind: 'rearm', to: 'active', reason: 'kill drill: books compared' });
    const isActive = await this.until(5_000, () => shadow.view.tradingState().state === 'active', life);
    if (!isActive && life.isAlive())
      this.problem(`life ${life.epoch} could not be re-armed: ${shadow.view.tradingState().state}`);
  }

  /** Resolves to the place where the life really ended, or null when it was not this drill that ended it. */
  private async die(life: Life, kill: PlannedKill): Promise<KillPlace | null> {
    const { place } = kill;
    if (place === 'guardian') return this.dieOfGuardian(life, kill.afterMs);
    if (place === 'outside') {
      if (await this.traded(life, kill.afterMs, place)) return null;
      life.child.kill();
      return place;
    }
    // A state is saved when the engine closes.
    const isSnapshot = place.startsWith('snapshot');
    life.child.send({ t: 'killAt', failpoint: place, hit: isSnapshot ? 1 : kill.hit });
    if (isSnapshot) life.child.send({ t: 'shutdown' });
    if (await this.traded(life, REACHED_WITHIN_MS, place)) {
      return (await life.exited).signal === 'SIGKILL' ? place : null;
    }
    life.child.kill();
    return 'outside';
  }

  private async dieOfGuardian(life: Life, afterMs: number): Promise<KillPlace | null> {
    const { clock, processes } = this.parts;
    if (await this.traded(life, afterMs, 'guardian')) return null;
    const killedUs = clock.monotonicUs();
    processes.killGuardian();
    await life.exited;
    const exitMs = (clock.monotonicUs() - killedUs) / 1000;
    this.worst('guardianExitMsWorst', exitMs);
    if (exitMs > GUARDIAN_LOSS_LIMIT_MS) this.problem(`life ${life.epoch} outlived its guardian by ${exitMs} ms`);
    return 'guardian';
  }

  /** Trades until the life ends, or for so long. True when it ended. */
  private async traded(life: Life, forMs: number, place: KillPlace): Promise<boolean> {
    const { clock } = this.parts;
    const endUs = clock.monotonicUs() + forMs * 1000;
    for (;;) {
      const waitMs = Math.min(PROVOKE_MS, (endUs - clock.monotonicUs()) / 1000);
      if (waitMs <= 0) return false;
      const ended = await Promise.race([life.exited.then(() => true), this.pause(waitMs).then(() => false)]);
      if (ended) return true;
      if (!place.startsWith('snapshot')) await this.provoke(life, place.startsWith('cancel') ? 0.8 : 0.15);
    }
  }

  /** Closes a position by command, so that lists are canceled and exits sent more often than the market does it. */
  private async provoke(life: Life, share: number): Promise<void> {
    this.parts.shadow.catchUp();
    const held = this.parts.shadow.view.exposures().filter(({ flattening, isFlat }) => !isFlat && flattening === null);
    const chosen = held[this.random.below(Math.max(1, held.length))];
    if (chosen === undefined || this.random.unit() > share) return;
    const { accountId, instrumentId } = chosen;
    await this.command(life, { kind: 'closePosition', accountId, instrumentId });
  }

  private async command(life: Life, command: object): Promise<void> {
    const { clock, processes } = this.parts;
    this.commands += 1;
    try {
      const client = await connectEngine(processes.clientSocket, processes.clientToken);
      client.send({
        t: 'command',
        id: `drill-${this.commands}`,
        origin: 'cli',
        issuedAtUs: clock.nowUs(),
        command: command as never,
      });
      await client.snapshot();
      client.close();
    } catch (error) {
      // The life may end at any instruction, this one's included; its exit is told a moment later.
      await Promise.race([life.exited, this.pause(EXIT_TOLD_MS)]);
      if (life.isAlive()) this.problem(`life ${life.epoch}: a command failed: ${String(error)}`);
    }
  }

  /** After the last kill: nothing trades, and every intent has to come to its end. */
  private async lastLife(): Promise<void> {
    const { processes, shadow } = this.parts;
    let life = await this.start(null);
    for (let tries = 1; tries < MAX_TRIES && !(await isReady(life)); tries++) life = await this.start(null);
    await this.judgeRestart(life);
    await processes.venue.setSpeed(0);
    const settled = await this.untilAccounts(life, SETTLED_WITHIN_MS, (accounts) => {
      return unaccountedIntents(shadow, accounts).length === 0 && compareBooks(shadow, accounts).differing.length === 0;
    });
    for (const line of unaccountedIntents(shadow, settled.accounts)) {
      this.figures.lost.add(line);
      this.problem(`at the end: ${line}`);
    }
    await this.judgeBooks(life, 'at the end');
  }

  private worst(
    name: 'unprotectedMsWorst' | 'protectedAfterMsWorst' | 'reconciledAfterMsWorst' | 'guardianExitMsWorst',
    value: number,
  ): void {
    this.figures[name] = Math.max(this.figures[name], Math.round(value));
  }

  private problem(line: string): void {
    this.figures.problems.push(line);
    this.parts.progress(`PROBLEM ${line}`);
  }

  /** Follows the journal until the check holds. False when the time is up or the life ended first. */
  private async until(withinMs: number, check: () => boolean, life: Life): Promise<boolean> {
    const { clock, shadow } = this.parts;
    const endUs = clock.monotonicUs() + withinMs * 1000;
    while (clock.monotonicUs() < endUs) {
      shadow.catchUp();
      if (check()) return true;
      if (!life.isAlive()) {
        shadow.catchUp();
        return check();
      }
      await this.pause(LOOK_MS);
    }
    return false;
  }

  /** Looks at both books until the check holds or the time is up. */
  private async untilAccounts(
    life: Life,
    withinMs: number,
    check: (accounts: readonly VenueAccount[]) => boolean,
  ): Promise<{ readonly fits: boolean; readonly accounts: readonly VenueAccount[] }> {
    const { clock, processes, shadow } = this.parts;
    const endUs = clock.monotonicUs() + withinMs * 1000;
    for (;;) {
      const accounts = await processes.venue.accounts();
      shadow.catchUp();
      const fits = check(accounts);
      if (fits || !life.isAlive() || clock.monotonicUs() > endUs) return { fits, accounts };
      await this.pause(LOOK_MS * 3);
    }
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.parts.clock.after(Math.max(0, ms), resolve));
  }
}

const isReady = async (life: Life): Promise<boolean> =>
  life.ready.then(
    () => true,
    () => false,
  );
