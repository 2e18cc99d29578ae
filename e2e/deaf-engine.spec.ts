import { expect, test } from '@playwright/test';
import { type DesktopApp, guardianStatus, launchDesktop, tradingState, untilLive } from './desktop-app.ts';

let desktop: DesktopApp;
test.beforeEach(async () => {
  desktop = await launchDesktop();
  await untilLive(desktop.page);
});
test.afterEach(async () => desktop.close());

test('the key reaches the guardian when the engine is deaf, and the window says what became of it', async () => {
  const { page, home } = desktop;
  const { enginePid } = await guardianStatus(home);
  process.kill(enginePid ?? -1, 'SIGSTOP');
  await page.keyboard.press('Control+Shift+S');
  await expect(page.getByText(/Emergency stop.*carried out by the guardian.*Verified flat/i)).toBeVisible();
  await expect(tradingState(page)).toContainText('HALTED');
  // The guardian took an epoch for its own orders, the next life the one after.
  await expect(page.getByText(/Engine epoch 3/)).toBeVisible();
  const after = await guardianStatus(home);
  expect(after.engine).toBe('alive');
  expect(after.enginePid).not.toBe(enginePid);
  expect(after.tradingState).toBe('halted');
});
