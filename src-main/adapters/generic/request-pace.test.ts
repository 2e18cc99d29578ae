import { expect, it } from 'vitest';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import { RequestPace } from './request-pace.ts';

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

async function pacedBy(): Promise<{
  clock: VirtualClock;
  pace: RequestPace;
  left: string[];
  ask: (name: string, lane: 'cancel' | 'query' | 'new', costMs?: number) => Promise<void>;
}> {
  const clock = new VirtualClock();
  const pace = new RequestPace(clock);
  const left: string[] = [];
  const ask = async (name: string, lane: 'cancel' | 'query' | 'new', costMs = 0): Promise<void> => {
    void pace.wait(lane, costMs).then(() => left.push(name));
    await settle();
  };
  return { clock, pace, left, ask };
}

it('lets a cancel pass what only asks, and keeps the distance the venue wants', async () => {
  const { clock, pace, left, ask } = await pacedBy();
  await ask('first', 'query', 1_000);
  await ask('second', 'query', 1_000);
  await ask('create', 'new', 0);
  await ask('cancel', 'cancel', 0);
  pace.answered();
  await settle();
  expect(left).toEqual(['first']);
  clock.advance(999);
  await settle();
  expect(left).toEqual(['first']);
  clock.advance(1);
  await settle();
  expect(left).toEqual(['first', 'cancel']);
  pace.answered();
  await settle();
  expect(left).toEqual(['first', 'cancel', 'create']);
  pace.answered();
  await settle();
  expect(left).toEqual(['first', 'cancel', 'create', 'second']);
});

it('counts time without requests: the first after a pause leaves at once', async () => {
  const { clock, pace, left, ask } = await pacedBy();
  await ask('first', 'query', 1_000);
  pace.answered();
  clock.advance(5_000);
  await ask('later', 'query', 1_000);
  expect(left).toEqual(['first', 'later']);
});

it('does not wait for an answer that takes long', async () => {
  const { clock, left, ask } = await pacedBy();
  await ask('hanging', 'query');
  await ask('cancel', 'cancel');
  expect(left).toEqual(['hanging']);
  clock.advance(250);
  await settle();
  expect(left).toEqual(['hanging', 'cancel']);
});

it('holds everything while the venue wants a pause', async () => {
  const { clock, pace, left, ask } = await pacedBy();
  pace.pause(2_000);
  await ask('cancel', 'cancel');
  clock.advance(1_999);
  await settle();
  expect(left).toEqual([]);
  clock.advance(1);
  await settle();
  expect(left).toEqual(['cancel']);
});
