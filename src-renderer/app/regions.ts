/** Moving the focus between regions and panels. A panel takes the keys as soon as it holds the focus. */

const regions = (): readonly HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-region]')];

/** The next region after the one with the focus, round the window; backwards with Shift. */
export function focusNextRegion(isBackwards: boolean): void {
  const all = regions();
  const index = all.findIndex((region) => region.contains(document.activeElement));
  const step = isBackwards ? -1 : 1;
  const start = index < 0 && isBackwards ? 0 : index;
  all[(start + step + all.length) % all.length]?.focus();
}

/** The panel of a digit: its first field or selected row, else the panel itself. */
export function focusPanel(digit: string): void {
  const panel = document.querySelector<HTMLElement>(`[data-panel="${digit}"]`);
  if (!panel) return;
  const inner = panel.querySelector<HTMLElement>('.content input[inputmode], .content tr[tabindex="0"]');
  (inner ?? panel).focus();
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** F6 walks regions, Alt and a digit opens a panel, ? shows the keys. Esc is left to what is open: it only closes. */
export function listenForRegions(target: Window, onHelp: () => void): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.code === 'F6') {
      event.preventDefault();
      focusNextRegion(event.shiftKey);
      return;
    }
    const digit = /^Digit(\d)$/.exec(event.code)?.[1];
    if (digit !== undefined && event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      focusPanel(digit);
      return;
    }
    if (event.key === '?' && !isTyping(event.target)) onHelp();
  };
  target.addEventListener('keydown', onKey);
  return () => target.removeEventListener('keydown', onKey);
}
