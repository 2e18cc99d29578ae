import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../adapters/config-file/load-config.ts';
import { createSystemClock } from '../../adapters/system-clock/system-clock.ts';
import { bundleRoot } from '../../launcher/bundle-root.ts';
import { nodeProcessHost } from '../../launcher/process-host.ts';
import { type Session, startSession } from '../../launcher/session.ts';
import { CommandFailure } from '../command.ts';
import { answerParent, tellParent } from './children.ts';
import { type PracticeVenueAddress, startPracticeProcess } from './practice-process.ts';

export type SessionPartOptions = {
  readonly home: string;
  readonly instruments: number;
  /** The venue's true limits; else raised, so that many samples fit into a minute. */
  readonly trueLimits: boolean;
};

const RAISED = ['--orders-per-10s', '1000000', '--weight-per-minute', '10000000'];
/** The throttle of entries is not what is measured. */
const OVERRIDES = ['risk.maxEntriesPerMinute=100000'];

/** A whole session whose launcher is this process alone, so that it can be suspended like a frozen main process. */
export async function runSessionPart(json: string): Promise<never> {
  const options = JSON.parse(json) as SessionPartOptions;
  const venue = await startPracticeProcess([
    ...['--market', 'synthetic', '--synthetic', String(options.instruments)],
    ...(options.trueLimits ? [] : RAISED),
  ]);
  const session = await start(options, venue);
  const { address, clientSocket, clientToken, guardianSocket } = session;
  const { control, limits, rest } = venue;
  tellParent({ t: 'ready', address, clientSocket, clientToken, guardianSocket, control, limits, rest });
  return answerParent({
    close: () => {
      void session
        .close()
        .then(() => venue.close())
        .then(() => process.exit(0));
      return { t: 'close' };
    },
  });
}

async function start({ home }: SessionPartOptions, venue: PracticeVenueAddress): Promise<Session> {
  const config = loadConfig({ profile: 'demo', overrides: OVERRIDES });
  if (!config.ok) throw new CommandFailure(config.error.join('; '));
  const bundles = bundleRoot();
  const root = fileURLToPath(new URL('../../', bundles));
  const { apiKey, rest, secret, stream, wsApi } = venue;
  return startSession({
    host: nodeProcessHost((name) => new URL(`${name}.js`, bundles)),
    clock: createSystemClock(),
    dataDir: join(home, 'data'),
    installation: randomBytes(4).toString('hex'),
    config: { ...config.value, strategies: [] },
    venue: {
      boot: { venue: 'BINANCE', rest, stream, wsApi, label: 'practice exchange', origin: 'synthetic' },
      accounts: [{ accountId: 'paper-01', mode: 'paper', apiKey, secret }],
    },
    instruments: [],
    baselineDir: join(root, 'native-models/baselines'),
    hostLabel: '',
    modelCards: [join(root, 'native-models/probe-logistic.json')],
    server: { port: 0, rendererDir: join(root, 'out/renderer') },
    accountLocks: join(home, 'locks'),
    log: () => undefined,
  });
}
