import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { expect, test } from '@playwright/test';
import {
  type DesktopApp,
  guardianStatus,
  journalRows,
  launchDesktop,
  paintedBook,
  runningSession,
  untilLive,
} from './desktop-app.ts';
import { ROOT } from './host.ts';

let desktop: DesktopApp;
test.beforeAll(async () => {
  desktop = await launchDesktop();
});
test.afterAll(async () => desktop.close());

test('the terminal opens with a moving book and a growing journal', async () => {
  const { page } = desktop;
  await untilLive(page);
  const before = await journalRows(page);
  const painted = await paintedBook(page);
  await expect.poll(() => paintedBook(page)).not.toBe(painted);
  await expect.poll(() => journalRows(page)).toBeGreaterThan(before);
  await expect(page.getByText('PAPER', { exact: true })).toBeVisible();
});

test('the shortcut without focus has its status on the screen', async () => {
  await expect(desktop.page.getByTitle('registered')).toContainText('global shortcut');
});

test('a second instance shows the first and ends', async () => {
  const { app, args } = desktop;
  await app.evaluate(({ app: main }) => {
    main.once('second-instance', () => Object.assign(globalThis, { secondSeen: true }));
  });
  const program = createRequire(import.meta.url)('electron') as unknown as string;
  const second = spawn(program, [...args], { cwd: ROOT, stdio: 'ignore' });
  const code = await new Promise((resolve) => second.once('exit', resolve));
  expect(code).toBe(0);
  await expect.poll(() => app.evaluate(() => 'secondSeen' in globalThis)).toBe(true);
  expect(runningSession(desktop.home).pid).toBe(app.process().pid);
});

test('closing over a working order asks first, and staying changes nothing', async () => {
  const { app, page } = desktop;
  await untilLive(page);
  const reply = await page.evaluate(async () => {
    type Reply = {
      readonly ok: boolean;
      readonly result?: readonly { readonly close: string }[];
      readonly error?: unknown;
    };
    type Ask = (what: object, origin?: string) => Promise<Reply>;
    const { command, query } = (globalThis as unknown as { readonly leeward: { command: Ask; query: Ask } }).leeward;
    const instrumentId = 'BTC/USDT.BINANCE.SPOT';
    const bars = await query({ kind: 'bars', instrumentId, interval: '1m', limit: 1 });
    const close = Number(bars.result?.[0]?.close);
    const price = (ratio: number): string => (Math.round(close * ratio * 100) / 100).toFixed(2);
    return command(
      {
        ...{ kind: 'enterBracket', accountId: 'paper-01', instrumentId, side: 'buy', entry: 'resting' },
        quantity: (200 / close).toFixed(5),
        ...{ limitPrice: price(0.985), stopTrigger: price(0.97), stopLimit: price(0.965), target: price(1.02) },
      },
      'button',
    );
  });
  expect(reply).toEqual({ ok: true, result: null });
  await expect(page.locator('.cell', { hasText: 'Working orders' })).toContainText('1 own');
  const question = await app.evaluate(async ({ BrowserWindow, dialog }) => {
    let asked: unknown;
    dialog.showMessageBox = async (_window: unknown, options?: unknown) => {
      asked = options;
      return { response: 0, checkboxChecked: false };
    };
    BrowserWindow.getAllWindows()[0]?.close();
    await new Promise((resolve) => setImmediate(resolve));
    return { asked, open: BrowserWindow.getAllWindows().length };
  });
  expect(question).toMatchObject({ open: 1, asked: { message: '1 working order stays at the venue', cancelId: 0 } });
});

test('a page that dies comes back, and the engine did not notice', async () => {
  const { app, home } = desktop;
  const before = await guardianStatus(home);
  await app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.forcefullyCrashRenderer());
  await expect(async () => {
    const text = await app.evaluate(async ({ webContents }) => {
      const [contents] = webContents.getAllWebContents();
      return (await contents?.executeJavaScript('document.body.innerText')) as unknown;
    });
    expect(text).toMatch(/ACTIVE[\s\S]*Journal #/);
  }).toPass({ timeout: 20_000 });
  const after = await guardianStatus(home);
  expect(after.enginePid).toBe(before.enginePid);
  expect(after.engine).toBe('alive');
});
