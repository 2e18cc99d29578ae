import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { CDPSession } from '@playwright/test';

/** Chromium's DevTools protocol with Playwright's own types, for one target or for the browser. */
export type DevToolsSession = Pick<CDPSession, 'send' | 'on'>;

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };
type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
};

/** Messages are JSON ended by a zero byte, on file descriptors 3 and 4: the browser ends when this process does. */
export class DevToolsPipe {
  readonly #write: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #sessions = new Map<string, EventEmitter>();
  #nextId = 1;
  #rest = '';

  constructor(write: Writable, read: Readable) {
    this.#write = write;
    write.on('error', () => this.#close());
    read.setEncoding('utf8');
    read.on('data', (chunk: string) => this.#onData(chunk));
    read.on('close', () => this.#close());
  }

  /** The browser's own session for '', else the flat session of an attached target. */
  session(sessionId: string): DevToolsSession {
    const events = new EventEmitter();
    this.#sessions.set(sessionId, events);
    const send = async (method: string, params: unknown = {}): Promise<unknown> =>
      this.#send(method, params, sessionId);
    // Playwright's types describe exactly this protocol; only the transport differs.
    return Object.assign(events, { send }) as unknown as DevToolsSession;
  }

  #send(method: string, params: unknown, sessionId: string): Promise<unknown> {
    const id = this.#nextId++;
    const message = { id, method, params, ...(sessionId !== '' && { sessionId }) };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject: (error) => reject(new Error(`${method}: ${error.message}`)) });
      this.#write.write(`${JSON.stringify(message)}\0`);
    });
  }

  #onData(chunk: string): void {
    const parts = (this.#rest + chunk).split('\0');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#onMessage(JSON.parse(part) as Message);
  }

  #onMessage({ id, method, params, result, error, sessionId }: Message): void {
    if (id === undefined) {
      this.#sessions.get(sessionId ?? '')?.emit(method ?? '', params);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }

  #close(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('expected an answer, was a closed browser'));
    this.#waiting.clear();
  }
}
