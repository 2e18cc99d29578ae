import type {
  AlertDto,
  CheckDto,
  FillDto,
  LogDto,
  OrderDto,
  PositionDto,
  ExecutorDto,
  StripDto,
  TerminalState,
  WatchDto,
} from '../../src-preload/contract/state.ts';
import { SAMPLE_NOW_US, SYMBOLS, instrumentIdOf, samplePrice, seededWalk } from './sample-markets.ts';
import { sampleOutcomes } from './sample-recovery.ts';

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
