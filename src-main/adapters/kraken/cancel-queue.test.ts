import { describe, expect, it } from 'vitest';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import { CancelQueue } from './cancel-queue.ts';
import { KrakenSender } from './sender.ts';

const refused = (code: string, outcome: CallFailure['outcome'] = 'rejected'): CallFailure => ({
  ...{ outcome, code, message: code, remedy: 'none', retryAfterMs: null },
});
const named = (txid: string, isKnown = true) => ({
  ...{ params: { cl_ord_id: `id-${txid}` }, txid: isKnown ? txid : null, pair: 'XBTUSDT' },
});

/** A key whose first request hangs until it is let go: what comes meanwhile waits together. */
function rig(reply: (orders: readonly string[]) => Result<unknown, CallFailure>, isGone = false) {
  const sent: (string | readonly string[])[] = [];
  const stamps: string[] = [];
  const state = { isCurrent: true };
  let go: () => void = () => undefined;
  const busy = new Promise<void>((resolve) => (go = resolve));
  const sender = new KrakenSender({
    ccxt: {
      call: async (call, params) => {
        if (call === 'privatePostBalanceEx') await busy;
        else sent.push((params['orders'] ?? params['cl_ord_id']) as string | readonly string[]);
        if (call === 'privatePostCancelOrderBatch') return reply(params['orders'] as readonly string[]);
        return isGone ? err(refused('EOrder:Unknown order')) : ok({ count: 1 });
      },
      close: async () => undefined,
    },
    ...{ clock: new VirtualClock(), tier: 'pro', isCurrentEpoch: () => state.isCurrent, onFailure: () => undefined },
  });
  const queue = new CancelQueue(sender);
  const cancel = (target: ReturnType<typeof named>) =>
    queue.cancel(target, 'cancel', () => stamps.push(target.params.cl_ord_id));
  const hold = (): void => {
    const schema = { safeParse: () => ({ success: true, data: null }) } as never;
    void sender.query({ call: 'privatePostBalanceEx', params: {}, schema, lane: 'query' });
  };
  return { cancel, go: () => go(), hold, sent, stamps, state };
}

describe('cancels of one key', () => {
  it('leave alone when nothing is ahead of them', async () => {
    const { cancel, sent } = rig(() => ok({ count: 0 }));
    expect(await cancel(named('A'))).toEqual(ok({ count: 1 }));
    expect(sent).toEqual(['id-A']);
  });

  it('that wait together leave as one, each stamped, those without an id of the venue by themselves', async () => {
    const { cancel, go, hold, sent, stamps } = rig((orders) => ok({ count: orders.length }));
    hold();
    const all = [named('A'), named('B', false), named('C')].map(cancel);
    go();
    expect(await Promise.all(all)).toEqual([ok({ count: 1 }), ok({ count: 1 }), ok({ count: 1 })]);
    expect(sent).toEqual([['A', 'C'], 'id-B']);
    expect(stamps).toEqual(['id-A', 'id-C', 'id-B']);
  });

  it('are at most fifty in one request', async () => {
    const { cancel, go, hold, sent } = rig((orders) => ok({ count: orders.length }));
    hold();
    const all = Array.from({ length: 53 }, (_, at) => cancel(named(String(at))));
    go();
    await Promise.all(all);
    expect(sent.map((orders) => orders.length)).toEqual([50, 3]);
  });

  it.each([
    ['fewer orders than it names', ok({ count: 1 })],
    ['a refusal for one of them', err(refused('EOrder:Unknown order'))],
  ])('are asked for one by one when the batch answers %s', async (_, reply) => {
    const { cancel, go, hold, sent } = rig(() => reply);
    hold();
    const all = [named('A'), named('B')].map(cancel);
    go();
    expect(await Promise.all(all)).toEqual([ok({ count: 1 }), ok({ count: 1 })]);
    expect(sent).toEqual([['A', 'B'], 'id-A', 'id-B']);
  });

  it('count as taken when the batch ended some and by itself none is open any more', async () => {
    const { cancel, go, hold } = rig(() => ok({ count: 1 }), true);
    hold();
    const all = [named('A'), named('B')].map(cancel);
    go();
    expect(await Promise.all(all)).toEqual([ok({ count: 0 }), ok({ count: 0 })]);
  });

  it('are refused as each is when the batch ended none', async () => {
    const gone = err(refused('EOrder:Unknown order'));
    const { cancel, go, hold } = rig(() => gone, true);
    hold();
    const all = [named('A'), named('B')].map(cancel);
    go();
    expect(await Promise.all(all)).toEqual([gone, gone]);
  });

  it.each([
    ['that is lost', refused('RequestTimeout', 'unknown')],
    ['that was not read', refused('EAPI:Rate limit exceeded')],
  ])('all have the answer of a batch %s', async (_, failure) => {
    const { cancel, go, hold, sent } = rig(() => err(failure));
    hold();
    const all = [named('A'), named('B')].map(cancel);
    go();
    expect(await Promise.all(all)).toEqual([err(failure), err(failure)]);
    expect(sent).toEqual([['A', 'B']]);
  });

  it('of a replaced life are refused, and nothing is sent', async () => {
    const { cancel, go, hold, sent, state } = rig(() => ok({ count: 2 }));
    hold();
    const all = [named('A'), named('B')].map(cancel);
    state.isCurrent = false;
    go();
    const fenced = { ok: false, error: { code: 'FENCED' } };
    expect(await Promise.all(all)).toMatchObject([fenced, fenced]);
    expect(sent).toEqual([]);
  });
});
