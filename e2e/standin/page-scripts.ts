/* Functions that run inside the page. They are sent as text: each stands alone and uses only what it is passed. */
import type { Encoded } from './codec.ts';

type Packed = { readonly k: string; readonly v?: unknown };
type Call = {
  readonly t: 'call' | 'return' | 'settle' | 'expose';
  readonly id: number;
  readonly value: Packed;
  readonly ok?: boolean;
};
/** One world's end of the wall between the page and the preload. */
export type Membrane = {
  expose(key: string, api: unknown): void;
};

/**
 * The same function on both sides: values are copied, functions become calls across, promises settle across. The sides meet
 * through events whose name only they know; the browser copies `detail` from world to world.
 */
export function createMembrane(own: string, other: string): Membrane {
  const functions = new Map<number, (...args: unknown[]) => unknown>();
  const promises = new Map<number, (ok: boolean, value: unknown) => void>();
  const returns: Call[] = [];
  let nextId = 1;
  const send = (message: Call): boolean => window.dispatchEvent(new CustomEvent(other, { detail: message }));

  const pack = (value: unknown): Packed => {
    if (typeof value === 'function') {
      const id = nextId++;
      functions.set(id, value as (...args: unknown[]) => unknown);
      return { k: 'function', v: id };
    }
    if (typeof value === 'symbol') throw new Error('An object could not be cloned.');
    if (value instanceof Promise) {
      const id = nextId++;
      value.then(
        (result: unknown) => send({ t: 'settle', id, ok: true, value: pack(result) }),
        (error: unknown) => send({ t: 'settle', id, ok: false, value: pack(error) }),
      );
      return { k: 'promise', v: id };
    }
    if (value instanceof Error) return { k: 'error', v: [value.name, value.message] };
    if (Array.isArray(value)) return { k: 'array', v: value.map(pack) };
    if (value === null || typeof value !== 'object' || Object.prototype.toString.call(value) !== '[object Object]')
      return { k: 'value', v: value };
    return { k: 'object', v: Object.entries(value).map(([key, item]: [string, unknown]) => [key, pack(item)]) };
  };

  const unpack = ({ k, v }: Packed): unknown => {
    if (k === 'function')
      return (...args: unknown[]): unknown => {
        send({ t: 'call', id: v as number, value: pack(args) });
        const answer = returns.pop();
        if (!answer) throw new Error('stand-in: the other world is gone');
        const result = unpack(answer.value);
        if (answer.ok === false) throw result as Error;
        return result;
      };
    if (k === 'promise')
      return new Promise((resolve, reject) => {
        promises.set(v as number, (ok, value) => {
          if (ok) resolve(value);
          else reject(value instanceof Error ? value : new Error(String(value)));
        });
      });
    if (k === 'error') return Object.assign(new Error((v as string[])[1]), { name: (v as string[])[0] });
    if (k === 'array') return (v as Packed[]).map(unpack);
    if (k === 'object') return Object.fromEntries((v as [string, Packed][]).map(([key, item]) => [key, unpack(item)]));
    return v;
  };

  const freeze = (value: unknown): unknown => {
    if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
      Object.values(value).forEach(freeze);
      Object.freeze(value);
    }
    return value;
  };

  const call = ({ id, value }: Call): void => {
    let answer: Call;
    try {
      const result = functions.get(id)?.(...(unpack(value) as unknown[]));
      answer = { t: 'return', id, ok: true, value: pack(result) };
    } catch (error) {
      answer = { t: 'return', id, ok: false, value: pack(error) };
    }
    send(answer);
  };

  window.addEventListener(own, (event) => {
    const message = (event as CustomEvent<Call>).detail;
    if (message.t === 'call') call(message);
    else if (message.t === 'return') returns.push(message);
    else if (message.t === 'settle') {
      promises.get(message.id)?.(message.ok === true, unpack(message.value));
      promises.delete(message.id);
    } else {
      const [key, api] = unpack(message.value) as [string, unknown];
      const isFree = !Object.hasOwn(window, key);
      if (isFree) Object.defineProperty(window, key, { value: freeze(api), enumerable: true });
      send({ t: 'return', id: 0, ok: isFree, value: pack(undefined) });
    }
  });

  return {
    expose(key, api) {
      send({ t: 'expose', id: 0, value: pack([key, api]) });
      if (returns.pop()?.ok !== true)
        throw new Error('Cannot bind an API on top of an existing property on the window object');
    },
  };
}

type Delivery =
  | { readonly t: 'event'; readonly channel: string; readonly args: Encoded; readonly ports: readonly string[] }
  | { readonly t: 'reply'; readonly id: number; readonly ok: boolean; readonly value: Encoded }
  | { readonly t: 'port'; readonly id: string; readonly data: Encoded }
  | { readonly t: 'portClosed'; readonly id: string };

type World = {
  readonly binding: string;
  /** Event by which the page's `window.open` is heard. */
  readonly opened: string;
  readonly membrane: Membrane;
  readonly encode: (value: unknown) => Encoded;
  readonly decode: (value: Encoded) => unknown;
};

/** The `electron` module of a sandboxed preload, and the entry by which the main process reaches it. */
export function createRendererModule({ binding, opened, membrane, encode, decode }: World): unknown {
  const page = globalThis as unknown as Record<string, unknown>;
  const post = page[binding] as (text: string) => void;
  Reflect.deleteProperty(page, binding);
  const send = (message: object): void => post(JSON.stringify(message));
  const listeners = new Map<string, ((event: unknown, ...args: unknown[]) => void)[]>();
  const waiting = new Map<number, (ok: boolean, value: unknown) => void>();
  const ports = new Map<string, { post(data: unknown): void; closed(): void }>();
  let nextId = 1;

  /** Chromium has no `close` event on ports; Electron adds it, so it is made here. */
  const openPort = (id: string): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    // The end travels like a message, so that it arrives after what was said before it.
    const end = `end of ${id}`;
    port1.onmessage = (event) => {
      if (event.data !== end) send({ t: 'port', id, data: encode(event.data) });
      else if (ports.delete(id)) send({ t: 'portClosed', id });
    };
    const close = port2.close.bind(port2);
    port2.close = () => {
      port2.postMessage(end);
      close();
    };
    ports.set(id, { post: (data) => port1.postMessage(data), closed: () => port2.dispatchEvent(new Event('close')) });
    return port2;
  };

  const deliver = (message: Delivery): void => {
    if (message.t === 'event') {
      const event = { ports: message.ports.map(openPort), senderId: 0, sender: ipcRenderer };
      const args = decode(message.args) as unknown[];
      for (const listener of [...(listeners.get(message.channel) ?? [])]) listener(event, ...args);
    } else if (message.t === 'reply') {
      waiting.get(message.id)?.(message.ok, decode(message.value));
      waiting.delete(message.id);
    } else if (message.t === 'port') ports.get(message.id)?.post(decode(message.data));
    else {
      const port = ports.get(message.id);
      ports.delete(message.id);
      port?.closed();
    }
  };
  window.addEventListener(opened, (event) => send({ t: 'windowOpen', url: (event as CustomEvent<string>).detail }));
  page['__standinDeliver'] = (batch: readonly Delivery[]) => batch.forEach(deliver);

  const ipcRenderer = {
    on(channel: string, listener: (event: unknown, ...args: unknown[]) => void) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    once(channel: string, listener: (event: unknown, ...args: unknown[]) => void) {
      const single = (event: unknown, ...args: unknown[]): void => {
        ipcRenderer.removeListener(channel, single);
        listener(event, ...args);
      };
      return ipcRenderer.on(channel, single);
    },
    removeListener(channel: string, listener: (event: unknown, ...args: unknown[]) => void) {
      listeners.set(
        channel,
        (listeners.get(channel) ?? []).filter((item) => item !== listener),
      );
      return ipcRenderer;
    },
    send: (channel: string, ...args: unknown[]) => send({ t: 'send', channel, args: encode(args) }),
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        const encoded = encode(args);
        waiting.set(id, (ok, value) => {
          if (ok) resolve(value);
          else reject(value instanceof Error ? value : new Error(String(value)));
        });
        send({ t: 'invoke', id, channel, args: encoded });
      }),
  };
  const missing = (name: string | symbol): never => {
    throw new Error(`stand-in: ${String(name)} is not implemented`);
  };
  const strict = (object: object): object =>
    new Proxy(object, { get: (target, name) => (Reflect.get(target, name) as unknown) ?? missing(name) });
  return strict({
    ipcRenderer: strict(ipcRenderer),
    contextBridge: strict({ exposeInMainWorld: (key: string, api: unknown) => membrane.expose(key, api) }),
  });
}

/** A denied `window.open` answers null at once, a denied link does nothing; the decision is the application's, who hears. */
export function replaceOpen(opened: string): void {
  const ask = (address: string | URL): void => {
    window.dispatchEvent(new CustomEvent(opened, { detail: new URL(address, location.href).href }));
  };
  window.open = (address = 'about:blank') => {
    ask(address);
    return null;
  };
  window.addEventListener(
    'click',
    (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[target=_blank]') : null;
      if (!link) return;
      event.preventDefault();
      ask(link.href);
    },
    { capture: true },
  );
}

/** What a sandboxed preload may require. */
export function createPreloadRequire(electron: unknown): (name: string) => unknown {
  return (name) => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
}
