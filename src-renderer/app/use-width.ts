import { useSyncExternalStore } from 'react';

/** Below this the right column becomes tabs of the one beside it. */
const WIDE = globalThis.matchMedia('(min-width: 1600px)');

const subscribe = (listener: () => void): (() => void) => {
  WIDE.addEventListener('change', listener);
  return () => WIDE.removeEventListener('change', listener);
};

export const useIsWide = (): boolean => useSyncExternalStore(subscribe, () => WIDE.matches);
