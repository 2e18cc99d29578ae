import { describe, expect, it } from 'vitest';
import {
  EXECUTOR_FORMS,
  type ExecutorField,
  type ExecutorKindDto,
  executorParams,
  readField,
} from '../../src-preload/contract/executor-forms.ts';
import { commandSchema } from '../../src-preload/contract/messages.ts';
import { executorOf } from '../engine/executors/catalog.ts';
import type { ExecutorRequest } from '../engine/domain/executor.ts';
import { ACCOUNT, BTC } from '../engine/testing/core-session.ts';

const KINDS = Object.keys(EXECUTOR_FORMS) as ExecutorKindDto[];
const TYPED: Readonly<Record<string, string>> = {
  ...{ price: '99.00', displayQuantity: '0.1', from: '99.00', to: '98.00', lower: '90.00', upper: '110.00' },
  ...{ addQuantity: '0.5', riskLimit: '100', parts: '0.5 @ 99.00; 0.5 @ 98.00' },
};

const typedFor = (kind: ExecutorKindDto, over: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  ...Object.fromEntries(EXECUTOR_FORMS[kind].fields.map(({ name, initial }) => [name, TYPED[name] ?? initial ?? ''])),
  ...over,
});

/** What the engine says to a form: the first field it cannot use, or null. */
function engineRefuses(kind: ExecutorKindDto, over: Readonly<Record<string, string>> = {}): string | null {
  const params = executorParams(kind, typedFor(kind, over));
  if (params === null) throw new Error(`expected a readable form of ${kind}`);
  const request: ExecutorRequest = {
    ...{ accountId: ACCOUNT, strategyId: null, instrumentId: BTC, side: 'buy', quantity: '1', reduceOnly: false },
    protection: { stopTrigger: '80.00', stopLimit: '79.00', target: null },
    params,
  };
  const { accountId, instrumentId, side, quantity, reduceOnly, protection } = request;
  const command = { kind: 'startExecutor', accountId, instrumentId, side, quantity, reduceOnly, protection, params };
  expect(commandSchema.parse(command)).toEqual(command);
  const executor = executorOf(kind);
  if (executor === undefined) throw new Error(`expected an executor ${kind}, was none`);
  return executor.check(params, request);
}

const bounds = KINDS.flatMap((kind) =>
  EXECUTOR_FORMS[kind].fields.flatMap((field) =>
    [field.min, field.max].flatMap((bound) =>
      bound === undefined || field.unit === 'parts' ? [] : [[kind, field.name, String(bound)] as const],
    ),
  ),
);

describe('the form of an executor', () => {
  it.each(KINDS)('%s is whole with what it proposes, and the engine takes it', (kind) => {
    expect(engineRefuses(kind)).toBeNull();
  });

  it.each(bounds)('%s %s may be %s', (kind, name, bound) => {
    expect(engineRefuses(kind, { [name]: bound })).toBeNull();
  });

  it.each<[ExecutorKindDto, string, string, string]>([
    ['twap', 'slices', '1001', 'range'],
    ['twap', 'durationMs', '43201', 'range'],
    ['twap', 'jitterRatio', '100', 'range'],
    ['twap', 'slices', '2.5', 'form'],
    ['twap', 'slices', '', 'empty'],
    ['pov', 'participation', '0', 'range'],
    ['grid', 'levels', '1', 'range'],
    ['iceberg', 'price', '0', 'range'],
    ['iceberg', 'price', '-1', 'form'],
    ['scale', 'parts', '0.5 at 99', 'form'],
    ['scale', 'parts', ' ; ', 'form'],
  ])('%s %s cannot be %j', (kind, name, typed, why) => {
    const field = EXECUTOR_FORMS[kind].fields.find((one) => one.name === name) as ExecutorField;
    expect(readField(field, typed)).toEqual({ ok: false, why });
    expect(executorParams(kind, typedFor(kind, { [name]: typed }))).toBeNull();
  });

  it('reads percentages and minutes exactly, and leaves out what is optional', () => {
    expect(
      executorParams('twap', typedFor('twap', { durationMs: '1.5', jitterRatio: '7.25', slices: '1,000' })),
    ).toEqual({
      ...{ kind: 'twap', durationMs: 90_000, slices: 1_000, jitterRatio: '0.0725', limitPrice: null },
    });
    expect(executorParams('dca', typedFor('dca', { dropRatio: '50' }))).toMatchObject({ dropRatio: '0.50' });
    expect(executorParams('scale', typedFor('scale'))).toEqual({
      kind: 'scale',
      parts: [
        { quantity: '0.5', price: '99.00' },
        { quantity: '0.5', price: '98.00' },
      ],
    });
  });
});
