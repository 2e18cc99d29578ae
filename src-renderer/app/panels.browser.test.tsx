import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { BarDto } from '../../src-preload/contract/messages.ts';
import { mountTerminal, type MountedTerminal } from '../testing/mounted-terminal.ts';
import { instrumentIdOf, SAMPLE_NOW_US } from '../testing/sample-markets.ts';

let t: MountedTerminal;
beforeEach(async () => {
  t = mountTerminal();
  await expect.poll(() => document.querySelectorAll('.overlay .tag').length).toBeGreaterThan(0);
});
afterEach(() => t.close());

const shown = (selector: string) => expect.poll(() => document.querySelector(selector)?.textContent ?? '');
const tab = (panel: string, title: string): HTMLElement =>
  [...document.querySelectorAll<HTMLElement>(`[data-panel="${panel}"] [role="tab"]`)].find(
    (button) => button.textContent === title,
  )!;

describe('the chart', () => {
  const FIVE_MINUTES_US = 300_000_000;
  const openUs = Math.floor(SAMPLE_NOW_US / FIVE_MINUTES_US) * FIVE_MINUTES_US;
  const bar = (openTimeUs: number, close: string): BarDto => ({ openTimeUs, open: '45000.00', high: '45900.00', low: '44990.00', close, volume: '3' }); // prettier-ignore
  const say = (interval: string, given: BarDto): void =>
    t.bridge.receiver?.onMessage({
      t: 'bar',
      view: 'main',
      instrumentId: instrumentIdOf('BTC'),
      interval,
      closed: false,
      bar: given,
    });

  it('labels position, orders and fills over the candles and names its zone', () => {
    const tags = [...document.querySelectorAll('.overlay .tag')].map((tag) => tag.textContent);
    expect(tags).toContain('Stop 1.2 \u22121.48 %');
    expect(tags).toContain('Target 0.6 +0.74 %');
    expect(document.querySelectorAll('.fillmark')).toHaveLength(3);
    expect(t.text('.zone')).toBe('UTC');
    expect(document.querySelector('#tv-attr-logo')).not.toBeNull();
  });

  it('follows minutes that are streamed, and bars of its own interval once they are', async () => {
    say('1m', bar(openUs, '45111.11'));
    await shown('.chartlegend').toContain('C 45,111.11');
    say('5m', bar(openUs, '45222.22'));
    await shown('.chartlegend').toContain('C 45,222.22');
    say('1m', bar(openUs, '45333.33'));
    say('5m', bar(openUs + FIVE_MINUTES_US, '45444.44'));
    await shown('.chartlegend').toContain('C 45,444.44');
  });

  it('loads again when bars were missed, and on another interval', async () => {
    const asked = (): number => t.bridge.queries.filter(({ kind }) => kind === 'bars').length;
    const before = asked();
    say('5m', bar(openUs + 9 * FIVE_MINUTES_US, '45444.44'));
    await expect.poll(asked).toBe(before + 1);
    await userEvent.click([...document.querySelectorAll<HTMLElement>('[role="radio"]')].find((button) => button.textContent === '1h')!); // prettier-ignore
    await expect.poll(() => t.bridge.queries.at(-1)).toMatchObject({ kind: 'bars', interval: '1h' });
  });
});

describe('the trading state', () => {
  it('is changed from its cell with a reason for the journal', async () => {
    await userEvent.click(t.find('.cell.state'));
    await shown('[role="menu"]').toContain('Halt…');
    await userEvent.click([...document.querySelectorAll<HTMLElement>('[role="menuitem"]')].at(-1)!);
    const confirm = (): HTMLButtonElement => t.find('[role="dialog"] .btn.primary') as HTMLButtonElement;
    await userEvent.fill(t.find('[role="dialog"] input'), 'short');
    expect(confirm().disabled).toBe(true);
    await userEvent.fill(t.find('[role="dialog"] input'), 'news at the top of the hour');
    await userEvent.click(confirm());
    expect(t.bridge.commands.map(({ command }) => command)).toEqual([
      { kind: 'halt', reason: 'news at the top of the hour' },
    ]);
    await expect.poll(() => document.querySelector('[role="dialog"]')).toBeNull();
  });
});

describe('tables and lists', () => {
  it('shows fills newest first, and closed orders', async () => {
    await userEvent.click(tab('7', 'Fills'));
    await shown('[data-panel="7"] tbody tr').toContain('45,410.00');
    expect(t.text('[data-panel="7"] tbody tr')).toContain('18,164.00');
    await userEvent.click(tab('7', 'Closed'));
    await shown('[data-panel="7"]').toContain('No closed orders');
  });

  it('shows what became of commands of unknown outcome, newest first', async () => {
    await userEvent.click(tab('7', 'Unknown'));
    await shown('[data-panel="7"] tbody tr').toContain('no such order at 40');
    expect(t.text('[data-panel="7"] tbody tr')).toContain('? unknown');
    expect(t.text('[data-panel="7"] tbody tr:last-child')).toContain('no answer at 50, canceled at 1,040');
    expect(t.text('[data-panel="7"] tbody tr:last-child')).toContain('order ended by query');
  });

  it('shows parent orders and their children, and pauses and stops them', async () => {
    await userEvent.click(tab('7', 'Executors'));
    await shown('[data-panel="7"] tbody tr').toContain('TWAP');
    expect(t.text('[data-panel="7"] tbody tr')).toContain('25%');
    expect(t.text('[data-panel="7"] .sec')).toContain('Children of');
    expect(t.text('[data-panel="7"] .orders tbody')).toContain('45,355.00');
    await userEvent.click(t.find('[aria-label^="Pause TWAP"]'));
    await userEvent.click(t.find('[aria-label^="Stop TWAP"]'));
    expect(t.bridge.commands.map(({ command }) => command)).toEqual([
      { kind: 'pauseExecutor', executorId: 'x3-1' },
      { kind: 'stopExecutor', executorId: 'x3-1' },
    ]);
  });

  it('shows the event log without the closed bars that would bury it', async () => {
    await userEvent.click(tab('9', 'Event log'));
    await shown('[data-panel="9"]').toContain('order.submit');
    expect(t.text('[data-panel="9"]')).toContain('1 closed bars are left out here.');
  });

  it('switches a strategy', async () => {
    await userEvent.click(t.find('[aria-label="Strategy trend-slow"]'));
    expect(t.bridge.commands.map(({ command }) => command)).toEqual([
      { kind: 'setStrategyEnabled', strategyId: 'trend-slow', enabled: true },
    ]);
  });

  it('groups the ladder finer and coarser by hand, and again by itself', async () => {
    const group = (): string => t.text('[data-panel="3"] .sub .n');
    await expect.poll(group).toBe('0.20');
    await userEvent.click(t.find('[aria-label="Coarser group"]'));
    await expect.poll(group).toBe('0.50');
    await userEvent.click(t.find('[aria-label="Finer group"]'));
    await expect.poll(group).toBe('0.20');
    await userEvent.click(t.find('[data-panel="3"] .sub .textbtn'));
    await expect.poll(() => document.querySelector('[data-panel="3"] .sub .textbtn')).toBeNull();
  });
});

describe('the look', () => {
  it('is chosen from the title bar and remembered', async () => {
    await userEvent.click(t.find('[aria-label="Theme and palette"]'));
    const item = (word: string): HTMLElement =>
      [...document.querySelectorAll<HTMLElement>('[role="menuitem"]')].find((entry) => entry.textContent === word)!;
    await shown('[role="menu"]').toContain('Blue and orange');
    await userEvent.click(item('Light'));
    await userEvent.click(item('Blue and orange'));
    const { theme, palette } = document.documentElement.dataset;
    expect([theme, palette]).toEqual(['light', 'blue-orange']);
    expect(localStorage.getItem('leeward.preferences')).toContain('blue-orange');
    t.terminal.preferences.setState({ theme: 'dark', palette: 'green-red' });
  });
});
