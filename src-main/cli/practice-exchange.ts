import type { PracticeExchange, PracticeExchangeOptions } from '../practice-exchange/start-practice-exchange.ts';
import { type CliIo, type Command, CommandFailure, report, UsageError } from './command.ts';
import { integerOption, parseOptions, refusePositionals } from './options.ts';

const OPTIONS = {
  port: { type: 'string', default: '0' },
  'control-port': { type: 'string', default: '0' },
  market: { type: 'string', default: 'demo' },
  symbols: { type: 'string' },
  synthetic: { type: 'string' },
  speed: { type: 'string', default: '1' },
  start: { type: 'string' },
  accounts: { type: 'string', default: '2' },
  fees: { type: 'string', default: 'received' },
  'intent-journal': { type: 'string' },
  'orders-per-10s': { type: 'string' },
  'weight-per-minute': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const MARKETS = ['demo', 'recorded', 'synthetic'] as const;

export const command: Command = {
  name: 'practice-exchange',
  summary: "Run a venue on this machine that speaks Binance's spot protocol",
  usage: `
usage: leeward practice-exchange [--port p] [--market demo|recorded|synthetic] [--speed s] [--json]

Serves recorded markets with a real matching engine on 127.0.0.1 until it is interrupted. Any client of Binance's spot
API can trade on it; its keys are made at random at each start and printed once, in the ready line.

  --port <p>               REST, streams and WebSocket API; 0 lets the system choose (default)
  --control-port <p>       faults, clock and ledger under /practice
  --market <m>             demo: 14 pairs of recorded bars; recorded: BTCUSDT as its recorded book; synthetic: invented pairs
  --symbols <a,b>          only these of the shipped pairs
  --synthetic <n>          n invented pairs, 1 to 500
  --speed <s>              market time per wall time, 0.01 to 1000; API time is always wall time
  --start <t>              market time to begin at, UTC, like 2024-01-03T10:00:00Z
  --accounts <n>           1 to 20 funded accounts
  --fees received|bnb      charge fees in the received asset (default), or in BNB at three quarters, at a fixed 300 USDT
  --intent-journal <path>  count creates whose intent does not stand in this journal yet
  --orders-per-10s <n>     raise the limit on orders (50) for load tests; the ready line tells
  --weight-per-minute <n>  raise the limit on request weight (6000); the ready line tells
  --json                   one JSON line when ready
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    refusePositionals(positionals);
    const exchange = await start(values);
    announce(exchange, io, values.json);
    await interrupted();
    await exchange.close();
    return 0;
  },
};

type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

/** Throws CommandFailure when a port is taken or the market cannot be played. */
async function start(values: Values): Promise<PracticeExchange> {
  const settings = read(values);
  const [{ createMarketSource }, { startPracticeExchange, practiceAccounts }] = await Promise.all([
    import('../practice-exchange/market/create-market-source.ts'),
    import('../practice-exchange/start-practice-exchange.ts'),
  ]);
  try {
    return await startPracticeExchange({
      ...settings.exchange,
      market: createMarketSource(settings.market),
      accounts: practiceAccounts(settings.accounts, settings.discounted).map((account) => ({
        ...account,
        usdm: '100000',
      })),
    });
  } catch (error) {
    throw new CommandFailure(startProblem(error));
  }
}

function read(values: Values) {
  const count = values.synthetic === undefined ? undefined : integerOption('synthetic', values.synthetic, 1, 500);
  const kind = MARKETS.find((name) => name === values.market);
  if (kind === undefined)
    throw new UsageError(`expected --market as one of ${MARKETS.join(' ')}, was ${values.market}`);
  if (values.fees !== 'received' && values.fees !== 'bnb') {
    throw new UsageError(`expected --fees as received or bnb, was ${JSON.stringify(values.fees)}`);
  }
  return {
    discounted: values.fees === 'bnb',
    accounts: integerOption('accounts', values.accounts, 1, 20),
    market: {
      kind,
      symbols: values.symbols?.split(','),
      startTimeMs: values.start === undefined ? undefined : utcMs(values.start),
      ...(count === undefined ? {} : { synthetic: { count, seed: 'leeward', updatesPerSecond: 10 } }),
    },
    exchange: {
      port: integerOption('port', values.port, 0, 65_535),
      controlPort: integerOption('control-port', values['control-port'], 0, 65_535),
      speed: speedOf(values.speed),
      limits: limitsOf(values),
      ...(values['intent-journal'] === undefined ? {} : { intentJournal: values['intent-journal'] }),
    } satisfies Partial<PracticeExchangeOptions>,
  };
}

function limitsOf(values: Values): NonNullable<PracticeExchangeOptions['limits']> {
  const orders = values['orders-per-10s'];
  const weight = values['weight-per-minute'];
  return {
    ...(orders === undefined ? {} : { ordersPer10s: integerOption('orders-per-10s', orders, 1, 1_000_000) }),
    ...(orders === undefined ? {} : { ordersPerDay: Number.MAX_SAFE_INTEGER }),
    ...(weight === undefined ? {} : { weightPerMinute: integerOption('weight-per-minute', weight, 1, 1_000_000_000) }),
  };
}

function speedOf(text: string): number {
  const speed = Number(text);
  if (text.trim() === '' || !(speed >= 0.01 && speed <= 1000)) {
    throw new UsageError(`expected --speed from 0.01 to 1000, was ${JSON.stringify(text)}`);
  }
  return speed;
}

function utcMs(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new UsageError(`expected --start as a UTC time like 2024-01-03T10:00:00Z, was ${JSON.stringify(text)}`);
  }
  return ms;
}

function startProblem(error: unknown): string {
  const { code, port } = error as { readonly code?: string; readonly port?: number };
  if (code === 'EADDRINUSE') return `expected a free port, was ${port ?? 'one'} in use`;
  return error instanceof Error ? error.message : String(error);
}

function announce(
  { rest, stream, wsApi, futures, control, apiKey, secret, accounts, limits }: PracticeExchange,
  io: CliIo,
  json: boolean,
): void {
  const keys = accounts.map((account) => ({ name: account.name, apiKey: account.apiKey, secret: account.secret }));
  const line = { ready: true, rest, stream, wsApi, futures, control, apiKey, secret, accounts: keys, limits };
  report(io, json)(
    line,
    `practice exchange ready: REST ${rest}, streams ${stream}, WebSocket API ${wsApi}, control ${control}\n` +
      `limits: ${limits.ordersPer10s} orders per 10 s, ${limits.weightPerMinute} request weight per minute\n` +
      keys.map(({ name, apiKey, secret: text }) => `account ${name}: API key ${apiKey} secret ${text}`).join('\n'),
  );
}

async function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
