import type { KeyboardEvent } from 'react';

const MOVES: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowDown: (index, count) => Math.min(count - 1, index + 1),
  ArrowUp: (index) => Math.max(0, index - 1),
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Arrows walk the rows of a table, Enter acts on the focused one (its click). */
export function onRowKey(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('tr[tabindex]')];
  const index = rows.findIndex((row) => row === document.activeElement);
  if (event.key === 'Enter' && index >= 0) {
    rows[index]?.click();
    return;
  }
  const move = MOVES[event.key];
  if (!move || rows.length === 0) return;
  event.preventDefault();
  rows[move(index, rows.length)]?.focus();
}
