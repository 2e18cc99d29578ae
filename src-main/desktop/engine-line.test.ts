import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ClientMessage } from '../../src-preload/contract/messages.ts';
import { createEngineLine } from './engine-line.ts';

class Port extends EventEmitter {
  readonly sent: ClientMessage[] = [];
  started = false;
  postMessage(message: ClientMessage): void {
    this.sent.push(message);
  }
  start(): void {
    this.started = true;
  }
  close(): void {
    this.emit('close');
  }
  says(message: unknown): void {
    this.emit('message', { data: message });
  }
}

function attached() {
  const line = createEngineLine();
  const port = new Port();
  line.attach(port);
  return { line, port };
}

const snapshotQuery = (id: string): ClientMessage => ({ t: 'query', id, query: { kind: 'snapshot' } });

describe('the line of the main process to the engine', () => {
  it('greets each engine life', () => {
    const { port } = attached();
    expect(port.started).toBe(true);
    expect(port.sent).toMatchObject([{ t: 'hello' }]);
  });

  it('gives each answer to its own question', async () => {
    const { line, port } = attached();
    const first = line.ask(snapshotQuery);
    const second = line.ask(snapshotQuery);
    const [, one, two] = port.sent as { readonly id: string }[];
    port.says({ t: 'reply', id: two?.id, ok: false, error: { code: 'NO', params: {} } });
    port.says({ t: 'reply', id: one?.id, ok: true, result: 7 });
    expect(await first).toEqual({ ok: true, result: 7 });
    expect(await second).toEqual({ ok: false, error: { code: 'NO', params: {} } });
  });

  it('rejects without an engine, and what an engine leaves unanswered', async () => {
    await expect(createEngineLine().ask(snapshotQuery)).rejects.toThrow('expected a running engine');
    const { line, port } = attached();
    const asked = line.ask(snapshotQuery);
    port.emit('close');
    await expect(asked).rejects.toThrow('was its end');
    await expect(line.ask(snapshotQuery)).rejects.toThrow('expected a running engine');
  });

  it('goes on with the next life, whatever the last one still says', async () => {
    const { line, port } = attached();
    const next = new Port();
    line.attach(next);
    port.emit('close');
    const asked = line.ask(snapshotQuery);
    next.says({ t: 'reply', id: (next.sent[1] as { readonly id: string }).id, ok: true, result: null });
    expect(await asked).toEqual({ ok: true, result: null });
  });

  it('knows the working orders as last told', () => {
    const { line, port } = attached();
    expect(line.workingOrders()).toBeNull();
    port.says({ t: 'snapshot', sequence: 1, state: { strip: { workingOrders: { own: 2 } } } });
    expect(line.workingOrders()).toBe(2);
    port.says({ t: 'update', sequence: 2, update: { op: 'set', topic: 'journal', value: {} } });
    port.says({
      t: 'update',
      sequence: 3,
      update: { op: 'set', topic: 'strip', value: { workingOrders: { own: 1 } } },
    });
    port.emit('close');
    expect(line.workingOrders()).toBe(1);
  });
});
