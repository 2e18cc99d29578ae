import { type CallEvidence, classifyFailure } from '../../../adapters/ccxt/call-failure.ts';
import type {
  BinanceCall,
  CallParams,
  CcxtBinance,
  createCcxtBinance,
  PrivateStreamHooks,
} from '../../../adapters/ccxt/ccxt-binance.ts';
import { err, ok, type Result } from '../../../engine/domain/result.ts';
import type { PracticeVenue } from '../../../practice-exchange/practice-venue.ts';
import { ApiError } from '../../../practice-exchange/protocol/api-error.ts';
import { dispatch } from '../../../practice-exchange/protocol/dispatch.ts';
import { Parameters } from '../../../practice-exchange/protocol/parameters.ts';
import type { EventReceiver } from '../../../practice-exchange/protocol/user-data.ts';
import { Delivery } from './delivery.ts';
import { classOf, ROUTES } from './direct-routes.ts';
import type { Fate, Line, Wire } from './wire.ts';

const REPLY_TIMEOUT_MS = 4_000;
const STANDARD_WINDOW_MS = 5_000;
const CLOCK_REFUSED = new ApiError(-1021, 'Timestamp for this request is outside of the recvWindow.');

export type DirectParts = {
  readonly venue: PracticeVenue;
  /** Opens the private stream of the account for this receiver. */
  readonly listen: (receiver: EventReceiver) => void;
  readonly account: string;
  readonly wire: Wire;
};

export type Library = CcxtBinance & Line;

/** What ccxt is to the gateway, without sockets: the venue's own routes are called, over a wire that may fail. */
export function directLibrary(parts: DirectParts): {
  readonly create: typeof createCcxtBinance;
  readonly library: () => Library;
} {
  let library: DirectLibrary | undefined;
  return {
    create: (_options, hooks) => (library = new DirectLibrary(parts, hooks)),
    library: () => {
      if (library === undefined) throw new Error('expected a gateway that was created, was none');
      return library;
    },
  };
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

class DirectLibrary implements Library {
  private readonly parts: DirectParts;
  private readonly hooks: PrivateStreamHooks;
  private endSubscription: (() => void) | undefined;
  private receiver: EventReceiver | undefined;
  private dropped: () => void = () => undefined;
  private refusedUntilUs = 0;
  private readonly delivery: Delivery<unknown>;
  private isDead = false;

  constructor(parts: DirectParts, hooks: PrivateStreamHooks) {
    this.parts = parts;
    this.hooks = hooks;
    this.delivery = new Delivery(parts.wire);
  }

  async call(call: BinanceCall, params: CallParams): Promise<Result<unknown, ReturnType<typeof classifyFailure>>> {
    if (this.isDead) return never();
    const { wire } = this.parts;
    const evidence: CallEvidence = { sent: true, status: undefined, venueError: undefined, retryAfterMs: null };
    const answered = this.travel(call, params, wire.fateOf(classOf(call)), evidence).then(
      (reply) => ok(reply),
      (error: unknown) => err(classifyFailure(error, evidence)),
    );
    const late = wire.pass(REPLY_TIMEOUT_MS).then(() => {
      const silent: CallEvidence = { sent: true, status: undefined, venueError: undefined, retryAfterMs: null };
      return err(classifyFailure(new Error('no answer in time'), silent));
    });
    const result = await Promise.race([answered, late]);
    return this.hasDied() ? never() : result;
  }

  private hasDied(): boolean {
    return this.isDead;
  }

  private async travel(call: BinanceCall, params: CallParams, fate: Fate, evidence: CallEvidence): Promise<unknown> {
    const { wire } = this.parts;
    const signedUs = wire.clock.nowUs();
    await wire.pass(wire.latencyMs() + (fate.kind === 'late' ? fate.ms : 0));
    if (fate.kind === 'lost') throw new Error('connection reset');
    if (fate.kind === 'busy') refuse(evidence, 503, new ApiError(-1000, 'Unknown error.'));
    if (fate.kind === 'throttled') {
      evidence.retryAfterMs = 2_000;
      refuse(evidence, 429, new ApiError(-1003, 'Too many requests.'));
    }
    const windowMs = Number(params['recvWindow'] ?? STANDARD_WINDOW_MS);
    if (wire.clock.nowUs() - signedUs > windowMs * 1000) refuse(evidence, 400, CLOCK_REFUSED);
    const reply = this.execute(call, params, evidence);
    await wire.pass(wire.latencyMs() + (fate.kind === 'answerLate' ? fate.ms : 0));
    if (fate.kind === 'answerLost') {
      evidence.status = undefined;
      evidence.venueError = undefined;
      throw new Error('connection reset');
    }
    if (reply instanceof ApiError) throw reply;
    return reply;
  }

  /** The reply as JSON would carry it, or the venue's refusal. */
  private execute(call: BinanceCall, params: CallParams, evidence: CallEvidence): unknown {
    const { account, venue } = this.parts;
    const texts = Object.entries(params).map(([name, value]): [string, string] => [name, String(value)]);
    const query = new URLSearchParams(texts).toString();
    try {
      venue.advance();
      const route = {
        route: ROUTES[call] ?? call,
        apiKey: undefined,
        payload: query,
        address: 'direct',
        session: account,
      };
      const { body } = dispatch(venue, { ...route, parameters: Parameters.fromQuery(query) });
      evidence.status = 200;
      return JSON.parse(JSON.stringify(body)) as unknown;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      evidence.status = error.status;
      evidence.venueError = { code: error.code, message: error.message };
      return error;
    }
  }

  setClockOffsetMs(): void {
    // Engine and venue share the clock.
  }

  async subscribe(): Promise<void> {
    if (this.isDead) return never();
    const { listen, wire } = this.parts;
    await wire.pass(wire.latencyMs() * 2);
    if (wire.clock.monotonicUs() < this.refusedUntilUs) throw new Error('expected the venue to accept, was away');
    if (this.hasDied()) return never();
    let close: () => void = () => undefined;
    const receiver: EventReceiver = {
      send: (text) => this.receive(eventIn(JSON.parse(text)), receiver),
      once: (_event, listener) => (close = listener),
    };
    this.receiver = receiver;
    listen(receiver);
    this.endSubscription = () => close();
  }

  private receive(event: unknown, receiver: EventReceiver): void {
    this.delivery.take(event, (what) => {
      if (!this.isDead && this.receiver === receiver) this.hooks.onEvent(what);
    });
  }

  loseStream(forMs: number): void {
    this.refusedUntilUs = this.parts.wire.clock.monotonicUs() + forMs * 1000;
    this.dropStream('socket closed with code 1006');
  }

  dropStream(detail: string): void {
    if (this.endSubscription === undefined || this.isDead) return;
    this.unsubscribe();
    this.hooks.onDrop(detail);
    this.dropped();
  }

  private unsubscribe(): void {
    this.endSubscription?.();
    this.endSubscription = undefined;
    this.receiver = undefined;
    this.delivery.clear();
  }

  async untilDropped(): Promise<void> {
    if (this.endSubscription === undefined) return;
    await new Promise<void>((resolve) => (this.dropped = resolve));
  }

  async close(): Promise<void> {
    this.die();
    return Promise.resolve();
  }

  die(): void {
    this.isDead = true;
    this.unsubscribe();
  }
}

/** Spot wraps its events, USD-M does not. */
const eventIn = (message: unknown): unknown => (message as { readonly event?: unknown }).event ?? message;

/** The venue turns it away, unread. Throws always. */
function refuse(evidence: CallEvidence, status: number, error: ApiError): never {
  evidence.status = status;
  evidence.venueError = { code: error.code, message: error.message };
  throw error;
}
