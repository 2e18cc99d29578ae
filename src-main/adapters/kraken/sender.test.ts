import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Lane } from '../../engine/domain/events.ts';
import { err, ok } from '../../engine/domain/result.ts';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import { KrakenSender } from './sender.ts';

const FULL: CallFailure = {
  ...{ outcome: 'rejected', code: 'EAPI:Rate limit exceeded', message: 'full', remedy: 'pause', retryAfterMs: null },
};

function key() {
  const clock = new VirtualClock();
  const sent: string[] = [];
  const hanging: (() => void)[] = [];
  const state = { hangs: false, isCurrent: true, isFull: false };
  const sender = new KrakenSender({
    ccxt: {
      call: async (_call, params) => {
        const { name } = params;
        if (typeof name === 'string') sent.push(name);
        if (state.isFull) return err(FULL);
        if (state.hangs) await new Promise<void>((resolve) => hanging.push(resolve));
        return ok('done');
      },
      close: async () => undefined,
    },
    ...{ clock, tier: 'starter', isCurrentEpoch: () => state.isCurrent, onFailure: () => undefined },
  });
  const request = (name: string, lane: Lane, more: { calls?: number; cost?: number } = {}) => ({
    ...({ call: 'privatePostAddOrder', params: { name }, schema: z.string(), lane, calls: more.calls ?? 0 } as const),
    ...(more.cost === undefined ? {} : { transaction: { pair: 'XBTUSDT', cost: more.cost } }),
  });
  return { clock, sent, hanging, state, sender, request };
}
const denied = (code: string) => ({ ok: false, error: { outcome: 'rejected', code, remedy: 'none' } });

describe('requests of one key', () => {
  it('refuse a new order that a pause outlasts, and let cancels and exits through', async () => {
    const { clock, sent, sender, request } = key();
    sender.pause(10_000);
    const entry = sender.command(request('entry', 'new'));
    const others = [sender.command(request('cancel', 'cancel')), sender.command(request('exit', 'reduce'))];
    expect(await Promise.all(others)).toEqual([ok('done'), ok('done')]);
    await clock.advanceAsync(600, 100);
    expect(await entry).toMatchObject(denied('PAUSED'));
    expect(sent).toEqual(['cancel', 'exit']);
    const query = sender.query(request('query', 'query'));
    await clock.advanceAsync(10_000, 500);
    expect(await query).toEqual(ok('done'));
  });

  it('refuse a query for which the counter has no room within its patience', async () => {
    const { clock, sent, sender, request } = key();
    expect(await sender.query(request('first', 'query', { calls: 12 }))).toEqual(ok('done'));
    const crowd = sender.query(request('second', 'query', { calls: 40 }));
    await clock.advanceAsync(61_000, 1_000);
    expect(await crowd).toMatchObject(denied('NO_WEIGHT'));
    expect(sent).toEqual(['first']);
  });

  it('wait for the counter of the venue when others filled it, however urgent, and orders do not', async () => {
    const { clock, sent, state, sender, request } = key();
    state.isFull = true;
    expect(await sender.query(request('look', 'reduce', { calls: 1 }))).toMatchObject({ ok: false });
    state.isFull = false;
    const again = sender.query(request('again', 'reduce', { calls: 1 }));
    expect(await sender.command(request('exit', 'reduce'))).toEqual(ok('done'));
    expect(sent).toEqual(['look', 'exit']);
    // A third of a call each second, and the refused one counts.
    await clock.advanceAsync(4_500, 100);
    expect(sent).toEqual(['look', 'exit']);
    await clock.advanceAsync(2_000, 100);
    expect(await again).toEqual(ok('done'));
    expect(sent).toEqual(['look', 'exit', 'again']);
  });

  it('leave in the order of their urgency while one is under way', async () => {
    const { sent, hanging, state, sender, request } = key();
    state.hangs = true;
    const first = sender.query(request('first', 'query'));
    const rest = (['query', 'new', 'reduce', 'cancel'] as const).map((lane) => sender.command(request(lane, lane)));
    const all = Promise.all([first, ...rest]);
    await expect.poll(() => hanging.length, { timeout: 15_000 }).toBe(1);
    state.hangs = false;
    hanging[0]?.();
    await all;
    expect(sent).toEqual(['first', 'cancel', 'reduce', 'new', 'query']);
  });

  it('refuse new orders of a pair that has no room, and never a cancel', async () => {
    const { sent, sender, request } = key();
    expect(await sender.command(request('one', 'new', { cost: 36 }))).toEqual(ok('done'));
    const refused = await sender.command(request('two', 'new', { cost: 4 }));
    expect(refused).toMatchObject(denied('NO_WEIGHT'));
    expect(!refused.ok && refused.error.retryAfterMs).toBe(4_000);
    expect(await sender.command(request('cancel', 'cancel', { cost: 8 }))).toEqual(ok('done'));
    expect(sent).toEqual(['one', 'cancel']);
  });

  it('refuse commands of a replaced life and still answer its queries', async () => {
    const { sent, state, sender, request } = key();
    state.isCurrent = false;
    expect(await sender.command(request('entry', 'new', { cost: 1 }))).toMatchObject(denied('FENCED'));
    expect(await sender.query(request('query', 'query'))).toEqual(ok('done'));
    expect(sent).toEqual(['query']);
    sender.close();
  });
});
