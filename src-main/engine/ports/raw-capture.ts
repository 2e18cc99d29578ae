/** Where a feed leaves the raw public messages it received. No call throws, waits, or keeps what it was given. */
export type RawCapture = {
  /** One message of a stream, as it came. */
  message(data: Uint8Array): void;
  /** The body of an answered request; without it a recorded book has no start. */
  reply(url: string, body: string): void;
  /** The books of these symbols of the venue are not continued: what comes next is from a new socket. */
  restarted(symbols: readonly string[]): void;
};
