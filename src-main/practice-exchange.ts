/** Entry of the practice exchange: a venue on loopback, started by the launcher. */
import { listGenericMarkets } from './adapters/generic/public/list-markets.ts';
import { createGenericFeed } from './adapters/generic/public/generic-feed.ts';
import { ensure } from './engine/domain/result.ts';
import { createLogger } from './adapters/logger/pino-logger.ts';
import { createSystemClock } from './adapters/system-clock/system-clock.ts';
import type { LiveMarketBoot, PracticeBoot } from './launcher/boot.ts';
import { parentChannel } from './launcher/parent-channel.ts';
import { seatsOf } from './launcher/practice-seats.ts';
import { createMarketSource } from './practice-exchange/market/create-market-source.ts';
import { openLiveMarket } from './practice-exchange/market/live-market.ts';
import type { MarketSource } from './practice-exchange/market/market-source.ts';
import type { PracticeAccount } from './practice-exchange/practice-venue.ts';
import { seatedAccounts, startPracticeExchange } from './practice-exchange/start-practice-exchange.ts';

const channel = parentChannel();

const SYNTHETIC_SEED = 'practice';
/** Of each quote asset that is traded. */
const LIVE_FUNDS = '100000';

/** Books of a venue that is far away have to be there by then; the launcher waits longer. */
const LIVE_WITHIN_MS = 20_000;

type Stage = { readonly market: MarketSource; readonly accounts: readonly PracticeAccount[] };

function stageOf(options: PracticeBoot['practice']): Stage | Promise<Stage> {
  const { market, synthetic } = options;
  if (typeof market !== 'string') return liveStage(market);
  return {
    market: createMarketSource({
      kind: market,
      synthetic: synthetic === undefined ? undefined : { ...synthetic, seed: SYNTHETIC_SEED },
    }),
    accounts: seatedAccounts(seatsOf(options).map(({ boot }) => boot)),
  };
}

/** What the venue trades now, and one account that pays its fees. */
async function liveStage({ venue, instruments }: LiveMarketBoot): Promise<Stage> {
  const clock = createSystemClock();
  const logger = createLogger({ name: 'practice-exchange', level: 'warn' });
  const from = { venue, origin: 'live', clock, logger } as const;
  const listed = await listGenericMarkets(from, instruments);
  const market = await openLiveMarket({ feed: createGenericFeed(from), listed, clock, withinMs: LIVE_WITHIN_MS });
  const { makerFee, takerFee } = ensure(listed[0], 'a market to play');
  const quotes = market.symbols.map(({ quote }) => [quote, LIVE_FUNDS]);
  const balances = Object.fromEntries(quotes) as Readonly<Record<string, string>>;
  return { market, accounts: [{ name: `${venue.toLowerCase()}-01`, balances, makerFee, takerFee }] };
}

async function boot(options: PracticeBoot['practice']): Promise<void> {
  const { intentJournal, port, speed } = options;
  const exchange = await startPracticeExchange({
    ...(await stageOf(options)),
    ...{ speed, port },
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
