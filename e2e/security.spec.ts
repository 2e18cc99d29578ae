import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { guardianStatus, launchDesktop, type DesktopApp, untilLive } from './desktop-app.ts';
import { isElectron, ROOT } from './host.ts';
import { type LoopbackWitness, startWitness } from './loopback-witness.ts';
import { processTree } from './process-tree.ts';

let desktop: DesktopApp;
let witness: LoopbackWitness;
test.beforeAll(async () => {
  witness = await startWitness();
  desktop = await launchDesktop({ STANDIN_RECORD: '1' });
  await untilLive(desktop.page);
});
test.afterAll(async () => {
  await desktop.close();
  await witness.close();
});

const ownAddress = async (): Promise<string> =>
  desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL() ?? '');

test('the page holds one frozen bridge and nothing of the machine', async () => {
  const seen = await desktop.page.evaluate(() => {
    const scope = globalThis as unknown as Record<string, unknown>;
    const bridge = scope['leeward'] as object;
    Reflect.set(scope, 'leeward', null);
    Reflect.deleteProperty(scope, 'leeward');
    Reflect.set(bridge, 'command', null);
    return {
      machine: ['require', 'process', 'module', 'Buffer', 'global', '__dirname', 'electron', 'ipcRenderer'].filter(
        (name) => name in scope,
      ),
      isSame: scope['leeward'] === bridge,
      isFrozen: Object.isFrozen(bridge),
      members: Object.entries(bridge).map(([name, value]) => `${name}: ${typeof value}`),
    };
  });
  expect(seen).toEqual({
    machine: [],
    isSame: true,
    isFrozen: true,
    members: ['transport: string', 'receive', 'command', 'query', 'watch', 'unwatch', 'painted'].map((name) =>
      name.includes(':') ? name : `${name}: function`,
    ),
  });
});

test('every page is sandboxed and isolated', async () => {
  const all = await desktop.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(({ webContents }) => {
      const contents = webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag };
    }),
  );
  const safe = { sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false };
  expect(all).toEqual([safe]);
});

test('injected markup neither runs nor reaches any host', async () => {
  const violations = await desktop.page.evaluate(async (host) => {
    const found = new Set<string>();
    document.addEventListener('securitypolicyviolation', (event) => found.add(event.effectiveDirective));
    const add = (name: string, fill: (element: HTMLElement) => void): void => {
      const element = document.createElement(name);
      fill(element);
      document.body.append(element);
    };
    add('script', (element) => (element.textContent = 'globalThis.injected = true'));
    add('script', (element) => element.setAttribute('src', `${host}/evil.js`));
    add('img', (element) => element.setAttribute('src', `${host}/pixel.png`));
    add('iframe', (element) => element.setAttribute('src', `${host}/frame.html`));
    add('style', (element) => (element.textContent = `body { background: url(${host}/style.png) }`));
    add('object', (element) => element.setAttribute('data', `${host}/object`));
    add('link', (element) => {
      element.setAttribute('rel', 'stylesheet');
      element.setAttribute('href', `${host}/style.css`);
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    return [...found].sort();
  }, witness.address);
  expect(violations).toEqual(['frame-src', 'img-src', 'object-src', 'script-src-elem', 'style-src-elem'].sort());
  expect(await desktop.page.evaluate(() => 'injected' in globalThis)).toBe(false);
  expect(witness.heard()).toEqual([]);
});

test('the page connects to nothing, not even to this machine', async () => {
  const outcomes = await desktop.page.evaluate(async (host) => {
    const failed = async (attempt: () => Promise<unknown>): Promise<string> =>
      attempt().then(
        () => 'connected',
        () => 'refused',
      );
    const socket = (address: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const line = new WebSocket(address);
        line.onopen = resolve;
        line.onerror = reject;
      });
    return Promise.all([
      failed(() => fetch(host, { mode: 'no-cors' })),
      failed(() => fetch('https://api.binance.com/api/v3/time', { mode: 'no-cors' })),
      failed(() => socket(host.replace('http', 'ws'))),
      failed(() => socket('wss://stream.binance.com:9443/ws')),
      failed(
        () =>
          new Promise((resolve, reject) => {
            const source = new EventSource(host);
            source.onopen = resolve;
            source.onerror = reject;
          }),
      ),
      failed(() =>
        navigator.sendBeacon(host)
          ? new Promise((_resolve, reject) => setTimeout(reject, 300))
          : Promise.reject(new Error()),
      ),
    ]);
  }, witness.address);
  expect(outcomes).toEqual(Array(6).fill('refused'));
  expect(witness.heard()).toEqual([]);
});

test('no new window opens', async () => {
  await desktop.page.evaluate((host) => {
    window.open(host);
    window.open('about:blank');
    const link = Object.assign(document.createElement('a'), { href: host, target: '_blank' });
    document.body.append(link);
    link.click();
  }, witness.address);
  await desktop.page.waitForTimeout(300);
  expect(witness.heard()).toEqual([]);
  expect(desktop.app.windows().length).toBe(1);
  expect(await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('no permission is granted', async () => {
  const states = await desktop.page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'midi', 'camera', 'microphone', 'clipboard-read'];
    return Promise.all(
      names.map(
        async (name) => `${name} ${(await navigator.permissions.query({ name: name as PermissionName })).state}`,
      ),
    );
  });
  expect(states.filter((state) => !state.endsWith(' denied'))).toEqual([]);
});

test('another page with our preload is not answered', async () => {
  const answer = await desktop.app.evaluate(
    async ({ BrowserWindow }, preload) => {
      const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await window.loadURL('data:text/html,<p>foreign</p>');
      const said: unknown = await window.webContents.executeJavaScript(
        "leeward.query({ kind: 'snapshot' }).then(() => 'answered', (error) => String(error))",
      );
      window.destroy();
      return said;
    },
    join(ROOT, 'out/preload/index.cjs'),
  );
  expect(answer).toContain('expected our own page');
});

test('requests that are not of the contract are refused, and nothing falls', async () => {
  const before = await guardianStatus(desktop.home);
  const answers = await desktop.page.evaluate(async () => {
    type Anything = (
      ...args: unknown[]
    ) => Promise<{ readonly ok: boolean; readonly error?: { readonly code: string } }>;
    const { command, query } = (globalThis as unknown as { readonly leeward: Record<'command' | 'query', Anything> })
      .leeward;
    const bad: unknown[] = [null, 7, 'x'.repeat(100_000), {}, [], { kind: 'evil' }, { kind: 'halt', reason: '' }];
    bad.push({ kind: 'halt', reason: 'r', extra: 1 }, { kind: 'cancelOrder', clientOrderId: '../../etc' });
    bad.push(JSON.parse('{"kind":"halt","reason":"r","__proto__":{"admin":true}}'));
    const codes = async (ask: () => ReturnType<Anything>): Promise<string> =>
      ask().then(
        (reply) => (reply.ok ? 'accepted' : (reply.error?.code ?? 'refused')),
        (error: unknown) => String(error),
      );
    const all = bad.flatMap((value) => [codes(async () => command(value, 'key')), codes(async () => query(value))]);
    all.push(codes(async () => command({ kind: 'halt', reason: 'r' }, 'globalShortcut')));
    return Promise.all(all);
  });
  expect(answers.filter((code) => code === 'accepted')).toEqual([]);
  expect(answers.filter((code) => code === 'MESSAGE_INVALID').length).toBeGreaterThan(10);
  expect((await guardianStatus(desktop.home)).enginePid).toBe(before.enginePid);
  expect((await guardianStatus(desktop.home)).tradingState).toBe('active');
});

test('keys reach the engine and the guardian, and no page, argument, environment, file or log', async () => {
  test.skip(isElectron, 'only the stand-in records what crosses its processes');
  const crossings = await desktop.app.evaluate(
    () =>
      (globalThis as unknown as Record<symbol, { to: string; text: string }[]>)[
        Symbol.for('leeward.standin.crossings')
      ],
  );
  const texts = (to: string): readonly string[] =>
    (crossings ?? []).filter((item) => item.to === to).map(({ text }) => text);
  const ready = texts('main').find((text) => text.includes('"apiKey"')) ?? '{}';
  const { data } = JSON.parse(ready) as {
    readonly data: {
      readonly detail: { readonly accounts: readonly { readonly apiKey: string; readonly secret: string }[] };
    };
  };
  const canaries = data.detail.accounts.flatMap(({ apiKey, secret }) => [apiKey, secret]);
  expect(canaries.length).toBeGreaterThanOrEqual(4);
  const holds = (text: string): boolean => canaries.some((canary) => text.includes(canary));

  expect(texts('utility').filter(holds).length, 'the boots of guardian and engine carry them').toBe(2);
  expect(texts('page').length).toBeGreaterThan(50);
  expect(texts('page').filter(holds)).toEqual([]);
  expect(holds(desktop.printed())).toBe(false);
  const pids = processTree(desktop.app.process().pid ?? -1);
  expect(pids.length).toBeGreaterThanOrEqual(5);
  const exposed = pids.flatMap((pid) =>
    ['cmdline', 'environ'].filter((name) => holds(readFileSync(`/proc/${pid}/${name}`, 'latin1'))),
  );
  expect(exposed).toEqual([]);
  const files = filesBelow(join(desktop.home, '..'));
  expect(files.some((path) => path.endsWith('journal.db'))).toBe(true);
  expect(files.filter((path) => holds(readFileSync(path, 'latin1')))).toEqual([]);
});

test('the page cannot be led elsewhere', async () => {
  const before = await ownAddress();
  const { page } = desktop;
  for (const address of [
    `${witness.address}/next`,
    'https://evil.example/?next=app://leeward/',
    'app://evil/index.html',
  ]) {
    await page.evaluate((target) => location.assign(target), address).catch(() => undefined);
    await page.waitForTimeout(150);
    expect(await ownAddress()).toBe(before);
  }
  await page.evaluate((target) => {
    const refresh = Object.assign(document.createElement('meta'), {
      httpEquiv: 'refresh',
      content: `0;url=${target}/meta`,
    });
    document.head.append(refresh);
    const form = Object.assign(document.createElement('form'), { action: `${target}/form`, method: 'post' });
    document.body.append(form);
    form.submit();
  }, witness.address);
  await page.waitForTimeout(300);
  expect(await ownAddress()).toBe(before);
  expect(witness.heard()).toEqual([]);
  // Playwright still waits for the navigation that was refused: the page is asked through its window.
  const text: unknown = await desktop.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText'),
  );
  expect(text).toMatch(/ACTIVE/);
});

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
