import { createStore, type StoreApi } from 'zustand/vanilla';

export const THEMES = ['dark', 'light', 'contrast'] as const;
export const PALETTES = ['green-red', 'blue-orange'] as const;
export type Theme = (typeof THEMES)[number];
export type Palette = (typeof PALETTES)[number];

export type Preferences = { readonly theme: Theme; readonly palette: Palette };
export type PreferencesStore = StoreApi<Preferences>;

const KEY = 'leeward.preferences';
const DEFAULTS: Preferences = { theme: 'dark', palette: 'green-red' };

/** The part of the page's storage that is used. It throws where cookies are blocked: then nothing is remembered. */
export type PreferenceStorage = Pick<Storage, 'getItem' | 'setItem'>;

export function readPreferences(text: string | null): Preferences {
  if (text === null) return DEFAULTS;
  try {
    const { theme, palette } = JSON.parse(text) as Partial<Record<keyof Preferences, unknown>>;
    return {
      theme: THEMES.find((name) => name === theme) ?? DEFAULTS.theme,
      palette: PALETTES.find((name) => name === palette) ?? DEFAULTS.palette,
    };
  } catch {
    // Not ours or cut short: the defaults are safe and the next choice overwrites it.
    return DEFAULTS;
  }
}

export function createPreferences(storage: PreferenceStorage | null): PreferencesStore {
  const store = createStore<Preferences>(() => readPreferences(storage?.getItem(KEY) ?? null));
  store.subscribe((preferences) => storage?.setItem(KEY, JSON.stringify(preferences)));
  return store;
}
