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
