import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChildMessage, LauncherMessage } from './boot.ts';
import { launcherInference } from './launcher-inference.ts';
import { type ParentChannel, parentChannel } from './parent-channel.ts';

// The runner of the tests is a forked process itself.
const runner = { send: Reflect.get(process, 'send') as unknown, connected: process.connected };
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  Object.assign(process, { parentPort: undefined, ...runner });
});

describe('the channel to the launcher', () => {
  it('is the port of a utility process, with the terminals handed over on it', () => {
    const sent: unknown[] = [];
    const parentPort = Object.assign(new EventEmitter(), { postMessage: (message: unknown) => sent.push(message) });
    Object.assign(process, { parentPort });
    const channel = parentChannel();
    const received: unknown[] = [];
    channel.onMessage((message) => received.push(message));
    channel.onPort((port) => received.push(port));
    parentPort.emit('message', { data: { t: 'terminal' }, ports: ['a port'] });
    channel.send({ t: 'log', line: 'up' });
    expect(received).toEqual([{ t: 'terminal' }, 'a port']);
    expect(sent).toEqual([{ t: 'log', line: 'up' }]);
  });

  it('is the forked channel of a plain Node child, silent once that is closed', () => {
    const forked = vi.fn();
    Object.assign(process, { send: forked, connected: true });
    const channel = parentChannel();
    channel.send({ t: 'epoch', epoch: 1 });
    Object.assign(process, { connected: false });
    channel.send({ t: 'epoch', epoch: 2 });
    expect(forked.mock.calls).toEqual([[{ t: 'epoch', epoch: 1 }]]);
  });

  it('is missing in a process that was started by hand', () => {
    Object.assign(process, { send: undefined });
    expect(() => parentChannel()).toThrow('expected to be started by the Leeward launcher, was started by hand');
  });
});

describe('inference over the launcher', () => {
  it('hands each answer to who asked, and null to who waited too long', () => {
    const sent: ChildMessage[] = [];
    let deliver: (message: LauncherMessage) => void = () => undefined;
    const channel: ParentChannel = {
      send: (message) => sent.push(message),
      onMessage: (listener) => (deliver = listener),
      onPort: () => undefined,
      onClosed: () => undefined,
    };
    const inference = launcherInference(channel);
    const answers: (readonly number[] | null)[] = [];
    inference.request('probe', [1, 2], (outputs) => answers.push(outputs));
    inference.request('probe', [3], (outputs) => answers.push(outputs));
    expect(sent).toEqual([
      { t: 'requestInference', id: '1', modelId: 'probe', inputs: [1, 2] },
      { t: 'requestInference', id: '2', modelId: 'probe', inputs: [3] },
    ]);
    deliver({ t: 'shutdown' });
    deliver({ t: 'inference', id: '2', outputs: [0.25] });
    vi.advanceTimersByTime(1_000);
    deliver({ t: 'inference', id: '1', outputs: [0.75] });
    expect(answers).toEqual([[0.25], null]);
  });
});
