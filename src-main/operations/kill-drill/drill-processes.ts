import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../engine/domain/config.ts';
import { type AccountId, accountId } from '../../engine/domain/identifiers.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { AccountBoot, EngineBoot, VenueBoot } from '../../launcher/boot.ts';
import { awaitReady, type Launch, launcherOf, livesOf } from '../../launcher/launch.ts';
import type { KillAt } from '../../launcher/kill-switch.ts';
import { socketPath } from '../../launcher/local-socket.ts';
import type { Child, ChildExit, ProcessHost } from '../../launcher/process-host.ts';
import { type VenueWitness, witnessVenue } from './venue-witness.ts';

export type DrillSetup = {
  readonly host: ProcessHost;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly config: Config;
  readonly instruments: readonly string[];
  readonly baselineDir: string;
  readonly speed: number;
  readonly log: (line: string) => void;
};

/** One life of the engine; `ready` rejects when it ends before it is up. */
export type Life = {
  readonly epoch: number;
  readonly child: Child;
  readonly ready: Promise<unknown>;
  readonly exited: Promise<ChildExit>;
  isAlive(): boolean;
};

/** The drill's processes: a venue that stays, a guardian that is replaced when it was killed, and one engine at a time. */
export type DrillProcesses = {
  readonly venue: VenueWitness;
  readonly accounts: readonly AccountId[];
  readonly clientSocket: string;
  readonly clientToken: string;
  startLife(killAt: KillAt | null): Promise<Life>;
  killGuardian(): void;
  close(): Promise<void>;
};

const ACCOUNTS = 2;

type Guardian = { readonly child: Child; readonly newLife: () => Promise<number> };

/** Throws when the venue or the guardian cannot start; what ran is ended again. */
export async function startDrillProcesses(setup: DrillSetup): Promise<DrillProcesses> {
  mkdirSync(setup.dataDir, { recursive: true, mode: 0o700 });
  const children: Child[] = [];
  const close = async (): Promise<void> => {
    const running = [...children];
    for (const child of running) child.kill();
    await Promise.all(running.map((child) => child.exited));
  };
  try {
    return { ...(await startAll(setup, children)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startAll(setup: DrillSetup, children: Child[]): Promise<Omit<DrillProcesses, 'close'>> {
  const run = launcherOf(setup, children);
  const intentJournal = join(setup.dataDir, 'journal.db');
  const practice = { market: 'demo', speed: setup.speed, port: 0, accounts: ACCOUNTS, intentJournal } as const;
  const { detail } = await run('practice-exchange', { t: 'boot', practice });
  const { accounts, names, venue } = venueOf(detail);
  const boot = bootOf(setup, venue, accounts);
  let guardian = await startGuardian(run, boot);
  return {
    venue: witnessVenue(String(detail['control']), names, accounts),
    accounts: accounts.map((account) => accountId(account.accountId)),
    clientSocket: boot.clientSocket,
    clientToken: boot.clientToken,
    startLife: async (killAt) => {
      if (!children.includes(guardian.child)) guardian = await startGuardian(run, boot);
      return startEngine(setup, children, { ...boot, engineEpoch: await guardian.newLife() }, killAt);
    },
    killGuardian: () => guardian.child.kill(),
  };
}

function bootOf(
  { baselineDir, config, dataDir, instruments }: DrillSetup,
  venue: VenueBoot,
  accounts: readonly AccountBoot[],
): EngineBoot {
  return {
    t: 'boot',
    dataDir,
    installation: randomBytes(4).toString('hex'),
    engineEpoch: 0,
    guardianSocket: socketPath(dataDir, 'guardian'),
    clientSocket: socketPath(dataDir, 'engine'),
    engineToken: randomBytes(24).toString('hex'),
    clientToken: randomBytes(24).toString('hex'),
    config,
    venue,
    accounts,
    instruments,
    baselineDir,
    hostLabel: '',
  };
}

async function startGuardian(run: Launch, boot: EngineBoot): Promise<Guardian> {
  const { accounts, dataDir, engineToken, guardianSocket, installation, venue } = boot;
  const { child } = await run('guardian', {
    t: 'boot',
    dataDir,
    installation,
    socketPath: guardianSocket,
    engineToken,
    venue,
    accounts,
    afterFailedRestarts: 'leaveStops',
  });
  return { child, newLife: livesOf(child) };
}

function startEngine(setup: DrillSetup, children: Child[], boot: EngineBoot, killAt: KillAt | null): Life {
  const child = setup.host.start('engine');
  children.push(child);
  let isAlive = true;
  void child.exited.then(() => {
    isAlive = false;
    children.splice(children.indexOf(child), 1);
  });
  const ready = awaitReady(setup, child);
  // Observed even when the life is meant to end before.
  ready.catch(() => undefined);
  if (killAt !== null) child.send({ t: 'killAt', ...killAt });
  child.send(boot);
  return { epoch: boot.engineEpoch, child, ready, exited: child.exited, isAlive: () => isAlive };
}

function venueOf(detail: Readonly<Record<string, unknown>>): {
  readonly venue: VenueBoot;
  readonly accounts: readonly AccountBoot[];
  readonly names: readonly string[];
} {
  const keys = detail['accounts'] as readonly { name: string; apiKey: string; secret: string }[];
  return {
    venue: {
      venue: 'BINANCE',
      rest: String(detail['rest']),
      stream: String(detail['stream']),
      wsApi: String(detail['wsApi']),
      label: 'practice exchange',
      origin: 'derived',
    },
    accounts: keys.map(({ apiKey, secret }, index) => ({
      accountId: `paper-${String(index + 1).padStart(2, '0')}`,
      mode: 'paper',
      apiKey,
      secret,
    })),
    names: keys.map(({ name }) => name),
  };
}
