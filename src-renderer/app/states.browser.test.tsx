import { afterEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { TerminalState } from '../../src-preload/contract/state.ts';
import { mountTerminal, type MountedTerminal } from '../testing/mounted-terminal.ts';
import { SAMPLE_NOW_US } from '../testing/sample-markets.ts';
import { sampleStopReport } from '../testing/sample-recovery.ts';
import { sampleOrder, sampleState } from '../testing/sample-state.ts';
import type { SampleOptions } from '../testing/sample-bridge.ts';

let t: MountedTerminal | null = null;
afterEach(() => {
  t?.close();
  t = null;
  vi.useRealTimers();
});
const mounted = (options: SampleOptions = {}): MountedTerminal => (t = mountTerminal(options));
const shown = (selector: string) => expect.poll(() => document.querySelector(selector)?.textContent ?? '');

const stripped = (over: Partial<TerminalState['strip']>): TerminalState => {
  const state = sampleState();
  return { ...state, strip: { ...state.strip, ...over } };
};

describe('a panel says what it is', () => {
  it('loading: what it waits for, and the strip does not guess', async () => {
    mounted({ without: ['welcome'] });
    await shown('[data-panel="7"]').toContain('Waiting for the line to the engine');
    await shown('.strip').toContain('NOT KNOWN');
    expect(document.querySelector('.stopbtn')).not.toBeNull();
    await shown('[data-panel="7"]').toMatch(/, \d+\.\d s/);
  });

  it('loading: the snapshot, and then the book alone', async () => {
    mounted({ without: ['snapshot'] });
    await shown('[data-panel="1"]').toContain("the engine's first snapshot");
    t?.close();
    mounted({ without: ['market'] });
    await shown('[data-panel="3"]').toContain('Waiting for the first message');
    await shown('[data-panel="7"]').toContain('BTC/USDT');
  });

  it('empty: what is empty', async () => {
    mounted({ state: sampleState({ alerts: [], positions: [], orders: [], strategies: [], watch: [] }) });
    await shown('[data-panel="9"]').toContain('No alerts');
    await shown('[data-panel="6"]').toContain('No strategies');
    await shown('[data-panel="1"]').toContain('No instruments');
    await shown('[data-panel="7"]').toContain('Flat: no open position.');
  });

  it('stale by the word of the engine: age, limit and what follows, with the last values kept', async () => {
    const state = sampleState();
    const [first, ...rest] = state.watch;
    mounted({ state: { ...state, watch: [{ ...first!, feed: 'stale', ageMs: 3200 }, ...rest] } });
    await shown('[data-panel="3"] .statebar').toBe('Stale 3.2 s, limit 2.0 s. Entries held.');
    expect(document.querySelector('[data-panel="3"] .content.old canvas')).not.toBeNull();
    expect(document.querySelector('[data-panel="5"] .statebar')).toBeNull();
  });

  it('failed: the feed, and only there', async () => {
    const state = sampleState();
    const [first, ...rest] = state.watch;
    mounted({ state: { ...state, watch: [{ ...first!, feed: 'failed', ageMs: null }, ...rest] } });
    await shown('[data-panel="3"]').toContain('FEED_FAILED');
    await shown('[data-panel="7"]').toContain('LINK/USDT');
  });

  it('failed alone when it cannot draw itself, and draws again when asked', async () => {
    const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const state = sampleState();
    const broken = { ...state, risk: { ...state.risk, limits: null as never } };
    mounted({ state: broken });
    await shown('[aria-label="Risk"]').toContain('PANEL_FAILED');
    await shown('.strip').toContain('ACTIVE');
    await shown('[data-panel="7"]').toContain('BTC/USDT');
    t?.bridge.receiver?.onMessage({ t: 'snapshot', sequence: 2, state });
    await expect.poll(() => t?.terminal.session.store.getState().state?.risk.limits).not.toBeNull();
    await userEvent.click(t!.find('[aria-label="Risk"] button'));
    await shown('[data-panel="5"]').toContain('Day loss');
    silent.mockRestore();
  });
});

describe('the line', () => {
  it('makes everything stale when it is lost, and well again with a snapshot', async () => {
    const { bridge } = mounted();
    await shown('.strip').toContain('ACTIVE');
    bridge.receiver?.onStatus('closed', 'code 1006');
    await shown('.strip').toContain('NO LINE');
    await shown('.notice').toContain('leeward stop');
    await expect.poll(() => document.querySelectorAll('.panel .statebar').length).toBe(10);
    bridge.receive(bridge.receiver!);
    await shown('.strip').toContain('ACTIVE');
    await expect.poll(() => document.querySelectorAll('.panel .statebar').length).toBe(0);
  });

  it('asks for a snapshot after a gap in the numbers', async () => {
    const { bridge } = mounted();
    await shown('.strip').toContain('ACTIVE');
    const value = stripped({ tradingState: 'reducing' }).strip;
    bridge.receiver?.onMessage({ t: 'update', sequence: 2, update: { op: 'set', topic: 'strip', value } });
    await shown('.strip').toContain('REDUCING');
    bridge.receiver?.onMessage({ t: 'update', sequence: 9, update: { op: 'set', topic: 'strip', value } });
    expect(bridge.queries.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
    await shown('.strip').toContain('ACTIVE');
  });

  it('says which version was expected when it is refused', async () => {
    const { bridge } = mounted({ without: ['welcome'] });
    bridge.receiver?.onMessage({
      t: 'refused',
      error: { code: 'CONTRACT_VERSION', params: { expected: 2, actual: 1 } },
    });
    await shown('.notice').toContain('Expected contract 2, was 1. Reload this page.');
    await shown('[data-panel="3"]').toContain('CONTRACT_VERSION');
  });
});

describe('HALTED', () => {
  const halted = (): TerminalState => ({
    ...stripped({ tradingState: 'halted', tradingStateReason: 'emergency stop', tradingStateSinceUs: SAMPLE_NOW_US }),
    stop: sampleStopReport,
  });

  it('shows measured times, one row per action with unknown first, and what is still allowed', async () => {
    mounted({ state: halted() });
    await shown('.banner').toContain('HALTED');
    await shown('.banner').toContain('11 ms');
    await shown('.strip').toContain('FIRED and armed');
    await shown('.banner').toContain('cancel · reduce · protect');
    const rows = [...document.querySelectorAll('.report tbody tr')];
    expect(rows).toHaveLength(sampleStopReport.actions.length);
    expect(rows[0]?.textContent).toContain('? unknown');
    await userEvent.click([...document.querySelectorAll<HTMLElement>('[data-panel="7"] [role="tab"]')].at(-1)!);
    await shown('[data-panel="7"]').toContain('Working orders');
  });

  it('is left only by a reason and a held button, once, to reducing', async () => {
    const { bridge, find } = mounted({ state: halted() });
    await shown('[data-panel="4"]').toContain('Re-arm');
    const hold = (): HTMLButtonElement => find('.hold') as HTMLButtonElement;
    await userEvent.fill(find('.reason'), 'too short');
    expect(hold().disabled).toBe(true);
    await userEvent.fill(find('.reason'), 'checked by hand at the venue');
    await expect.poll(() => hold().disabled).toBe(false);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const point = (type: string): boolean => hold().dispatchEvent(new PointerEvent(type, { bubbles: true }));
    point('pointerdown');
    await expect.poll(() => hold().className, { timeout: 0 }).toContain('held');
    vi.advanceTimersByTime(799);
    point('pointerup');
    vi.advanceTimersByTime(2000);
    expect(bridge.commands).toEqual([]);
    point('pointerdown');
    vi.advanceTimersByTime(800);
    expect(bridge.commands.map(({ command }) => command)).toEqual([
      { kind: 'rearm', to: 'reducing', reason: 'checked by hand at the venue' },
    ]);
  });

  it('says STOPPING while the stop is at work, and offers no way out', async () => {
    mounted({
      state: {
        ...stripped({ tradingState: 'stopping' }),
        stop: { ...sampleStopReport, finishedAtUs: null, verifiedFlat: false },
      },
    });
    await shown('.banner').toContain('STOPPING');
    await shown('.banner').toContain('at work');
    expect((t?.find('.hold') as HTMLButtonElement).disabled).toBe(true);
  });
});

describe('orders by hand', () => {
  it('asks the gate first, repeats the order in words, then sends it', async () => {
    const { bridge, find } = mounted();
    await shown('[data-panel="4"]').toContain('paper-01');
    const button = (): HTMLButtonElement => find('.btn.send') as HTMLButtonElement;
    expect(button().disabled).toBe(true);
    await expect.poll(() => t?.terminal.session.market.book()).not.toBeNull();
    await userEvent.selectOptions(page.getByLabelText('Lasts'), 'fok');
    await userEvent.click(find('.ticket .propose'));
    await userEvent.fill(page.getByLabelText('Quantity', { exact: true }), '0.1');
    await shown('.verdict').toContain('Would be allowed');
    await shown('.vchecks').toContain('58,972.36');
    await shown('.estimate').toContain('4,538.63');
    await shown('.btn.send').toContain('Buy 0.1 BTC at 45,386.32');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    expect(bridge.commands.map(({ command }) => command)).toMatchObject([
      { kind: 'placeOrder', side: 'buy', type: 'limit', timeInForce: 'fok', quantity: '0.1', price: '45386.32' },
    ]);
  });

  it('says what is wrong at its field, and sends nothing', async () => {
    const { bridge, find } = mounted();
    await shown('.ticket').toContain('Close only');
    await expect.poll(() => t?.terminal.session.market.book()).not.toBeNull();
    await userEvent.click(find('.ticket .propose'));
    await userEvent.fill(page.getByLabelText('Price', { exact: true }), '45360.005');
    await shown('.ticket .problem').toContain('Not on the tick of 0.01.');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    expect(bridge.commands).toEqual([]);
  });

  it('only closes when it sells on spot, and fills in what is held', async () => {
    const { bridge } = mounted();
    await shown('.ticket').toContain('Close only');
    await expect.poll(() => t?.terminal.session.market.book()).not.toBeNull();
    await userEvent.click(page.getByRole('radio', { name: '▼ Sell' }));
    await shown('.ticket').toContain('A sell opens nothing here');
    await userEvent.selectOptions(page.getByLabelText('Type', { exact: true }), 'market');
    await userEvent.click(page.getByRole('button', { name: 'all 1.2' }));
    await shown('.btn.send').toContain('Sell 1.2 BTC at market');
    await shown('.verdict').toContain('Would be allowed');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect
      .poll(() => bridge.commands.map(({ command }) => command))
      .toMatchObject([
        { kind: 'placeOrder', side: 'sell', type: 'market', quantity: '1.20000', reduceOnly: true, protection: null },
      ]);
  });

  it('follows the order it sent, and says when its outcome is unknown', async () => {
    const { bridge, find } = mounted();
    await shown('.ticket').toContain('Close only');
    await expect.poll(() => t?.terminal.session.market.book()).not.toBeNull();
    await userEvent.click(find('.ticket .propose'));
    await userEvent.fill(page.getByLabelText('Quantity', { exact: true }), '0.1');
    await shown('.verdict').toContain('Would be allowed');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    const pending = { command: 'create', outcome: 'unknown', sinceUs: 0 } as const;
    const order = sampleOrder({ clientOrderId: 'f'.repeat(32), strategyId: null, quantity: '0.1', pending });
    bridge.receiver?.onMessage({ t: 'update', sequence: 2, update: { op: 'upsert', topic: 'orders', value: order } });
    await shown('.lastorder').toContain('? unknown');
    await shown('.lastorder').toContain('Counted as its worst case');
  });

  it('starts an executor with what its kind asks for, each child under its stop', async () => {
    const { bridge, find } = mounted();
    await shown('.ticket').toContain('Close only');
    await expect.poll(() => t?.terminal.session.market.book()).not.toBeNull();
    await userEvent.click(page.getByRole('tab', { name: 'Executor', exact: true }));
    await userEvent.fill(page.getByLabelText('Quantity', { exact: true }), '0.5');
    await userEvent.click(find('.ticket .propose'));
    await userEvent.fill(page.getByLabelText('Slices'), '2000');
    await shown('.ticket .problem').toContain('Expected 1 to 1,000.');
    await userEvent.fill(page.getByLabelText('Slices'), '12');
    await shown('.btn.send').toContain('Start TWAP: Buy 0.5 BTC');
    await shown('.verdict').toContain('Would be allowed');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect
      .poll(() => bridge.commands.map(({ command }) => command))
      .toMatchObject([
        {
          ...{ kind: 'startExecutor', side: 'buy', quantity: '0.5', reduceOnly: false },
          protection: { stopTrigger: '45000.73' },
          params: { kind: 'twap', durationMs: 1_800_000, slices: 12, jitterRatio: '0.20', limitPrice: null },
        },
      ]);
    await userEvent.selectOptions(page.getByLabelText('Kind'), 'grid');
    await shown('.ticket').toContain('sold one level higher');
    expect((page.getByRole('radio', { name: '▼ Sell' }).element() as HTMLButtonElement).disabled).toBe(true);
  });

  it('cancels one order at once and all of them only when confirmed', async () => {
    const { bridge, find } = mounted();
    await shown('.orders').toContain('unproven');
    await userEvent.click(find('.orders tbody tr:nth-child(3) [aria-label^="Cancel"]'));
    expect(bridge.commands.map(({ command }) => command.kind)).toEqual(['cancelOrder']);
    await userEvent.click(find('[data-panel="7"] .x button'));
    await shown('[role="dialog"]').toContain('Cancel 8 own orders');
    await userEvent.click(find('[role="dialog"] .btn.danger'));
    expect(bridge.commands.map(({ command }) => command).at(-1)).toEqual({
      kind: 'cancelAll',
      accountId: 'paper-01',
      instrumentId: null,
    });
  });

  it('changes a resting order only after what was and what will be are confirmed', async () => {
    const { bridge, find } = mounted();
    await shown('.orders').toContain('unproven');
    await userEvent.click(find('[aria-label="Change Sell 1.20 BTC/USDT.BINANCE.SPOT"]'));
    await shown('[role="dialog"]').toContain('Change: Sell 1.2 BTC/USDT, stop limit');
    const review = (): HTMLButtonElement => find('[role="dialog"] [type="submit"]') as HTMLButtonElement;
    expect(review().disabled).toBe(true);
    const dialog = page.getByRole('dialog');
    await userEvent.fill(dialog.getByLabelText('Trigger'), '44800.001');
    await shown('[role="dialog"] .problem').toContain('Not on the tick of 0.01.');
    await userEvent.fill(dialog.getByLabelText('Trigger'), '44,800');
    await userEvent.click(review());
    await shown('[role="dialog"]').toContain('Trigger 44,690 → 44,800');
    await shown('[role="dialog"]').toContain('A new order takes its place');
    expect(bridge.commands).toEqual([]);
    await userEvent.click(review());
    expect(bridge.commands.map(({ command }) => command)).toMatchObject([
      { kind: 'modifyOrder', change: { price: null, quantity: null, triggerPrice: '44800' } },
    ]);
  });

  it('closes a position only when confirmed, and shows a refusal', async () => {
    const refuse = { ok: false, error: { code: 'POSITION_UNKNOWN', params: { instrumentId: 'BTC/USDT.BINANCE.SPOT' } } } as const; // prettier-ignore
    const { bridge, find } = mounted({ answer: () => refuse });
    await shown('.positions').toContain('Long');
    await userEvent.click(find('.positions tbody tr .rowbtn'));
    await shown('[role="dialog"]').toContain('Sell 1.2 at market');
    expect(bridge.commands).toEqual([]);
    await userEvent.click(find('[role="dialog"] .btn.danger'));
    await shown('[data-panel="7"] .statebar').toContain('No position in BTC/USDT.');
  });

  it('touches a foreign order only to adopt it, with the stop of what it opens, once confirmed', async () => {
    const { bridge, find } = mounted();
    await shown('.orders').toContain('foreign');
    expect(find('.orders tr.foreign').querySelectorAll('button')).toHaveLength(1);
    await userEvent.click(find('.orders tr.foreign button'));
    await shown('[role="dialog"]').toContain('Adopt: Buy 25,000 DOGE/USDT');
    expect(find('[role="dialog"] [type="submit"]').matches(':disabled')).toBe(true);
    const [stop, limit] = document.querySelectorAll('[role="dialog"] input');
    await userEvent.fill(stop!, '0.0880');
    await userEvent.fill(limit!, '0.0875');
    expect(bridge.commands).toEqual([]);
    await userEvent.click(find('[role="dialog"] [type="submit"]'));
    expect(bridge.commands.map(({ command }) => command)).toEqual([
      {
        kind: 'adoptOrder',
        accountId: 'paper-01',
        venueOrderId: '418',
        stopTrigger: '0.0880',
        stopLimit: '0.0875',
      },
    ]);
  });

  it.each([
    ['another Leeward placed it', { installation: 'ffffffff' }],
    ['it was filled in part', { filledQuantity: '1' }],
  ])('does not offer to adopt a foreign order when %s', async (_name, over) => {
    const orders = sampleState().orders.map((order) => (order.foreign ? { ...order, ...over } : order));
    const { find } = mounted({ state: sampleState({ orders }) });
    await shown('.orders').toContain('foreign');
    expect(find('.orders tr.foreign').querySelector('button')).toBeNull();
  });
});
