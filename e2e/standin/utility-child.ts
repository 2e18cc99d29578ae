import { EventEmitter } from 'node:events';
import type { FromUtility, ToUtility } from './utility-messages.ts';

/** Preloaded into a utility process: gives it `process.parentPort` and takes the plain Node channel away. */
const post = process.send?.bind(process);
const ports = new Map<string, ChildPort>();

const say = (message: FromUtility): void => {
  if (process.connected) post?.(message);
};

class ChildPort extends EventEmitter {
  readonly #id: string;
  #started = false;
  readonly #waiting: unknown[] = [];

  constructor(id: string) {
    super();
    this.#id = id;
  }

  postMessage(data: unknown): void {
    say({ t: 'port', id: this.#id, data });
  }

  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
  }

  close(): void {
    ports.delete(this.#id);
    say({ t: 'portClosed', id: this.#id });
  }

  deliver(data: unknown): void {
    if (this.#started) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }
}

class ParentPort extends EventEmitter {
  postMessage(data: unknown): void {
    say({ t: 'message', data });
  }
}

const parentPort = new ParentPort();
const early: object[] = [];

process.on('message', (raw) => {
  const message = raw as ToUtility;
  if (message.t === 'port') ports.get(message.id)?.deliver(message.data);
  else if (message.t === 'portClosed') {
    ports.get(message.id)?.emit('close');
    ports.delete(message.id);
  } else {
    const opened = message.ports.map((id) => new ChildPort(id));
    message.ports.forEach((id, index) => ports.set(id, opened[index] ?? new ChildPort(id)));
    const event = { data: message.data, ports: opened };
    if (parentPort.listenerCount('message') > 0) parentPort.emit('message', event);
    else early.push(event);
  }
});
parentPort.on('newListener', (name) => {
  if (name === 'message') setImmediate(() => early.splice(0).forEach((event) => parentPort.emit('message', event)));
});
// Electron ends its utility processes with itself.
process.once('disconnect', () => process.exit(1));
Object.defineProperty(process, 'parentPort', { value: parentPort });
Object.defineProperty(process, 'send', { value: undefined });
Object.defineProperty(process.versions, 'standin', { value: process.versions.node, enumerable: true });
