import { expect, test } from '@playwright/test';
import {
  type DesktopApp,
  guardianStatus,
  journaled,
  launchDesktop,
  pressGlobalShortcut,
  tradingState,
  untilLive,
} from './desktop-app.ts';
import { isElectron } from './host.ts';

let desktop: DesktopApp;
test.beforeEach(async () => {
  desktop = await launchDesktop();
  await untilLive(desktop.page);
});
test.afterEach(async () => desktop.close());

/** The screen says so, the guardian heard it from the engine, and the journal tells where it came from. */
async function expectStopped(origin: string): Promise<void> {
  await expect(tradingState(desktop.page)).toContainText(/HALTED|STOPPING/);
  await expect.poll(async () => (await guardianStatus(desktop.home)).tradingState).toMatch(/halted|stopping/);
  const stops = journaled(desktop.home, 'command.received').map((row) => JSON.stringify(row));
  const ofOrigin = stops.filter((row) => row.includes('emergencyStop') && row.includes(origin));
  expect(ofOrigin.length, stops.join('\n')).toBeGreaterThan(0);
}

test('Ctrl+Shift+S in the page stops everything', async () => {
  await desktop.page.keyboard.press('Control+Shift+S');
  await expectStopped('key');
  await expect(desktop.page.getByText(/acknowledged by the engine/)).toBeVisible();
});

test('the shortcut stops everything without focus', async () => {
  await pressGlobalShortcut(desktop.app);
  await expectStopped('globalShortcut');
});

test('the menu stops everything while the page is not asked', async () => {
  test.skip(isElectron, 'no tool presses a menu accelerator of the operating system');
  await desktop.app.evaluate(({ Menu }) => {
    (Menu as unknown as { __standinTrigger(accelerator: string): void }).__standinTrigger('CommandOrControl+Shift+S');
  });
  await expectStopped('key');
});

test('an engine that is killed comes back halted, and the window says so', async () => {
  const { page, home } = desktop;
  const { enginePid } = await guardianStatus(home);
  process.kill(enginePid ?? -1, 'SIGKILL');
  await expect(tradingState(page)).toContainText('HALTED');
  await expect(page.getByText(/Engine epoch 2/)).toBeVisible();
  expect((await guardianStatus(home)).enginePid).not.toBe(enginePid);
});
