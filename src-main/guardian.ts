/** Entry of the guardian: small, no HTTP, no Electron. Watches the engine and stands in for it when a stop finds it deaf. */
import type { Socket } from 'node:net';
import { createLogger } from './adapters/logger/pino-logger.ts';
import { createSystemClock } from './adapters/system-clock/system-clock.ts';
import { createSystemRandom } from './adapters/system-random/system-random.ts';
import type { VenueGateway } from './engine/ports/venue-gateway.ts';
import { openEpochFile } from './guardian/epoch-file.ts';
import { Guardian, type Peer } from './guardian/guardian.ts';
import { type IntentLog, openIntentLog } from './guardian/intent-log.ts';
import { flattenAll } from './guardian/kill-path.ts';
import { endProcess } from './guardian/process-exit.ts';
import { openGuardianMemory } from './guardian/memory.ts';
import { guardianRequestSchema } from './guardian/protocol.ts';
import type { GuardianBoot } from './launcher/boot.ts';
import { jsonFrame, readFrames } from './launcher/framing.ts';
import { listenLocal } from './launcher/local-socket.ts';
import { gatewayOf, hostLimiters } from './launcher/venue-gateways.ts';
import { parentChannel } from './launcher/parent-channel.ts';

/** Long enough for the last line to reach the launcher. */
const EXIT_AFTER_MS = 100;

const channel = parentChannel();
const clock = createSystemClock();
const log = (line: string): void => channel.send({ t: 'log', line });

async function boot(options: GuardianBoot): Promise<void> {
  const intents = openIntentLog(options.dataDir);
  const epoch = openEpochFile(options.dataDir);
  const guardian = new Guardian({
    clock,
    epoch,
    memory: openGuardianMemory(options.dataDir, log),
    engineToken: options.engineToken,
    killEngine: async (pid) => {
      noteKill(intents, epoch.current());
      await endProcess(pid, clock);
    },
    flatten: async (ownEpoch, held) => {
      const gateways = options.accounts.map((account) => standInGateway(options, account));
      try {
        return await flattenAll({
          gateways,
          clock,
          intents,
          log,
          installation: options.installation,
          epoch: ownEpoch,
          held,
        });
      } finally {
        await Promise.allSettled(gateways.map(async (gateway) => gateway.close()));
      }
    },
    log,
  });
  const server = await listenLocal(options.socketPath, (socket) => connect(guardian, socket));
  channel.onMessage((message) => {
    if (message.t === 'newLife') newLife(guardian);
    else if (message.t === 'engineLost') engineLost(guardian, options);
    else if (message.t === 'shutdown') {
      server.close();
      intents.close();
      process.exit(0);
    }
  });
  channel.send({ t: 'ready', detail: { epoch: epoch.current() } });
}

/** Without a number of its own a life must not start: the launcher hears of it by the guardian's end. */
function newLife(guardian: Guardian): void {
  guardian.newLife().then(
    (epoch) => channel.send({ t: 'epoch', epoch }),
    (error: unknown) => {
      log(`no epoch for a new life: ${String(error)}`);
      setTimeout(() => process.exit(1), EXIT_AFTER_MS);
    },
  );
}

/** A full disk keeps no engine alive that has to end. */
function noteKill(intents: IntentLog, epoch: number): void {
  const nothing = { accountId: null, instrumentId: null, clientOrderId: null, quantity: null };
  try {
    intents.write({ timeUs: clock.nowUs(), epoch, action: 'kill', ...nothing });
  } catch (error) {
    log(`intent not written: ${String(error)}`);
  }
}

function engineLost(guardian: Guardian, options: GuardianBoot): void {
  // A stop cut short has canceled stops that nobody rests again.
  if (options.afterFailedRestarts === 'leaveStops' && !guardian.isStopping)
    return log('the policy leaves stops and targets at the venue');
  guardian.flattenNow('failedRestarts').then(
    (report) => channel.send({ t: 'flattened', report }),
    (error: unknown) => log(`flatten failed: ${String(error)}`),
  );
}

function standInGateway({ dataDir, venue }: GuardianBoot, account: GuardianBoot['accounts'][number]): VenueGateway {
  return gatewayOf(account, {
    venue,
    dataDir,
    limiters: hostLimiters(clock),
    leverage: null,
    privateStream: false,
    // The engine is dead by now and the epoch is the guardian's own.
    isCurrentEpoch: () => true,
    clock,
    random: createSystemRandom(),
    logger: createLogger({ name: 'guardian', level: 'warn' }),
  });
}

function connect(guardian: Guardian, socket: Socket): void {
  const peer: Peer = {
    send: (answer) => {
      if (socket.writable) socket.write(jsonFrame(answer));
    },
  };
  socket.on('error', (error) => log(`connection: ${error.message}`));
  socket.on('close', () => guardian.closed(peer));
  readFrames(socket, {
    onJson: (message) => {
      const request = guardianRequestSchema.safeParse(message);
      if (request.success) guardian.receive(peer, request.data);
      else peer.send({ t: 'refused', detail: 'expected a request of the guardian protocol' });
    },
    onBook: () => socket.destroy(),
    onBroken: (detail) => log(`connection: ${detail}`),
  });
}

channel.onMessage((message) => {
  if (message.t !== 'boot' || !('socketPath' in message)) return;
  boot(message).catch((error: unknown) => channel.send({ t: 'failed', detail: String(error) }));
});
// The launcher is gone: the engine goes too, and stops at the venue stay.
channel.onClosed(() => process.exit(0));
