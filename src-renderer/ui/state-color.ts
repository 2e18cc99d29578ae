import type { CSSProperties } from 'react';

/** React's style type knows no custom properties; this is the one that is handed down. */
export const stateColor = (color: string): CSSProperties => ({ ['--state' as string]: color });
