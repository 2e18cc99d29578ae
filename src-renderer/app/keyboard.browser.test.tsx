import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { mountTerminal, type MountedTerminal } from '../testing/mounted-terminal.ts';

let t: MountedTerminal;
beforeEach(async () => {
  t = mountTerminal();
  await expect.poll(() => document.querySelectorAll('[data-panel]').length).toBe(10);
});
afterEach(() => t.close());

const kinds = (): string[] => t.bridge.commands.map(({ command, origin }) => `${command.kind} ${origin}`);
const press = (init: KeyboardEventInit, target: EventTarget = document.activeElement ?? document.body): boolean =>
  target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
const CHORD = { code: 'KeyS', key: 'S', ctrlKey: true, shiftKey: true };
const focusedPanel = (): string | undefined =>
  document.activeElement?.closest<HTMLElement>('[data-panel]')?.dataset['panel'];

describe('Ctrl+Shift+S', () => {
  it('stops from anywhere, and the answer is shown', async () => {
    await userEvent.keyboard('{Control>}{Shift>}S{/Shift}{/Control}');
    expect(kinds()).toEqual(['emergencyStop key']);
    await expect.poll(() => t.text('.notice')).toContain('acknowledged by the engine');
  });

  it('works inside a field and does not type there', async () => {
    const input = t.find('[data-panel="4"] input[inputmode]') as HTMLInputElement;
    input.focus();
    await userEvent.keyboard('12{Control>}{Shift>}S{/Shift}{/Control}');
    expect(kinds()).toEqual(['emergencyStop key']);
    expect(input.value).toBe('12');
  });

  it('works inside a dialog, which stays open', async () => {
    await userEvent.click(t.find('[data-panel="7"] .x button'));
    await expect.poll(() => document.querySelector('[role="dialog"]')).not.toBeNull();
    await userEvent.keyboard('{Control>}{Shift>}S{/Shift}{/Control}');
    expect(kinds()).toEqual(['emergencyStop key']);
    expect(document.querySelector('[role="dialog"]')).not.toBeNull();
    await userEvent.keyboard('{Escape}');
    await expect.poll(() => document.querySelector('[role="dialog"]')).toBeNull();
    expect(kinds()).toEqual(['emergencyStop key']);
  });

  it('goes by the place of the key on any layout and ignores auto-repeat', () => {
    press({ ...CHORD, key: 'Ы', repeat: true });
    expect(kinds()).toEqual([]);
    expect(press({ ...CHORD, key: 'Ы' })).toBe(false);
    press({ ...CHORD, key: 'Ы', repeat: true });
    press({ ...CHORD, key: 'Ы' });
    expect(kinds()).toEqual(['emergencyStop key']);
  });

  it('cannot be swallowed by who listens before', () => {
    const swallow = (event: Event): void => event.stopPropagation();
    document.body.addEventListener('keydown', swallow, { capture: true });
    press(CHORD);
    document.body.removeEventListener('keydown', swallow, { capture: true });
    expect(kinds()).toEqual(['emergencyStop key']);
  });

  it('has a button that fires at once', async () => {
    await userEvent.click(t.find('.stopbtn'));
    expect(kinds()).toEqual(['emergencyStop button']);
  });

  it('keeps its button within reach of the pointer under a dialog', async () => {
    await userEvent.click(t.find('[data-panel="7"] .x button'));
    await expect.poll(() => document.querySelector('[role="dialog"]')).not.toBeNull();
    const { left, top, width, height } = t.find('.stopbtn').getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    expect(hit?.closest('.stopbtn')).not.toBeNull();
  });

  it('says so when it could not be delivered', async () => {
    vi.spyOn(t.bridge, 'command').mockRejectedValue(new Error('expected an open line, was closed'));
    press(CHORD);
    await expect.poll(() => t.text('.notice')).toContain('NOT delivered');
    expect(t.text('.notice')).toContain('leeward stop');
  });
});

describe('navigation', () => {
  it('opens panels with Alt and a digit', async () => {
    for (const digit of ['1', '3', '7', '0']) {
      await userEvent.keyboard(`{Alt>}${digit}{/Alt}`);
      expect(focusedPanel()).toBe(digit);
    }
  });

  it('walks all regions with F6 and comes round', () => {
    const count = document.querySelectorAll('[data-region]').length;
    const seen = new Set<Element | null>();
    for (let step = 0; step < count; step++) {
      press({ code: 'F6', key: 'F6' });
      seen.add(document.activeElement);
    }
    expect(seen.size).toBe(count);
    const last = document.activeElement;
    press({ code: 'F6', key: 'F6' });
    press({ code: 'F6', key: 'F6', shiftKey: true });
    expect(document.activeElement).toBe(last);
  });

  it('walks table rows with arrows and shows the instrument with Enter', async () => {
    await userEvent.keyboard('{Alt>}1{/Alt}');
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}{Enter}');
    await expect.poll(() => t.terminal.session.store.getState().instrumentId).toBe('ETH/USDT.BINANCE.SPOT');
    await expect.poll(() => t.text('[data-panel="2"] h2')).toBe('ETH/USDT');
    await userEvent.keyboard('{End}');
    expect(document.activeElement?.textContent).toContain('SHIB');
  });

  it('shows the key map with ? but not while typing, and Esc trades nothing', async () => {
    t.find('[data-panel="4"] input[inputmode]').focus();
    press({ code: 'Slash', key: '?', shiftKey: true });
    expect(document.querySelector('[role="dialog"]')).toBeNull();
    t.find('[data-panel="1"]').focus();
    press({ code: 'Slash', key: '?', shiftKey: true });
    await expect.poll(() => document.querySelector('[role="dialog"]')?.textContent).toContain('Emergency stop');
    await userEvent.keyboard('{Escape}{Escape}{Escape}');
    await expect.poll(() => document.querySelector('[role="dialog"]')).toBeNull();
    expect(kinds()).toEqual([]);
  });
});
