import type {
  StopReportDto,
  UnknownOutcomeDto,
  DifferenceDto,
  ReconciliationDto,
} from '../../src-preload/contract/state.ts';
import { SAMPLE_NOW_US, instrumentIdOf } from './sample-markets.ts';

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
