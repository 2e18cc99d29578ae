import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { PALETTES, THEMES, type Palette, type Theme } from '../stores/preferences.ts';
import { Icon } from '../ui/icons.tsx';
import { Num } from '../ui/number.tsx';
import { dateText, clockText } from '../ui/time-text.ts';
import { useSecond, useTerminal, useView } from './terminal-context.tsx';

const THEME_WORDS: Readonly<Record<Theme, string>> = { dark: 'Dark', light: 'Light', contrast: 'High contrast' };
const PALETTE_WORDS: Readonly<Record<Palette, string>> = {
  'green-red': 'Green and red',
  'blue-orange': 'Blue and orange',
};

const Mark = (): ReactElement => (
  <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
    <path d="M9 1.5 15.5 12H9z" fill="var(--accent)" />
    <path d="M7.5 4.5V12H3z" fill="var(--text-2)" />
    <path d="M2 14.2h14l-2.2 2.3H4.2z" fill="var(--text-1)" />
  </svg>
);

/** The strip stays on top of everything: the menu opens beneath it. */
const BELOW_STRIP = { mt: 'calc(var(--strip-height) + 8px)' };

function LookMenu(): ReactElement {
  const { preferences } = useTerminal();
  const { theme, palette } = useStore(preferences);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton size="small" aria-label="Theme and palette" onClick={(event) => setAnchor(event.currentTarget)}>
        <Icon name="theme" />
      </IconButton>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        slotProps={{ paper: { sx: BELOW_STRIP } }}
      >
        {THEMES.map((name) => (
          <MenuItem key={name} selected={name === theme} onClick={() => preferences.setState({ theme: name })}>
            {THEME_WORDS[name]}
          </MenuItem>
        ))}
        <MenuItem divider disabled sx={{ minHeight: 4, p: 0 }} />
        {PALETTES.map((name) => (
          <MenuItem key={name} selected={name === palette} onClick={() => preferences.setState({ palette: name })}>
            {PALETTE_WORDS[name]}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}

export function TitleBar(): ReactElement {
  const hostLabel = useView((view) => view.welcome?.hostLabel ?? '');
  const { session } = useTerminal();
  const nowMs = useSecond();
  return (
    <div className="title" data-region="" role="banner" tabIndex={-1} aria-label="Title bar">
      <div className="row">
        <Mark />
        <span className="brand">Leeward</span>
        {hostLabel !== '' && (
          <span className="chip warn" style={{ marginLeft: 12 }}>
            {hostLabel}
          </span>
        )}
      </div>
      <div className="row gap2" style={{ paddingRight: 6 }}>
        <span className="chip">{session.transport === 'desktop' ? 'desktop' : 'web page'}</span>
        <span className="t2">{dateText(nowMs)}</span>
        <Num className="b">{clockText(nowMs * 1000)}</Num>
        <span className="t3">UTC</span>
        <LookMenu />
      </div>
    </div>
  );
}
