import { app } from 'electron';
import { defaultDataHome } from '../launcher/data-home.ts';
import type { PracticeSessionOptions } from '../launcher/practice-session.ts';

export type DesktopOptions = {
  readonly home: string;
  readonly practice: PracticeSessionOptions['practice'];
  readonly isGlobalShortcutWanted: boolean;
};

const MARKETS = ['demo', 'recorded', 'synthetic'] as const;

/** Switches of the desktop's command line. Throws with one line that names the bad one. */
export function desktopOptions(): DesktopOptions {
  const text = (name: string, fallback: string): string => app.commandLine.getSwitchValue(name) || fallback;
  const named = text('market', 'demo');
  const market = MARKETS.find((candidate) => candidate === named);
  if (market === undefined) throw new Error(`expected --market as one of ${MARKETS.join(', ')}, was ${named}`);
  const speed = Number(text('speed', '1'));
  if (!(speed >= 0.1 && speed <= 100)) throw new Error(`expected --speed from 0.1 to 100, was ${text('speed', '1')}`);
  return {
    home: text('data-dir', defaultDataHome()),
    practice: { market, speed },
    isGlobalShortcutWanted: !app.commandLine.hasSwitch('no-global-shortcut'),
  };
}
