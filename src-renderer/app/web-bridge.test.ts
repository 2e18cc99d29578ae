import { describe, expect, it } from 'vitest';
import type { BridgeReceiver } from '../../src-preload/contract/bridge.ts';
import type { ServerMessage } from '../../src-preload/contract/messages.ts';
import { clientMessageSchema } from '../../src-preload/contract/messages.ts';
import { reconnectDelayMs, WebBridge, type Socket } from './web-bridge.ts';

type FakeSocket = Socket & { readonly sent: unknown[] };

function started() {
  const sockets: FakeSocket[] = [];
  const delays: number[] = [];
  const tasks: (() => void)[] = [];
  const bridge = new WebBridge({
    open: () => {
      const sent: unknown[] = [];
      const socket: FakeSocket = {
        binaryType: '',
        onopen: null,
        onmessage: null,
        onclose: null,
        sent,
        send: (text) => sent.push(clientMessageSchema.parse(JSON.parse(text))),
        close: () => undefined,
      };
      sockets.push(socket);
      return socket;
    },
    clientId: 'page-0001',
    nowUs: () => 42,
    later: (task, delayMs) => {
      delays.push(delayMs);
      tasks.push(task);
    },
  });
  const heard: unknown[][] = [];
  const receiver: BridgeReceiver = {
    onStatus: (status, detail) => heard.push([status, detail]),
    onMessage: (message) => heard.push([message.t]),
    onBookFrame: (frame) => heard.push(['book', ...frame]),
  };
  const last = (): FakeSocket => sockets.at(-1)!;
  const welcome: ServerMessage = { t: 'welcome', contractVersion: 1, mode: 'paper', hostLabel: '', instruments: [] };
  const data = (value: unknown): void => last().onmessage?.({ data: value } as never);
  return {
    bridge,
    sockets,
    delays,
    heard,
    receiver,
    last,
    data,
    open: () => last().onopen?.({} as never),
    say: (message: ServerMessage) => data(JSON.stringify(message)),
    welcome: () => data(JSON.stringify(welcome)),
    close: (code = 1006, reason = '') => last().onclose?.({ code, reason } as never),
    wait: () => tasks.splice(0).forEach((task) => task()),
  };
}

describe('WebBridge', () => {
  it('greets first, and is open only once welcomed', () => {
    const t = started();
    t.bridge.receive(t.receiver);
    t.open();
    expect(t.last().sent).toEqual([{ t: 'hello', contractVersion: 1, clientId: 'page-0001' }]);
    expect(t.heard).toEqual([['connecting', '']]);
    t.welcome();
    expect(t.heard.slice(1)).toEqual([['open', ''], ['welcome']]);
  });

  it('delivers what came before the receiver, in order', () => {
    const t = started();
    t.open();
    t.welcome();
    t.data(Float64Array.from([0, 1, 2]).buffer);
    t.bridge.receive(t.receiver);
    expect(t.heard).toEqual([['connecting', ''], ['open', ''], ['welcome'], ['book', 0, 1, 2]]);
  });

  it('says only what the contract knows, and matches answers to questions', async () => {
    const t = started();
    t.open();
    t.welcome();
    const stop = t.bridge.command({ kind: 'emergencyStop' }, 'key');
    const snapshot = t.bridge.query({ kind: 'snapshot' });
    t.bridge.watch('main', 'BTC/USDT.BINANCE.SPOT', 50);
    t.bridge.unwatch('main');
    t.bridge.painted('main');
    expect(t.last().sent.slice(1)).toMatchObject([
      { t: 'command', id: 'c1', origin: 'key', issuedAtUs: 42, command: { kind: 'emergencyStop' } },
      { t: 'query', id: 'c2' },
      { t: 'watch', view: 'main', levels: 50 },
      { t: 'unwatch' },
      { t: 'painted' },
    ]);
    t.say({ t: 'reply', id: 'c2', ok: true, result: 7 });
    t.say({ t: 'reply', id: 'c1', ok: false, error: { code: 'COMMAND_REPLAYED', params: {} } });
    t.say({ t: 'reply', id: 'c9', ok: true, result: 0 });
    await expect(snapshot).resolves.toEqual({ ok: true, result: 7 });
    await expect(stop).resolves.toEqual({ ok: false, error: { code: 'COMMAND_REPLAYED', params: {} } });
  });

  it('rejects at once what has no line and what loses it', async () => {
    const t = started();
    t.bridge.receive(t.receiver);
    await expect(t.bridge.command({ kind: 'emergencyStop' }, 'key')).rejects.toThrow('was closed');
    t.open();
    const lost = t.bridge.command({ kind: 'emergencyStop' }, 'button');
    t.close(1013, 'engine gone');
    await expect(lost).rejects.toThrow('code 1013, engine gone');
    expect(t.heard.at(-1)).toEqual(['closed', 'code 1013, engine gone']);
  });

  it('connects again with growing delays and starts over once welcomed', () => {
    const t = started();
    for (let round = 0; round < 3; round++) {
      t.close();
      t.wait();
    }
    expect(t.delays).toEqual([250, 500, 1000]);
    t.open();
    t.welcome();
    t.close();
    expect(t.delays.at(-1)).toBe(250);
    expect(reconnectDelayMs(40)).toBe(5000);
  });

  it('stays away once refused: a page of another version must be loaded anew', () => {
    const t = started();
    t.bridge.receive(t.receiver);
    t.open();
    t.say({ t: 'refused', error: { code: 'CONTRACT_VERSION', params: { expected: 2, actual: 1 } } });
    t.close(1008);
    expect(t.delays).toEqual([]);
    expect(t.heard.at(-2)).toEqual(['refused']);
  });
});
