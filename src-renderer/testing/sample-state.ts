import { ORDER_TYPES, type OrderFormsDto } from '../../src-preload/contract/order-forms.ts';
import type {
  AlertDto,
  CheckDto,
  FillDto,
  InstrumentDto,
  LogDto,
  OrderDto,
  PositionDto,
  StopReportDto,
  UnknownOutcomeDto,
  ExecutorDto,
  StripDto,
  TerminalState,
  WatchDto,
  DifferenceDto,
  ReconciliationDto,
} from '../../src-preload/contract/state.ts';

/** A made-up account over made-up prices, for pictures and tests. Nothing of it is measured. */
export const SAMPLE_NOW_US = Date.UTC(2026, 0, 7, 10, 14, 52) * 1000;

const SYMBOLS: readonly (readonly [base: string, price: number, tick: string, lot: string])[] = [
  ['BTC', 45363.63, '0.01', '0.00001'],
  ['ETH', 2379.59, '0.01', '0.0001'],
  ['SOL', 109.21, '0.01', '0.01'],
  ['XRP', 0.6356, '0.0001', '1'],
  ['DOGE', 0.09196, '0.00001', '1'],
  ['LINK', 15.485, '0.001', '0.01'],
  ['MATIC', 0.9832, '0.0001', '0.1'],
  ['ARB', 1.9707, '0.0001', '0.1'],
  ['OP', 3.915, '0.001', '0.01'],
  ['LTC', 73.45, '0.01', '0.001'],
  ['ATOM', 11.349, '0.001', '0.01'],
  ['UNI', 7.351, '0.001', '0.01'],
  ['TRX', 0.10995, '0.00001', '0.1'],
  ['SHIB', 0.00001064, '0.00000001', '1'],
];

export const instrumentIdOf = (base: string): string => `${base}/USDT.BINANCE.SPOT`;

const sampleForms: OrderFormsDto = {
  orderTypes: ORDER_TYPES,
  timesInForce: ['gtc', 'ioc', 'fok'],
  icebergs: true,
  shorts: false,
  restingExits: false,
  modify: 'cancelReplace',
  modifyConditional: false,
  makerFee: '0.001',
  takerFee: '0.001',
};

export const sampleInstruments: readonly InstrumentDto[] = SYMBOLS.map(([base, , tickSize, lotSize]) => ({
  instrumentId: instrumentIdOf(base),
  symbol: `${base}/USDT`,
  base,
  quote: 'USDT',
  venue: 'BINANCE',
  product: 'SPOT',
  tickSize,
  lotSize,
  minNotional: '5.00',
  origin: 'derived',
  forms: sampleForms,
}));

export const samplePrice = (base: string): number => SYMBOLS.find(([name]) => name === base)?.[1] ?? 1;

/** The same walk for the same seed: pictures can be compared. */
export function seededWalk(seed: number, length: number): readonly number[] {
  let state = seed >>> 0;
  let value = 0;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    value += state / 2 ** 32 - 0.5;
    return value;
  });
}

const sampleWatch = (): readonly WatchDto[] =>
  SYMBOLS.map(([base, price, tick], index) => {
    const walk = seededWalk(index + 11, 60);
    const last = walk.at(-1) ?? 0;
    const closes = walk.map((step) => price * (1 + (step - last) * 0.004));
    return {
      instrumentId: instrumentIdOf(base),
      last: price.toFixed((tick.split('.')[1] ?? '').length),
      changeRatio: price / (closes[0] ?? price) - 1,
      closes,
      feed: base === 'SHIB' ? 'stale' : 'live',
      ageMs: base === 'SHIB' ? 3200 : 38 + index * 7,
    };
  });

const sampleStrip: StripDto = {
  tradingState: 'active',
  tradingStateSinceUs: SAMPLE_NOW_US - 13_490_000_000,
  tradingStateReason: 'armed',
  mode: 'paper',
  venueLabel: 'practice exchange',
  feed: { worstAgeMs: 38, limitMs: 2000, live: 13, total: 14 },
  engineLag: { p50Ms: 0.06, p99Ms: 0.21 },
  roundTrip: { lastMs: 41, p99Ms: 63, samples: 100 },
  emergencyStop: { armed: true, reason: null, guardianMs: 12 },
  workingOrders: { own: 8, unknown: 1, foreign: 1 },
  protection: { protectedRatio: 1, bareNow: 0, unprotectedMs: 1800 },
  dayPnl: {
    amount: '784.87',
    ratio: 0.0031,
    limit: '2500.00',
    left: '3284.87',
    equity: '250784.87',
    currency: 'USDT',
  },
};

export function sampleOrder(over: Partial<OrderDto> = {}): OrderDto {
  return {
    clientOrderId: '5d10aa00000000000000000000007f31',
    venueOrderId: '418',
    accountId: 'paper-01',
    strategyId: 'trend-ema',
    instrumentId: instrumentIdOf('BTC'),
    role: 'entry',
    side: 'buy',
    type: 'limit',
    timeInForce: 'gtc',
    quantity: '0.15',
    filledQuantity: '0',
    averagePrice: null,
    price: '45355.00',
    triggerPrice: null,
    status: 'accepted',
    pendingLeg: false,
    pending: null,
    foreign: false,
    installation: null,
    adopted: false,
    createdAtUs: SAMPLE_NOW_US - 230_000_000,
    updatedAtUs: SAMPLE_NOW_US - 230_000_000,
    reason: null,
    ...over,
  };
}

const orderOf = (tail: string, base: string, agoS: number, over: Partial<OrderDto>): OrderDto =>
  sampleOrder({
    clientOrderId: `5d10aa0000000000000000000000${tail}`,
    instrumentId: instrumentIdOf(base),
    createdAtUs: SAMPLE_NOW_US - agoS * 1_000_000,
    updatedAtUs: SAMPLE_NOW_US - agoS * 1_000_000,
    ...over,
  });

const stopOf = (tail: string, base: string, agoS: number, quantity: string, trigger: string): OrderDto =>
  orderOf(tail, base, agoS, {
    role: 'stop',
    side: 'sell',
    type: 'stopLimit',
    quantity,
    price: trigger,
    triggerPrice: trigger,
  });

const sampleOrders: readonly OrderDto[] = [
  orderOf('7f31', 'BTC', 231, { quantity: '0.15', price: '45355.00', type: 'limitMaker', parentId: 'x3-1' }),
  orderOf('31c4', 'LINK', 21, {
    quantity: '900',
    price: '15.450',
    status: 'submitted',
    pending: { command: 'create', outcome: 'unknown', sinceUs: SAMPLE_NOW_US - 21_000_000 },
  }),
  orderOf('92d0', 'BTC', 1616, { role: 'target', side: 'sell', quantity: '0.60', price: '45700.00' }),
  stopOf('92d1', 'BTC', 1616, '1.20', '44690.00'),
  orderOf('0000', 'DOGE', 2622, {
    foreign: true,
    strategyId: null,
    role: 'foreign',
    quantity: '25000',
    price: '0.09058',
  }),
  stopOf('10aa', 'XRP', 4105, '50000', '0.6169'),
  stopOf('c3e7', 'SOL', 4969, '260', '104.51'),
  stopOf('a97c', 'ETH', 13361, '12.5', '2324.00'),
  orderOf('b001', 'LTC', 12, {
    role: 'stop',
    side: 'sell',
    type: 'stopLimit',
    quantity: '40',
    price: '71.90',
    triggerPrice: '72.00',
    status: 'initialized',
    pendingLeg: true,
  }),
];

const positionOf = (base: string, quantity: string, average: string, stop: string): PositionDto => {
  const mark = samplePrice(base);
  const pnl = (mark - Number(average)) * Number(quantity);
  return {
    accountId: 'paper-01',
    instrumentId: instrumentIdOf(base),
    quantity,
    averageEntryPrice: average,
    mark: String(mark),
    notional: (mark * Number(quantity)).toFixed(2),
    unrealizedPnl: pnl.toFixed(2),
    unrealizedRatio: mark / Number(average) - 1,
    realizedPnl: '132.93',
    carry: [],
    currency: 'USDT',
    stopTrigger: stop,
    stopDistanceRatio: Number(stop) / mark - 1,
    protectedQuantity: quantity,
    coverage: 'protected',
    unprotectedMs: 450,
    openedAtUs: SAMPLE_NOW_US - 9_000_000_000,
    liquidation: null,
  };
};

const fillOf = (tradeId: string, agoS: number, side: 'buy' | 'sell', price: string, quantity: string): FillDto => ({
  tradeId,
  clientOrderId: '5d10aa00000000000000000000007f31',
  accountId: 'paper-01',
  instrumentId: instrumentIdOf('BTC'),
  role: side === 'buy' ? 'entry' : 'target',
  side,
  price,
  quantity,
  feeAmount: '3.40',
  feeAsset: 'USDT',
  liquidity: side === 'buy' ? 'taker' : 'maker',
  tradedAtUs: SAMPLE_NOW_US - agoS * 1_000_000,
});

const sampleChecks: readonly CheckDto[] = [
  { name: 'tradingState', passed: true, used: null, after: null, limit: null, headroom: null, unit: '' },
  {
    name: 'orderNotional',
    passed: false,
    used: '0',
    after: '24000.00',
    limit: '15151.46',
    headroom: '-8848.54',
    unit: 'USDT',
  },
];

const alertOf = (
  id: string,
  agoS: number,
  code: string,
  severity: AlertDto['severity'],
  params: AlertDto['params'],
): AlertDto => ({ id, code, severity, params, timeUs: SAMPLE_NOW_US - agoS * 1_000_000 });

const logOf = (sequence: number, kind: string, base: string | null, summary: LogDto['summary']): LogDto => ({
  sequence,
  timeUs: SAMPLE_NOW_US - (1_284_913 - sequence) * 731_000,
  kind,
  instrumentId: base === null ? null : instrumentIdOf(base),
  summary,
});

const limitOf = (name: string, used: string, limit: string, unit: string): TerminalState['risk']['limits'][number] => ({
  name,
  used,
  limit,
  headroom: (Number(limit) - Number(used)).toFixed(2),
  unit,
  usedRatio: Number(used) / Number(limit),
});

export function sampleState(over: Partial<TerminalState> = {}): TerminalState {
  return {
    strip: sampleStrip,
    components: [
      { component: 'engine', state: 'up', detail: 'epoch 14' },
      { component: 'guardian', state: 'up', detail: '12 ms' },
      { component: 'venue', state: 'up', detail: 'BINANCE' },
      { component: 'inference', state: 'degraded', detail: 'no model loaded' },
    ],
    journal: {
      rows: 1_284_913,
      headHash: 'a91f3c5e77b20d4481aa0c13d5e6f70912ab34cd56ef7890123456789abc07c2',
      lastCommitMs: 0.9,
      engineEpoch: 14,
      failed: null,
    },
    watch: sampleWatch(),
    orders: sampleOrders,
    fills: [
      fillOf('t1', 11_400, 'buy', '44921.50', '0.60'),
      fillOf('t2', 10_900, 'buy', '44998.20', '1.00'),
      fillOf('t3', 1617, 'sell', '45410.00', '0.40'),
    ],
    positions: [
      positionOf('BTC', '1.20', '45077.69', '44690.00'),
      positionOf('ETH', '12.5', '2358.49', '2324.00'),
      positionOf('SOL', '260', '107.97', '104.51'),
      positionOf('XRP', '50000', '0.6334', '0.6169'),
    ],
    risk: {
      limits: [
        limitOf('dayLoss', '0', '2500.00', 'USDT'),
        limitOf('orderNotional', '6811.50', '25000.00', 'USDT'),
        limitOf('positionNotional', '54436.36', '60000.00', 'USDT'),
        limitOf('grossNotional', '144356.09', '200000.00', 'USDT'),
        limitOf('orderSlots', '8', '200', ''),
        limitOf('algoOrders', '4', '5', ''),
      ],
      margins: [],
      lastDenial: {
        code: 'ORDER_NOTIONAL_LIMIT',
        params: { used: '0', after: '24000.00', limit: '15151.46', unit: 'USDT' },
        instrumentId: instrumentIdOf('ARB'),
        by: 'trend-ema',
        timeUs: SAMPLE_NOW_US - 380_774_000,
        checks: sampleChecks,
      },
      denialsToday: 4,
    },
    drift: {
      strategyId: 'trend-ema',
      model: null,
      samples: 720,
      requiredSamples: 200,
      baseline: { samples: 4380, source: '5 m bars of 2024-01' },
      features: [
        { name: 'return_1', psi: 0.04, ks: 0.03, state: 'ok' },
        { name: 'ema_gap', psi: 0.14, ks: 0.1, state: 'watch' },
        { name: 'atr_ratio', psi: 0.45, ks: 0.25, state: 'over' },
        { name: 'volume_z', psi: null, ks: null, state: 'insufficient' },
      ],
    },
    strategies: [
      {
        strategyId: 'trend-ema',
        kind: 'emaCross',
        enabled: true,
        signals: 31,
        lastSignalUs: SAMPLE_NOW_US - 231_000_000,
      },
      { strategyId: 'trend-slow', kind: 'emaCross', enabled: false, signals: 0, lastSignalUs: null },
    ],
    alerts: [
      alertOf('a1', 6788, 'FEED_STALE', 'warning', {
        instrumentId: instrumentIdOf('SHIB'),
        state: 'stale',
        ageUs: 3_200_000,
      }),
      alertOf('a2', 2622, 'FOREIGN_ORDER', 'info', {
        instrumentId: instrumentIdOf('DOGE'),
        quantity: '25000',
        side: 'buy',
      }),
      alertOf('a3', 889, 'DRIFT', 'warning', { strategyId: 'trend-ema', feature: 'atr_ratio', psi: '0.45' }),
      alertOf('a4', 381, 'ORDER_DENIED', 'warning', {
        denial: 'ORDER_NOTIONAL_LIMIT',
        instrumentId: instrumentIdOf('ARB'),
      }),
      alertOf('a5', 21, 'OUTCOME_UNKNOWN', 'critical', {
        instrumentId: instrumentIdOf('LINK'),
        command: 'create',
        quantity: '900',
      }),
    ],
    log: [
      logOf(1_284_905, 'bar.closed', 'BTC', { interval: '5m', close: '45363.63' }),
      logOf(1_284_909, 'verdict', 'LINK', { allowed: true, checks: 9 }),
      logOf(1_284_910, 'order.submit', 'LINK', { side: 'buy', quantity: '900', price: '15.450' }),
      logOf(1_284_913, 'submit.answered', 'LINK', { outcome: 'unknown' }),
    ],
    stop: null,
    outcomes: sampleOutcomes,
    executors: [sampleExecutor()],
    reconciliation: { comparing: [], differences: [], otherInstallations: [], unmanaged: [] },
    ...over,
  };
}

export const sampleExecutor = (over: Partial<ExecutorDto> = {}): ExecutorDto => ({
  executorId: 'x3-1',
  accountId: 'paper-01',
  strategyId: null,
  instrumentId: instrumentIdOf('BTC'),
  executor: 'twap',
  side: 'buy',
  reduceOnly: false,
  quantity: '0.40000',
  filled: '0.10000',
  openChildren: 1,
  children: 2,
  status: 'working',
  reason: null,
  lastDenial: null,
  startedAtUs: SAMPLE_NOW_US - 95_000_000,
  ...over,
});

const outcomeOf = (base: string, tail: string, over: Partial<UnknownOutcomeDto>): UnknownOutcomeDto => ({
  accountId: 'paper-01',
  instrumentId: instrumentIdOf(base),
  clientOrderId: `5d10aa0000000000000000000000${tail}`,
  role: 'stop',
  side: 'sell',
  quantity: '900',
  command: 'create',
  reason: 'TIMEOUT',
  sentAtUs: SAMPLE_NOW_US - 31_000_000,
  unknownAtUs: SAMPLE_NOW_US - 30_000_000,
  questions: [],
  resolution: null,
  resolvedBy: null,
  resolvedAtUs: null,
  ...over,
});

export const sampleOutcomes: readonly UnknownOutcomeDto[] = [
  outcomeOf('BTC', '7f31', {
    command: 'cancel',
    questions: [
      { askedAtUs: SAMPLE_NOW_US - 30_000_000, answeredAtUs: SAMPLE_NOW_US - 29_950_000, answer: 'failed' },
      { askedAtUs: SAMPLE_NOW_US - 29_000_000, answeredAtUs: SAMPLE_NOW_US - 28_960_000, answer: 'canceled' },
    ],
    resolution: 'gone',
    resolvedBy: 'query',
    resolvedAtUs: SAMPLE_NOW_US - 28_960_000,
  }),
  outcomeOf('LINK', '31c4', {
    role: 'entry',
    side: 'buy',
    unknownAtUs: SAMPLE_NOW_US - 1_500_000,
    questions: [{ askedAtUs: SAMPLE_NOW_US - 1_500_000, answeredAtUs: SAMPLE_NOW_US - 1_460_000, answer: 'absent' }],
  }),
];

export const sampleStopReport: StopReportDto = {
  startedAtUs: SAMPLE_NOW_US,
  finishedAtUs: SAMPLE_NOW_US + 1_840_000,
  sources: ['key'],
  verifiedFlat: true,
  actions: (
    [
      ['cancel', 'BTC', '7f31', '0.15', 'done', 'reported canceled', 11, 41],
      ['cancel', 'LINK', '31c4', '900', 'unknown', 'no answer, 6 queries', 11, null],
      ['cancel', 'BTC', '92d0', '0.60', 'done', 'reported canceled', 12, 44],
      ['cancel', 'XRP', '10aa', '50000', 'done', 'reported canceled', 14, 61],
      ['exit', 'BTC', 'e001', '1.20', 'done', 'filled, avg 44,795.42', 103, 46],
      ['exit', 'SOL', 'e002', '260', 'refused', 'venue -2010, retried', 128, 49],
      ['restStop', 'SOL', 'e003', '260', 'done', 'resting', 194, 52],
      ['exit', 'XRP', 'e004', '50000', 'done', 'filled, dust 0.4', 194, 52],
    ] as const
  ).map(([action, base, tail, quantity, outcome, evidence, at, took]) => ({
    action,
    accountId: 'paper-01',
    instrumentId: instrumentIdOf(base),
    clientOrderId: `5d10aa0000000000000000000000${tail}`,
    quantity,
    outcome,
    evidence,
    sentAtUs: SAMPLE_NOW_US + at * 1000,
    answeredAtUs: took === null ? null : SAMPLE_NOW_US + (at + took) * 1000,
  })),
};

const differenceOf = (id: string, over: Partial<DifferenceDto>): DifferenceDto => ({
  id: id.repeat(32).slice(0, 32),
  kind: 'orderChanged',
  accountId: 'paper-1',
  instrumentId: instrumentIdOf('BTC'),
  asset: null,
  clientOrderId: null,
  venueOrderId: null,
  believed: { status: null, quantity: null },
  venue: { status: null, quantity: null },
  proposed: 'book',
  foundAtUs: SAMPLE_NOW_US - 4_000_000,
  acceptedBy: null,
  ...over,
});

/** A restart after a stop filled, a hand-placed order, coins that went, and a second Leeward. */
export const sampleReconciliation: ReconciliationDto = {
  comparing: [{ accountId: 'paper-2', orders: 1 }],
  differences: [
    differenceOf('a', {
      clientOrderId: 'c0ffee00000001000000000a01d1ce42',
      believed: { status: 'accepted', quantity: '0' },
      venue: { status: 'filled', quantity: '1.2' },
    }),
    differenceOf('b', {
      kind: 'positionChanged',
      believed: { status: null, quantity: '1.2' },
      venue: { status: null, quantity: '0' },
    }),
    differenceOf('c', {
      kind: 'positionDiffers',
      instrumentId: instrumentIdOf('ETH'),
      believed: { status: null, quantity: '12.5' },
      venue: { status: null, quantity: '4.25' },
      proposed: 'correct',
    }),
    differenceOf('d', {
      kind: 'orderForeign',
      instrumentId: instrumentIdOf('DOGE'),
      venueOrderId: '88001234',
      venue: { status: 'accepted', quantity: '0' },
      proposed: 'leave',
      acceptedBy: 'policy',
    }),
    differenceOf('e', {
      kind: 'balanceChanged',
      instrumentId: null,
      asset: 'SOL',
      believed: { status: null, quantity: '310' },
      venue: { status: null, quantity: '260' },
      proposed: 'take',
      acceptedBy: 'trader',
    }),
  ],
  otherInstallations: [
    {
      accountId: 'paper-2',
      installation: '5ca1ab1e',
      firstSeenUs: SAMPLE_NOW_US - 9_000_000,
      lastSeenUs: SAMPLE_NOW_US,
      owner: 'undecided',
      isTaken: false,
    },
  ],
  unmanaged: [{ accountId: 'paper-1', asset: 'ETH', quantity: '25.00000000' }],
};
