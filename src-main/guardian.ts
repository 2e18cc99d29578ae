/** Entry of the guardian: small, no HTTP, no Electron. Watches the engine and stands in for it when a stop finds it deaf. */
import type { Socket } from 'node:net';
import { createBinanceGateway } from './adapters/binance/binance-gateway.ts';
import { createWeightLimiter } from './adapters/binance/weight-limiter.ts';
import { Secret } from './adapters/keychain/secret.ts';
import { createLogger } from './adapters/logger/pino-logger.ts';
import { createSystemClock } from './adapters/system-clock/system-clock.ts';
import { createSystemRandom } from './adapters/system-random/system-random.ts';
import { accountId } from './engine/domain/identifiers.ts';
import { openEpochFile } from './guardian/epoch-file.ts';
import { Guardian, type Peer } from './guardian/guardian.ts';
import { openIntentLog } from './guardian/intent-log.ts';
import { flattenAll } from './guardian/kill-path.ts';
import { endProcess } from './guardian/process-exit.ts';
import { guardianRequestSchema } from './guardian/protocol.ts';
import type { GuardianBoot } from './launcher/boot.ts';
import { jsonFrame, readFrames } from './launcher/framing.ts';
import { listenLocal } from './launcher/local-socket.ts';
import { parentChannel } from './launcher/parent-channel.ts';

const channel = parentChannel();
const clock = createSystemClock();
const log = (line: string): void => channel.send({ t: 'log', line });

async function boot(options: GuardianBoot): Promise<void> {
  const intents = openIntentLog(options.dataDir);
  const epoch = openEpochFile(options.dataDir);
  const guardian = new Guardian({
    clock,
    epoch,
    engineToken: options.engineToken,
    killEngine: async (pid) => {
      intents.write({
        timeUs: clock.nowUs(),
        epoch: epoch.current(),
        action: 'kill',
        accountId: null,
        instrumentId: null,
        clientOrderId: null,
        quantity: null,
      });
      await endProcess(pid, clock);
    },
    flatten: async (ownEpoch, held) => {
      const gateways = options.accounts.map((account) => gatewayOf(options, account));
      try {
        return await flattenAll({
          gateways,
          clock,
          intents,
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
    if (message.t === 'newLife') void guardian.newLife().then((raised) => channel.send({ t: 'epoch', epoch: raised }));
    else if (message.t === 'engineLost') engineLost(guardian, options);
    else if (message.t === 'shutdown') {
      server.close();
      intents.close();
      process.exit(0);
    }
  });
  channel.send({ t: 'ready', detail: { epoch: epoch.current() } });
}

function engineLost(guardian: Guardian, options: GuardianBoot): void {
  if (options.afterFailedRestarts === 'leaveStops') return log('the policy leaves stops and targets at the venue');
  guardian.flattenNow('failedRestarts').then(
    (report) => channel.send({ t: 'flattened', report }),
    (error: unknown) => log(`flatten failed: ${String(error)}`),
  );
}

function gatewayOf(
  options: GuardianBoot,
  account: GuardianBoot['accounts'][number],
): ReturnType<typeof createBinanceGateway> {
  const { rest, wsApi } = options.venue;
  return createBinanceGateway({
    accountId: accountId(account.accountId),
    apiKey: new Secret(account.apiKey),
    secret: new Secret(account.secret),
    endpoints: rest === null || wsApi === null ? null : { rest, wsApi },
    limiter: createWeightLimiter(clock),
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
