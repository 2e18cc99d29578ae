import { createTheme, type Theme } from '@mui/material/styles';

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Material's parts in our tokens, read anew for each theme. */
export function createMuiTheme(): Theme {
  const shape = { borderRadius: 4 };
  return createTheme({
    shape,
    palette: {
      mode: token('color-scheme') === 'light' ? 'light' : 'dark',
      primary: { main: token('--accent'), contrastText: token('--on-accent') },
      error: { main: token('--danger') },
      warning: { main: token('--warn') },
      background: { default: token('--surface-0'), paper: token('--surface-2') },
      text: { primary: token('--text-1'), secondary: token('--text-2') },
      divider: token('--line-1'),
    },
    typography: { fontFamily: token('--font-ui'), fontSize: 12, button: { textTransform: 'none' } },
    transitions: { create: () => 'none' },
    components: {
      MuiButtonBase: { defaultProps: { disableRipple: true } },
      MuiTooltip: { defaultProps: { enterDelay: 200 } },
      MuiDialog: { defaultProps: { transitionDuration: 0 } },
      MuiMenu: { defaultProps: { transitionDuration: 0 } },
      MuiPaper: { styleOverrides: { root: { backgroundImage: 'none', boxShadow: token('--shadow-float') } } },
      MuiMenuItem: { styleOverrides: { root: { fontSize: 12, minHeight: 28 } } },
      MuiDialogTitle: { styleOverrides: { root: { fontSize: 15, fontWeight: 600 } } },
    },
  });
}
