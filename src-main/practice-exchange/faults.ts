/** Known disasters of venues as repeatable drills; each kind says where it strikes. */
export const FAULT_KINDS = {
  /** The request is executed, its answer is lost and the connection reset. The most valuable one. */
  executeThenLose: 'rest',
  hang: 'rest',
  reset: 'rest',
  html200: 'rest',
  truncated: 'rest',
  empty: 'rest',
  status: 'rest',
  slow: 'rest',
  silent: 'stream',
  noPong: 'stream',
  gap: 'stream',
  badSequence: 'stream',
  badChecksum: 'stream',
  lostZeros: 'stream',
  close: 'stream',
  duplicateFill: 'private',
  lateFill: 'private',
  outOfOrder: 'private',
  dropPrivate: 'private',
  refusePendingLeg: 'venue',
  filterChange: 'venue',
  clockSkew: 'venue',
  halt: 'venue',
  expireListenKey: 'venue',
  nonceAhead: 'venue',
  kill: 'venue',
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;

export type FaultSpec = {
  readonly kind: FaultKind;
  /** HTTP method, or the method of a WebSocket request. */
  readonly method?: string;
  /** Start of the REST path. */
  readonly path?: string;
  /** Part of a stream's name, or of a socket's path for `close`. */
  readonly stream?: string;
  readonly symbol?: string;
  /** How often it strikes; 1 unless `forMs` is given. */
  readonly times?: number;
  /** Wall time after which it stops striking. */
  readonly forMs?: number;
  /** Execute the request before failing its answer. */
  readonly apply?: boolean;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly code?: number;
  readonly msg?: string;
  /** Delay of `slow` and `lateFill`, skew of `clockSkew`, lead of `nonceAhead`. */
  readonly ms?: number;
  readonly filters?: readonly Readonly<Record<string, unknown>>[];
};

export type ArmedFault = FaultSpec & {
  readonly id: number;
  fired: number;
  remaining: number;
  readonly untilMs: number;
};

/** Armed faults and how often each struck. */
export class FaultBoard {
  private readonly armed: ArmedFault[] = [];
  private readonly readWallMs: () => number;
  private lastId = 0;

  constructor(readWallMs: () => number) {
    this.readWallMs = readWallMs;
  }

  arm(spec: FaultSpec): ArmedFault {
    const remaining = spec.times ?? (spec.forMs === undefined ? 1 : Infinity);
    const untilMs = spec.forMs === undefined ? Infinity : this.readWallMs() + spec.forMs;
    const fault: ArmedFault = { ...spec, id: ++this.lastId, fired: 0, remaining, untilMs };
    this.armed.push(fault);
    return fault;
  }

  list(): readonly ArmedFault[] {
    return this.armed;
  }

  /** Disarms one fault, or all. */
  clear(id?: number): void {
    for (const fault of this.armed) if (id === undefined || fault.id === id) fault.remaining = 0;
  }

  /** The first armed fault that matches; it counts as fired. */
  strike(matches: (fault: ArmedFault) => boolean): ArmedFault | undefined {
    const nowMs = this.readWallMs();
    const fault = this.armed.find((one) => one.remaining > 0 && nowMs < one.untilMs && matches(one));
    if (fault === undefined) return undefined;
    fault.fired += 1;
    fault.remaining -= 1;
    return fault;
  }

  strikeRest(method: string, path: string): ArmedFault | undefined {
    return this.strike(
      (fault) =>
        FAULT_KINDS[fault.kind] === 'rest' &&
        (fault.method === undefined || fault.method === method) &&
        (fault.path === undefined || path.startsWith(fault.path)),
    );
  }

  strikeStream(kind: FaultKind, stream: string): ArmedFault | undefined {
    if (this.armed.length === 0) return undefined;
    return this.strike((fault) => fault.kind === kind && (fault.stream === undefined || stream.includes(fault.stream)));
  }
}
