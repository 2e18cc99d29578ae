import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { ThemeProvider } from '@mui/material/styles';
import { StrictMode, useMemo, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { useStore } from 'zustand';
import type { Bridge } from '../../src-preload/contract/bridge.ts';
import { createEmergencyStop, listenForStop } from '../stores/emergency-stop.ts';
import { createPreferences, type Preferences } from '../stores/preferences.ts';
import { Session } from '../stores/session.ts';
import { createMuiTheme } from './mui-theme.ts';
import { Shell } from './shell.tsx';
import { TerminalContext, type Terminal } from './terminal-context.tsx';

/** Hidden pages get no animation frames, and the state must still move on. */
const HIDDEN_PUBLISH_MS = 250;

const schedule = (task: () => void): void => {
  if (document.visibilityState === 'hidden') setTimeout(task, HIDDEN_PUBLISH_MS);
  else requestAnimationFrame(task);
};

function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    // Blocked by the browser's settings: preferences then last as long as the page.
    return null;
  }
}

function dress({ theme, palette }: Preferences): void {
  document.documentElement.dataset['theme'] = theme;
  document.documentElement.dataset['palette'] = palette;
}

/** The server's nonce for the style elements that emotion adds; empty where the policy allows them otherwise. */
const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';

function createStyleCache(): ReturnType<typeof createCache> {
  const nonce = styleNonce();
  return createCache({ key: 'lw', ...(nonce !== '' && { nonce }) });
}

function App({ terminal }: { readonly terminal: Terminal }): ReactElement {
  const look = useStore(terminal.preferences, ({ theme, palette }) => `${theme} ${palette}`);
  const muiTheme = useMemo(() => ({ look, theme: createMuiTheme() }), [look]);
  const cache = useMemo(() => createStyleCache(), []);
  return (
    <CacheProvider value={cache}>
      <ThemeProvider theme={muiTheme.theme}>
        <TerminalContext value={terminal}>
          <Shell />
        </TerminalContext>
      </ThemeProvider>
    </CacheProvider>
  );
}

/** Everything the page is, over any bridge. `close` takes it off the page again. */
export function startTerminal(bridge: Bridge, element: HTMLElement): { terminal: Terminal; close: () => void } {
  const session = new Session(bridge, { nowMs: () => Date.now(), schedule });
  const preferences = createPreferences(storage());
  const stop = createEmergencyStop(
    (origin) => session.command({ kind: 'emergencyStop' }, origin),
    () => Date.now(),
  );
  const terminal: Terminal = { session, preferences, stop };
  dress(preferences.getState());
  const undress = preferences.subscribe(dress);
  const unlisten = listenForStop(window, stop);
  const root = createRoot(element);
  root.render(
    <StrictMode>
      <App terminal={terminal} />
    </StrictMode>,
  );
  const close = (): void => {
    root.unmount();
    undress();
    unlisten();
  };
  return { terminal, close };
}
