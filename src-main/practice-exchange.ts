/** Entry of the practice exchange: a venue on loopback, started by the launcher. */
import type { PracticeBoot } from './launcher/boot.ts';
import { parentChannel } from './launcher/parent-channel.ts';
import { createMarketSource } from './practice-exchange/market/create-market-source.ts';
import {
  futuresAccounts,
  krakenAccounts,
  practiceAccounts,
  startPracticeExchange,
} from './practice-exchange/start-practice-exchange.ts';

const channel = parentChannel();

const SYNTHETIC_SEED = 'practice';

async function boot(options: PracticeBoot['practice']): Promise<void> {
  const { accounts, futures = 0, intentJournal, kraken = 0, market, port, speed, synthetic } = options;
  const exchange = await startPracticeExchange({
    market: createMarketSource({
      kind: market,
      synthetic: synthetic === undefined ? undefined : { ...synthetic, seed: SYNTHETIC_SEED },
    }),
    speed,
    port,
    accounts: [...practiceAccounts(accounts), ...futuresAccounts(futures), ...krakenAccounts(kraken)],
    ...(intentJournal === null ? {} : { intentJournal }),
  });
  const { rest, stream, wsApi, futures: futuresStream, control, krakenPublic, krakenPrivate } = exchange;
  const keys = exchange.accounts.map(({ name, apiKey, secret }) => ({ name, apiKey, secret }));
  const sockets = { krakenPublic, krakenPrivate };
  channel.send({
    t: 'ready',
    detail: { rest, stream, wsApi, futures: futuresStream, ...sockets, control, accounts: keys },
  });
}

channel.onMessage((message) => {
  if (message.t === 'boot' && 'practice' in message) {
    boot(message.practice).catch((error: unknown) => channel.send({ t: 'failed', detail: String(error) }));
  } else if (message.t === 'shutdown') process.exit(0);
});
channel.onClosed(() => process.exit(0));
