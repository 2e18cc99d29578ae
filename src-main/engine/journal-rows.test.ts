import { describe, expect, it } from 'vitest';
import { makeClientOrderId } from './domain/client-order-id.ts';
import type { Decision, EngineInput } from './domain/events.ts';
import { accountId, commandId, instrumentId, tradeId, venueOrderId } from './domain/identifiers.ts';
import type { OrderSpec, Submission } from './domain/order.ts';
import { decisionOf, decisionRow, inputOf, inputRow } from './journal-rows.ts';
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
    const judged: Decision = {
      kind: 'order.judged',
      verdict: { allowed: true, denials: [], checks: [] },
      intent: { kind: 'single', order: spec(4) },
      reason: { by: 'protection' },
    };
    expect(decisionRow(judged, 1, 1)).toMatchObject({ clientOrderIds: [id(4)], correlationId: id(4) });
    expect(decisionRow({ ...judged, intent: null }, 1, 1)).toMatchObject({ clientOrderIds: [], accountId: null });
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
    expect(() => decisionOf(row)).toThrow('expected a decision of version 1 to 1 in row 7, was input order.filled 1');
    expect(() => inputOf({ ...row, kindVersion: 2 })).toThrow('was input order.filled 2');
  });
});
