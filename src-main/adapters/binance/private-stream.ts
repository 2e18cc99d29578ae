import type { Clock } from '../../engine/ports/clock.ts';
import type { Random } from '../../engine/ports/random.ts';
import { type CcxtBinance, CredentialsRefused } from '../ccxt/ccxt-binance.ts';

export type PrivateStreamParts = {
  readonly ccxt: CcxtBinance;
  readonly clock: Clock;
  readonly random: Random;
  /** The venue confirmed the subscription; after a drop events were missed meanwhile. */
  readonly onUp: () => void;
  readonly onDown: (detail: string) => void;
  readonly onRefused: (detail: string) => void;
};

const SUBSCRIBE_TIMEOUT_MS = 8_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 15_000;

/** Keeps the user data stream subscribed until closed. A refused key ends it: asking again would only get the address banned. */
export class PrivateStream {
  private readonly parts: PrivateStreamParts;
  private closed = false;
  private wake: () => void = () => undefined;

  constructor(parts: PrivateStreamParts) {
    this.parts = parts;
  }

  /** Resolves when first subscribed. Throws when the key is refused or the venue does not answer; retries only after that. */
  async start(): Promise<void> {
    await this.parts.ccxt.subscribe(SUBSCRIBE_TIMEOUT_MS);
    this.parts.onUp();
    void this.keepUp();
  }

  close(): void {
    this.closed = true;
    this.wake();
  }

  private async keepUp(): Promise<void> {
    while (!this.closed) {
      await this.parts.ccxt.untilDropped();
      await this.resubscribe();
    }
  }

  private async resubscribe(): Promise<void> {
    for (let retryMs = FIRST_RETRY_MS; !this.closed; retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)) {
      try {
        await this.parts.ccxt.subscribe(SUBSCRIBE_TIMEOUT_MS);
        this.parts.onUp();
        return;
      } catch (error) {
        if (this.hasClosed()) return;
        if (error instanceof CredentialsRefused) {
          this.closed = true;
          this.parts.onRefused(error.message);
          return;
        }
        this.parts.onDown(error instanceof Error ? error.message : String(error));
        await this.pause(retryMs * (0.5 + this.parts.random.next() / 2));
      }
    }
  }

  /** Asked after an await, when it may have changed meanwhile. */
  private hasClosed(): boolean {
    return this.closed;
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.parts.clock.after(delayMs, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
