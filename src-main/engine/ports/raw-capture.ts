/** Where a feed leaves the raw public messages it received. Neither call throws, waits, or keeps what it was given. */
export type RawCapture = {
  /** One message of a stream, as it came. */
  message(data: Uint8Array): void;
  /** The body of an answered request; without it a recorded book has no start. */
  reply(url: string, body: string): void;
};
