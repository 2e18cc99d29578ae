/** Canvas cannot read custom properties: they are read once per theme. */
const COLOR_TOKENS = {
  surface1: '--surface-1',
  surface2: '--surface-2',
  surface3: '--surface-3',
  line1: '--line-1',
  line2: '--line-2',
  text1: '--text-1',
  text2: '--text-2',
  text3: '--text-3',
  accent: '--accent',
  bid: '--bid',
  ask: '--ask',
  bidWash: '--bid-wash',
  askWash: '--ask-wash',
  bidSolid: '--bid-solid',
  askSolid: '--ask-solid',
  warn: '--warn',
  danger: '--danger',
  heat: '--heat-1',
} as const;
export type TokenColors = Readonly<Record<keyof typeof COLOR_TOKENS, string>>;

export function readTokenColors(): TokenColors {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const entries = Object.entries(COLOR_TOKENS).map(([key, name]) => [key, read(name)] as const);
  return Object.fromEntries(entries) as TokenColors;
}

export const NUMBER_FONT = '"JetBrains Mono", "Cascadia Mono", ui-monospace, monospace';
export const WORD_FONT = 'Inter, "Segoe UI", system-ui, sans-serif';
