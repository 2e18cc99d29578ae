import { describe, expect, it } from 'vitest';
import { makeClientOrderId } from './domain/client-order-id.ts';
import type { Decision, EngineInput } from './domain/events.ts';
import { accountId, commandId, instrumentId, tradeId, venueOrderId } from './domain/identifiers.ts';
import { idsOf, type OrderSpec, type Submission } from './domain/order.ts';
import { broughtUp, decisionOf, decisionRow, inputOf, inputRow } from './journal-rows.ts';
import type { JournalDraft, JournalRow } from './ports/store.ts';

const account = accountId('paper-1');
const instrument = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' });
const id = (counter: number) => makeClientOrderId({ installation: '0a1b2c3d', epoch: 1, counter, role: 'entry' });

const spec = (counter: number): OrderSpec => ({
  clientOrderId: id(counter),
  accountId: account,
  strategyId: null,
  instrumentId: instrument,
  role: 'entry',
  side: 'buy',
  type: 'limit',
  timeInForce: 'fok',
  quantity: '0.00100',
  price: '35000.10',
  triggerPrice: null,
});

const otoco: Submission = { kind: 'otoco', listId: id(9), working: spec(1), target: spec(2), stop: spec(3) };

/** As a store would give it back: through JSON. */
const stored = (draft: JournalDraft): JournalRow => ({
  ...(JSON.parse(JSON.stringify(draft)) as JournalDraft),
  sequence: 7,
  engineEpoch: 1,
  previousHash: '',
  hash: '',
});

const fill: EngineInput = {
  kind: 'order.filled',
  source: 'stream',
  fill: {
    tradeId: tradeId('1'),
    clientOrderId: id(1),
    venueOrderId: venueOrderId('5'),
    accountId: account,
    instrumentId: instrument,
    side: 'buy',
    price: '35000.10',
    quantity: '0.00100',
    fee: { amount: '0.00000100', asset: 'BTC' },
    liquidity: 'taker',
    tradedAtUs: 1,
  },
};

const judged: Extract<Decision, { kind: 'order.judged' }> = {
  kind: 'order.judged',
  verdict: {
    allowed: false,
    denials: [{ code: 'FEED_NOT_LIVE', params: { state: 'stale' } }],
    checks: [
      { name: 'venue', passed: true, used: null, after: null, limit: null, headroom: null, unit: '' },
      { name: 'feed', passed: false, used: null, after: null, limit: null, headroom: null, unit: '' },
      { name: 'stopSlots', passed: true, used: '0', after: '1', limit: '5', headroom: '4', unit: 'orders' },
    ],
  },
  accountId: account,
  clientOrderIds: idsOf(otoco),
  reason: { by: 'protection' },
};

describe('rows of events', () => {
  it('read back as the input that was written', () => {
    const row = inputRow(fill, 42);
    expect(row).toMatchObject({ role: 'input', kind: 'order.filled', timeUs: 42, accountId: account });
    expect(row.causationSequence).toBeNull();
    expect(inputOf(stored(row))).toEqual(fill);
    expect(inputRow({ kind: 'clock.ticked' }, 1)).toMatchObject({ kind: 'clock.ticked', payload: {}, accountId: null });
  });

  it('carry every id of an intent, the list first, so that each is findable before it is sent', () => {
    const decision: Decision = { kind: 'order.submit', submission: otoco, lane: 'new' };
    const row = decisionRow(decision, 42, 6);
    expect(row).toMatchObject({
      role: 'decision',
      accountId: account,
      causationSequence: 6,
      correlationId: id(9),
      clientOrderIds: [id(9), id(1), id(2), id(3)],
    });
    expect(decisionOf(stored(row))).toEqual(decision);
  });

  it('of a verdict hold every check, in a short form that reads back as the decision', () => {
    const row = decisionRow(judged, 42, 6);
    expect(row).toMatchObject({
      kindVersion: 2,
      accountId: account,
      correlationId: id(9),
      clientOrderIds: [id(9), id(1), id(2), id(3)],
      payload: {
        checks: [
          'venue',
          ['feed', false, null, null, null, null, ''],
          ['stopSlots', true, '0', '1', '5', '4', 'orders'],
        ],
      },
    });
    expect(decisionOf(stored(row))).toEqual(judged);
    const refused = { ...judged, accountId: null, clientOrderIds: [] };
    expect(decisionRow(refused, 1, 1)).toMatchObject({ clientOrderIds: [], accountId: null, correlationId: null });
  });

  it('of a verdict in version 1, which repeated the intent, read as the same decision', () => {
    const { verdict, reason } = judged;
    const now = stored(decisionRow(judged, 42, 6));
    const old: JournalRow = {
      ...now,
      kindVersion: 1,
      payload: { verdict, reason, intent: otoco },
    };
    expect(decisionOf(old)).toEqual(judged);
    expect(broughtUp(old)).toEqual(now);
  });

  it('tie commands to their answers and cancels to their list', () => {
    const envelope = {
      commandId: commandId('c-1'),
      actor: 'local',
      roles: ['trader'],
      origin: 'button',
      issuedAtUs: 1,
      expiresAtUs: 2,
      command: { kind: 'closePosition', accountId: account, instrumentId: instrument },
    } as const;
    expect(inputRow({ kind: 'command.received', envelope, reference: null }, 1)).toMatchObject({
      correlationId: 'c-1',
      accountId: account,
    });
    const answered: Decision = { kind: 'command.answered', commandId: commandId('c-1'), denial: null };
    expect(decisionRow(answered, 1, 1).correlationId).toBe('c-1');
    const cancel: Decision = {
      kind: 'order.cancel',
      accountId: account,
      instrumentId: instrument,
      clientOrderId: id(3),
      listId: id(9),
      lane: 'cancel',
    };
    expect(decisionRow(cancel, 1, 1)).toMatchObject({ correlationId: id(9), accountId: account });
    expect(decisionRow({ ...cancel, listId: null }, 1, 1).correlationId).toBe(id(3));
  });

  it('are refused when of another role or of a later version', () => {
    const row = stored(inputRow(fill, 1));
    expect(() => decisionOf(row)).toThrow('expected a decision in row 7, was input order.filled');
    expect(() => inputOf({ ...row, kindVersion: 2 })).toThrow(
      'expected version 1 to 1 of order.filled in row 7, was 2',
    );
  });
});
