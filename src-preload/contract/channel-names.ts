/** What the desktop's page may ask of the main process. Streams go over a port straight from the engine. */
export const DESKTOP_CHANNELS = {
  /** The page is there and wants its port to the engine. */
  open: 'leeward:open',
  command: 'leeward:command',
  query: 'leeward:query',
} as const;

/** Main to page: the port of one engine life. */
export const STREAM_CHANNEL = 'leeward:stream';
