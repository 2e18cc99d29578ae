/** Entry of the practice exchange: a venue on loopback, started by the launcher. */
import type { PracticeBoot } from './launcher/boot.ts';
import { parentChannel } from './launcher/parent-channel.ts';
import { seatsOf } from './launcher/practice-seats.ts';
import { createMarketSource } from './practice-exchange/market/create-market-source.ts';
import { seatedAccounts, startPracticeExchange } from './practice-exchange/start-practice-exchange.ts';

const channel = parentChannel();

const SYNTHETIC_SEED = 'practice';

async function boot(options: PracticeBoot['practice']): Promise<void> {
  const { intentJournal, market, port, speed, synthetic } = options;
  const exchange = await startPracticeExchange({
    market: createMarketSource({
      kind: market,
      synthetic: synthetic === undefined ? undefined : { ...synthetic, seed: SYNTHETIC_SEED },
    }),
    speed,
    port,
    accounts: seatedAccounts(seatsOf(options).map(({ boot }) => boot)),
    ...(intentJournal === null ? {} : { intentJournal }),
  });
  const { rest, stream, wsApi, futures, control, krakenPublic, krakenPrivate } = exchange;
  const keys = exchange.accounts.map(({ name, apiKey, secret }) => ({ name, apiKey, secret }));
  const sockets = { krakenPublic, krakenPrivate };
  channel.send({
    t: 'ready',
    detail: { rest, stream, wsApi, futures, ...sockets, control, accounts: keys },
  });
}

channel.onMessage((message) => {
  if (message.t === 'boot' && 'practice' in message) {
    boot(message.practice).catch((error: unknown) => channel.send({ t: 'failed', detail: String(error) }));
  } else if (message.t === 'shutdown') process.exit(0);
});
channel.onClosed(() => process.exit(0));
