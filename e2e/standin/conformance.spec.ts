import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { isElectron, ROOT } from '../host.ts';
import { startWitness } from '../loopback-witness.ts';

/* Facts of Electron's documentation. They also run on Electron itself, where they show whether the stand-in drifted. */

type Sample = {
  invoke(channel: string, ...args: unknown[]): Promise<unknown>;
  describe(value: unknown): string;
  callLater(callback: (value: number) => unknown): Promise<unknown>;
  fail(): void;
  requireNode(): string;
  sandboxed(): boolean;
  onEvent(listener: (...args: unknown[]) => void): void;
  onPort(listener: (data: unknown) => void): void;
  exposeAgain(): void;
};
declare const sample: Sample;

const SAMPLE = join(ROOT, 'e2e/standin/sample');
let folder: string;
let app: ElectronApplication;
let page: Page;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'standin-sample-'));
  app = await _electron.launch({ args: [SAMPLE, `--user-data-dir=${folder}`] });
  page = await app.firstWindow();
  await page.getByText('sample').waitFor();
});
test.afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the application knows its version, name and folders', async () => {
  const facts = await app.evaluate(({ app: main }) => [
    main.getVersion(),
    main.getName(),
    main.getPath('userData'),
    main.isReady(),
  ]);
  expect(facts).toEqual(['1.2.3', 'standin-sample', folder, true]);
});

test('what is not there says so by name', async () => {
  test.skip(isElectron, 'Electron has it');
  const failed = app.evaluate((electron) => new electron.TouchBar({ items: [] }));
  await expect(failed).rejects.toThrow('stand-in: TouchBar is not implemented');
});

test('invoke carries what structured clone carries', async () => {
  const back = await page.evaluate(async () => {
    const sent = {
      date: new Date(5),
      map: new Map([[1, new Set(['a'])]]),
      big: 12n,
      not: NaN,
      minus: -0,
      list: [undefined],
    };
    const got = (await sample.invoke('echo', sent)) as typeof sent;
    const frame = (await sample.invoke('echo', new Float64Array([1.5, -2]))) as Float64Array;
    return [
      got.date.getTime() === 5,
      got.map.get(1)?.has('a'),
      got.big === 12n,
      Number.isNaN(got.not),
      Object.is(got.minus, -0),
      got.list.length === 1,
      frame instanceof Float64Array && frame[1] === -2,
    ];
  });
  expect(back).toEqual(Array(7).fill(true));
});

test('errors of a handler arrive in the documented words', async () => {
  const words = await page.evaluate(async () => {
    const of = (channel: string): Promise<string> =>
      sample.invoke(channel).then(String, (error: unknown) => String(error));
    return [await of('limit'), await of('nothing'), await of('function')];
  });
  expect(words[0]).toBe("Error: Error invoking remote method 'limit': RangeError: limit breached");
  expect(words[1]).toBe("Error: Error invoking remote method 'nothing': Error: No handler registered for 'nothing'");
  expect(words[2]).toContain('could not be cloned');
});

test('a second handler of one channel is refused', async () => {
  const twice = app.evaluate(({ ipcMain }) => ipcMain.handle('echo', () => 1));
  await expect(twice).rejects.toThrow("Attempted to register a second handler for 'echo'");
});

test('a sender is known by its own address', async () => {
  expect(await page.evaluate(() => sample.invoke('sender'))).toEqual({ url: 'app://sample/index.html', isTop: true });
});

test('the bridge is frozen, calls both ways, and cannot be exposed again', async () => {
  const facts = await page.evaluate(async () => {
    const caught = (act: () => unknown): string => {
      try {
        act();
        return 'nothing';
      } catch (error) {
        return (error as Error).message;
      }
    };
    return {
      isFrozen: Object.isFrozen(sample),
      doubled: await sample.callLater((value) => value * 2),
      described: sample.describe(new Float64Array(1)),
      failed: caught(() => sample.fail()),
      again: caught(() => sample.exposeAgain()),
    };
  });
  expect(facts).toMatchObject({
    isFrozen: true,
    described: '[object Float64Array] object',
    failed: 'from the preload',
  });
  expect(facts.doubled).toBe(42);
  expect(facts.again).toContain('Cannot bind an API on top of an existing property');
});

test('a sandboxed preload has electron and no Node', async () => {
  expect(await page.evaluate(() => [sample.sandboxed(), sample.requireNode()])).toEqual([
    true,
    'module not found: node:fs',
  ]);
});

test('main sends events to the page', async () => {
  await page.evaluate(() => sample.onEvent((...args) => Object.assign(globalThis, { event: args })));
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.send('event', 1, { two: 2 }));
  await expect
    .poll(() => page.evaluate(() => (globalThis as unknown as { event?: unknown }).event))
    .toEqual([1, { two: 2 }]);
});

test('a port joins main and page, waits for its start, and tells both of its end', async () => {
  await page.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(globalThis, { heard });
    sample.onPort((data) => heard.push(data));
  });
  await app.evaluate(({ BrowserWindow, MessageChannelMain }) => {
    const { port1, port2 } = new MessageChannelMain();
    const answers: unknown[] = [];
    Object.assign(globalThis, { answers });
    port1.on('message', ({ data }) => answers.push(data));
    port1.on('close', () => answers.push('closed'));
    port1.start();
    port1.postMessage('before');
    BrowserWindow.getAllWindows()[0]?.webContents.postMessage('port', null, [port2]);
    port1.postMessage('after');
    port1.postMessage('close');
  });
  const answers = (): Promise<unknown> => app.evaluate(() => (globalThis as unknown as { answers: unknown }).answers);
  const heard = (): Promise<unknown> => page.evaluate(() => (globalThis as unknown as { heard: unknown }).heard);
  await expect.poll(answers).toEqual([{ echo: 'before' }, { echo: 'after' }, 'closed']);
  expect(await heard()).toEqual(['before', 'after', 'close']);
  await app.evaluate(({ BrowserWindow, MessageChannelMain }) => {
    const { port1, port2 } = new MessageChannelMain();
    BrowserWindow.getAllWindows()[0]?.webContents.postMessage('port', null, [port2]);
    port1.close();
  });
  await expect.poll(heard).toEqual(['before', 'after', 'close', 'closed']);
});

test('a utility process speaks on its parent port, on ports given to it, and ends with its code', async () => {
  const heard = await app.evaluate(
    async ({ MessageChannelMain, utilityProcess }, path) => {
      const said: unknown[] = [];
      const child = utilityProcess.fork(path, [], { serviceName: 'sample' });
      const ended = new Promise<number>((resolve) => child.once('exit', resolve));
      child.on('message', (message) => said.push(message));
      const { port1, port2 } = new MessageChannelMain();
      const answered = new Promise((resolve) => port1.on('message', ({ data }) => resolve(said.push(data))));
      port1.start();
      child.postMessage('hello', [port2]);
      port1.postMessage('direct');
      await answered;
      const closed = new Promise((resolve) =>
        child.on('message', (message) => message === 'port closed' && resolve(null)),
      );
      port1.close();
      await closed;
      child.postMessage('exit');
      said.push(await ended, child.pid);
      return said;
    },
    join(SAMPLE, 'child.mjs'),
  );
  expect(heard).toEqual([{ echo: 'hello', hasSend: false }, { fromChild: 'direct' }, 'port closed', 7, undefined]);
});

test("the application's own scheme is answered by its handler, headers and all", async () => {
  const [urls, header] = await Promise.all([
    app.evaluate(() => (globalThis as unknown as { requested: readonly string[] }).requested),
    page.evaluate(async () => (await fetch(location.href)).headers.get('x-sample')),
  ]);
  expect(urls[0]).toBe('app://sample/index.html');
  expect(header).toBe('yes');
});

test('without a policy the page does reach this machine', async () => {
  const witness = await startWitness();
  await page.evaluate((address) => fetch(`${address}/seen`), witness.address);
  expect(witness.heard()).toEqual(['GET /seen']);
  await witness.close();
});

test('a navigation and a new window happen unless they are refused', async () => {
  const witness = await startWitness();
  const refused = await app.evaluate(async ({ BrowserWindow }, address) => {
    const [window] = BrowserWindow.getAllWindows();
    const seen: string[] = [];
    window?.webContents.on('will-navigate', (event) => {
      seen.push(event.url);
      event.preventDefault();
    });
    window?.webContents.setWindowOpenHandler(({ url }) => {
      seen.push(url);
      return { action: 'deny' };
    });
    await window?.webContents.executeJavaScript(`open('${address}/popup'); location.href = '${address}/next'; 0`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    window?.webContents.removeAllListeners('will-navigate');
    return [...seen.sort(), window?.webContents.getURL()];
  }, witness.address);
  expect(refused).toEqual([`${witness.address}/next`, `${witness.address}/popup`, 'app://sample/index.html']);
  expect(witness.heard()).toEqual([]);
  const arrived = await app.evaluate(async ({ BrowserWindow }, address) => {
    const [window] = BrowserWindow.getAllWindows();
    const navigated = new Promise((resolve) => window?.webContents.once('did-navigate', resolve));
    await window?.webContents.executeJavaScript(`location.href = '${address}/next'; 0`);
    await navigated;
    return window?.webContents.getURL();
  }, witness.address);
  expect(arrived).toBe(`${witness.address}/next`);
  await witness.close();
});

test('windows close, then the application quits, and each step may be prevented', async () => {
  const order = await app.evaluate(async ({ app: main, BrowserWindow }) => {
    const seen: string[] = [];
    const [window] = BrowserWindow.getAllWindows();
    main.once('before-quit', () => seen.push('before-quit'));
    window?.once('close', (event) => {
      seen.push('close');
      event.preventDefault();
    });
    main.once('will-quit', () => seen.push('will-quit'));
    main.quit();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return [...seen, BrowserWindow.getAllWindows().length];
  });
  expect(order).toEqual(['before-quit', 'close', 1]);
});
