/** The page's only way out: one frozen object. Streams come over a port from the engine, commands go through main. */
import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge, BridgeReceiver, BridgeReply, BridgeStatus } from './contract/bridge.ts';
import { CONTRACT_VERSION } from './contract/version.ts';
import type { CommandDto, ClientMessage, ServerMessage } from './contract/messages.ts';
import { DESKTOP_CHANNELS, STREAM_CHANNEL } from './contract/channel-names.ts';

type Reply = Extract<ServerMessage, { readonly t: 'reply' }>;
type Waiting = { readonly resolve: (reply: BridgeReply) => void; readonly reject: (error: Error) => void };

let port: MessagePort | null = null;
let receiver: BridgeReceiver | null = null;
let backlog: ((to: BridgeReceiver) => void)[] = [];
const waiting = new Map<string, Waiting>();
let nextId = 1;

const tell = (deliver: (to: BridgeReceiver) => void): void => {
  if (receiver) deliver(receiver);
  else backlog.push(deliver);
};
const status = (state: BridgeStatus, detail: string): void => tell((to) => to.onStatus(state, detail));
const say = (message: ClientMessage): void => port?.postMessage(message);

function onData(data: ServerMessage | Float64Array): void {
  if (data instanceof Float64Array) {
    tell((to) => to.onBookFrame(data));
    return;
  }
  if (data.t === 'reply') {
    onReply(data);
    return;
  }
  if (data.t === 'welcome') status('open', '');
  tell((to) => to.onMessage(data));
}

function onReply(message: Reply): void {
  const { id } = message;
  waiting.get(id)?.resolve(message.ok ? { ok: true, result: message.result } : { ok: false, error: message.error });
  waiting.delete(id);
}

/** One port is one engine life: the next life brings another. */
function connect(opened: MessagePort): void {
  port?.close();
  port = opened;
  status('connecting', '');
  opened.onmessage = (event: MessageEvent<ServerMessage | Float64Array>) => onData(event.data);
  opened.addEventListener('close', () => {
    if (port !== opened) return;
    port = null;
    for (const { reject } of waiting.values()) reject(new Error('expected an answer, was a closed line'));
    waiting.clear();
    status('closed', 'engine gone');
  });
  say({ t: 'hello', contractVersion: CONTRACT_VERSION });
}

/** Straight to the engine, past a main process that the operating system may have suspended. */
function stopOverPort(command: CommandDto, origin: 'key' | 'button'): Promise<BridgeReply> {
  if (!port) return Promise.reject(new Error('expected an open line, was closed'));
  const id = `stop${nextId++}`;
  const issuedAtUs = Math.round((performance.timeOrigin + performance.now()) * 1000);
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    say({ t: 'command', id, origin, issuedAtUs, command });
  });
}

const bridge: Bridge = {
  transport: 'desktop',
  receive: (to) => {
    receiver = to;
    for (const deliver of backlog) deliver(to);
    backlog = [];
  },
  command: (command, origin) => {
    const throughMain = ipcRenderer.invoke(DESKTOP_CHANNELS.command, { command, origin }) as Promise<BridgeReply>;
    if (command.kind !== 'emergencyStop') return throughMain;
    return Promise.any([stopOverPort(command, origin), throughMain]);
  },
  query: (query) => ipcRenderer.invoke(DESKTOP_CHANNELS.query, { query }) as Promise<BridgeReply>,
  watch: (view, instrumentId, levels) => say({ t: 'watch', view, instrumentId, levels }),
  unwatch: (view) => say({ t: 'unwatch', view }),
  painted: (view) => say({ t: 'painted', view }),
};

ipcRenderer.on(STREAM_CHANNEL, (event) => {
  const [opened] = event.ports;
  if (opened) connect(opened);
});
status('connecting', '');
contextBridge.exposeInMainWorld('leeward', Object.freeze(bridge));
ipcRenderer.invoke(DESKTOP_CHANNELS.open, {}).catch((error: unknown) => status('closed', String(error)));
