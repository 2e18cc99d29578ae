/** Where one product of the venue tells its market data and what a question costs. */
export type PublicProduct = {
  readonly depthPath: string;
  readonly klinesPath: string;
  readonly klinesWeight: number;
  /** By levels asked for. */
  readonly snapshotWeight: Readonly<Record<5 | 100 | 1_000, number>>;
  /** Kinds of streams that share a socket, and the address of that socket under the base given to the feed. */
  readonly sockets: readonly {
    readonly urlOf: (streamUrl: string) => string;
    readonly carries: (kind: StreamKind) => boolean;
  }[];
};

export type StreamKind = 'depth' | 'trade' | 'kline';

export const BINANCE_SPOT: PublicProduct = {
  depthPath: '/api/v3/depth',
  klinesPath: '/api/v3/klines',
  klinesWeight: 2,
  snapshotWeight: { 5: 5, 100: 5, 1_000: 50 },
  sockets: [{ urlOf: (streamUrl) => new URL('/stream', streamUrl).href, carries: () => true }],
};

/** Books and trades come from one address, bars from another; `streamUrl` ends in `/ws`, as ccxt has it. */
export const BINANCE_USDM: PublicProduct = {
  depthPath: '/fapi/v1/depth',
  klinesPath: '/fapi/v1/klines',
  klinesWeight: 5,
  snapshotWeight: { 5: 2, 100: 5, 1_000: 20 },
  sockets: [
    { urlOf: (streamUrl) => under(streamUrl, 'public'), carries: (kind) => kind !== 'kline' },
    { urlOf: (streamUrl) => under(streamUrl, 'market'), carries: (kind) => kind === 'kline' },
  ],
};

const under = (streamUrl: string, category: string): string => `${streamUrl.replace(/\/ws$/, '')}/${category}/stream`;
