import { describe, expect, it } from 'vitest';
import type { BridgeReply } from '../../src-preload/contract/bridge.ts';
import { createEmergencyStop, isStopChord } from './emergency-stop.ts';

const chord = { code: 'KeyS', ctrlKey: true, metaKey: false, shiftKey: true, altKey: false };

describe('the chord', () => {
  it('goes by the place of the key, whatever letter the layout puts there', () => {
    expect(isStopChord(chord)).toBe(true);
    expect(isStopChord({ ...chord, ctrlKey: false, metaKey: true })).toBe(true);
  });

  it.each([{ code: 'KeyD' }, { shiftKey: false }, { ctrlKey: false }, { altKey: true }])('is not %o', (change) => {
    expect(isStopChord({ ...chord, ...change })).toBe(false);
  });
});

describe('the delivery', () => {
  function prepared() {
    const sent: string[] = [];
    let resolve: (reply: BridgeReply) => void = () => undefined;
    let reject: (error: Error) => void = () => undefined;
    let nowMs = 100;
    const stop = createEmergencyStop(
      (origin) => {
        sent.push(origin);
        return new Promise((yes, no) => {
          resolve = yes;
          reject = no;
        });
      },
      () => nowMs,
    );
    const settle = async (act: () => void): Promise<void> => {
      act();
      await Promise.resolve();
      await Promise.resolve();
    };
    return {
      stop,
      sent,
      at: (ms: number) => (nowMs = ms),
      reply: (reply: BridgeReply) => settle(() => resolve(reply)),
      fail: (error: Error) => settle(() => reject(error)),
    };
  }

  it('sends once while an answer is awaited, and may send again after it', async () => {
    const t = prepared();
    t.stop.press('key');
    t.stop.press('key');
    t.stop.press('button');
    expect(t.sent).toEqual(['key']);
    t.stop.dismiss();
    expect(t.stop.store.getState().kind).toBe('sent');
    t.at(111);
    await t.reply({ ok: true, result: null });
    expect(t.stop.store.getState()).toEqual({ kind: 'acknowledged', atMs: 100, tookMs: 11, by: 'engine' });
    t.stop.press('button');
    expect(t.sent).toEqual(['key', 'button']);
  });

  it.each([
    [true, 'guardianFlat'],
    [false, 'guardianNotFlat'],
  ])('says when the guardian acted, and whether all is flat (%j)', async (verifiedFlat, by) => {
    const t = prepared();
    t.stop.press('key');
    await t.reply({ ok: true, result: { acknowledgedBy: 'guardian', afterMs: 300, actions: [], verifiedFlat } });
    expect(t.stop.store.getState()).toMatchObject({ kind: 'acknowledged', by });
  });

  it('shows a refusal with its numbers', async () => {
    const t = prepared();
    t.stop.press('key');
    await t.reply({ ok: false, error: { code: 'COMMAND_EXPIRED', params: { lateMs: 9000 } } });
    expect(t.stop.store.getState()).toMatchObject({ kind: 'refused', error: { code: 'COMMAND_EXPIRED' } });
    t.stop.dismiss();
    expect(t.stop.store.getState()).toEqual({ kind: 'none' });
  });

  it('says when it could not be delivered', async () => {
    const t = prepared();
    t.stop.press('key');
    await t.fail(new Error('expected an open line, was closed'));
    expect(t.stop.store.getState()).toMatchObject({
      kind: 'undelivered',
      detail: 'expected an open line, was closed',
    });
  });
});
