import { describe, expect, it } from 'vitest';
import { ACCOUNT, BTC, bracket, order } from '../../adapters/binance/testing/gateway-fixture.ts';
import type { Decision, EngineInput } from '../../engine/domain/events.ts';
import type { TradeId, VenueOrderId } from '../../engine/domain/identifiers.ts';
import type { Fill, OrderSpec } from '../../engine/domain/order.ts';
import { decisionRow, inputRow } from '../../engine/journal-rows.ts';
import type { JournalDraft, JournalRow } from '../../engine/ports/store.ts';
import { differences, type VenueLedger } from './ledger-comparison.ts';
import { sessionFigures } from './session-figures.ts';

const stored = { engineEpoch: 1, previousHash: '', hash: '' };
const rowsOf = (...events: readonly JournalDraft[]): JournalRow[] =>
  events.map((event, index) => ({ ...stored, ...event, sequence: index + 1 }));
const took = (input: EngineInput) => inputRow(input, 0);
const decided = (decision: Decision) => decisionRow(decision, 0, 1);

let trades = 0;
const fillOf = (spec: OrderSpec, quantity: string): Fill => ({
  tradeId: String(++trades) as TradeId,
  clientOrderId: spec.clientOrderId,
  venueOrderId: '1' as VenueOrderId,
  accountId: ACCOUNT,
  instrumentId: BTC,
  side: spec.side,
  price: '60000.00',
  quantity,
  fee: { amount: '0.06', asset: 'USDT' },
  liquidity: 'taker',
  tradedAtUs: 0,
});
const filled = (fill: Fill): EngineInput => ({ kind: 'order.filled', fill, source: 'stream' });

describe('the figures of a session', () => {
  it('count each order, fill and exit once, however often and by whatever way it was told', () => {
    const list = bracket();
    const [first, second, exit] = [
      fillOf(list.working, '0.00040'),
      fillOf(list.working, '0.00060'),
      fillOf(list.stop, '0.00100'),
    ];
    const figures = sessionFigures(
      rowsOf(
        decided({ kind: 'order.submit', submission: list, lane: 'new' }),
        took({
          kind: 'submit.answered',
          clientOrderIds: [list.working.clientOrderId],
          outcome: { kind: 'accepted', reports: [], fills: [first] },
        }),
        took(filled(first)),
        took(filled(second)),
        took(filled(exit)),
        decided({ kind: 'protection.measured', unprotectedMs: 12.5 } as Decision),
      ),
    );
    expect(figures).toMatchObject({
      orders: 3,
      brackets: 1,
      fills: 3,
      partialFills: 1,
      stopExits: 1,
      targetExits: 0,
      rejected: 0,
      unknown: 0,
      unprotectedMs: 12.5,
    });
    expect(figures.applied).toEqual([first, second, exit]);
  });

  it('count what the venue rejected and what nobody can tell', () => {
    const { clientOrderId } = order('entry');
    const answered = (outcome: Extract<EngineInput, { kind: 'submit.answered' }>['outcome']): EngineInput => ({
      kind: 'submit.answered',
      clientOrderIds: [clientOrderId],
      outcome,
    });
    const unknown = { kind: 'unknown', reason: 'timed out' } as const;
    const figures = sessionFigures(
      rowsOf(
        took(answered({ kind: 'rejected', venueCode: '-2010', message: 'no' })),
        took(answered(unknown)),
        took({ kind: 'cancel.answered', clientOrderId, outcome: unknown }),
      ),
    );
    expect(figures).toMatchObject({ rejected: 1, unknown: 2, fills: 0 });
  });
});

describe('journal and ledger', () => {
  const spec = order('entry');
  const fill = fillOf(spec, '0.00100');
  const venueFill = {
    tradeId: fill.tradeId,
    clientOrderId: spec.clientOrderId,
    symbol: 'BTCUSDT',
    price: '60000.00000000',
    quantity: '0.00100000',
    commission: '0.06000000',
    commissionAsset: 'USDT',
  };
  const ledger = (changed: Partial<VenueLedger> = {}): VenueLedger => ({
    account: 'paper-01',
    sentBeforeCommit: 0,
    intentsChecked: 1,
    unprotectedMs: 0,
    fills: [venueFill],
    ...changed,
  });

  it('agree to the last digit, whatever the number of zeros', () => {
    expect(differences([fill], [ledger()])).toEqual([]);
  });

  it.each<[string, Partial<VenueLedger>, readonly string[]]>([
    ['a price', { fills: [{ ...venueFill, price: '60000.01' }] }, ['paper-01: trade T of BTCUSDT differs']],
    ['a fee asset', { fills: [{ ...venueFill, commissionAsset: 'BNB' }] }, ['paper-01: trade T of BTCUSDT differs']],
    [
      'a fill we lack',
      { fills: [venueFill, { ...venueFill, tradeId: 'z' }] },
      ['paper-01: trade z of BTCUSDT is not in the journal', 'the journal has 1 fills, the venue 2'],
    ],
    ['a fill they lack', { fills: [] }, ['the journal has 1 fills, the venue 0']],
    ['a send before the commit', { sentBeforeCommit: 2 }, ['paper-01: 2 orders sent before they were on disk']],
    ['an unchecked journal', { sentBeforeCommit: null }, ['paper-01: null orders sent before they were on disk']],
  ])('differ by %s', (_name, changed, expected) => {
    expect(differences([fill], [ledger(changed)])).toEqual(
      expected.map((line) => line.replace('trade T', `trade ${fill.tradeId}`)),
    );
  });
});
