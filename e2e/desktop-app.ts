import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, expect, type Locator, type Page, test } from '@playwright/test';
import { requestStatus } from '../src-main/guardian/client.ts';
import { findRunning } from '../src-main/launcher/data-home.ts';
import { readJournal } from '../src-main/adapters/sqlite/journal-reader.ts';
import { hostLabel, isElectron, ROOT } from './host.ts';

export type DesktopApp = {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Data home of this launch. */
  readonly home: string;
  readonly args: readonly string[];
  /** Everything the processes printed. */
  printed(): string;
  close(): Promise<void>;
};

/** Starts the built desktop on data of its own. The specs do not know which host runs it. */
export async function launchDesktop(environment: Readonly<Record<string, string>> = {}): Promise<DesktopApp> {
  const folder = mkdtempSync(join(tmpdir(), 'leeward-e2e-'));
  const home = join(folder, 'home');
  const args = [ROOT, `--user-data-dir=${join(folder, 'user-data')}`, `--data-dir=${home}`];
  const app = await _electron.launch({ args, cwd: ROOT, env: { ...inherited(), ...environment } });
  let printed = '';
  for (const stream of [app.process().stdout, app.process().stderr])
    stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const versions = await app.evaluate(() => ({ ...process.versions }) as Readonly<Record<string, string>>);
  expect('standin' in versions, 'the host is what the report says').toBe(!isElectron);
  const page = await app.firstWindow();
  return {
    ...{ app, page, home, args },
    printed: () => printed,
    close: async () => {
      // The documented way to answer a native question: working orders may make the window ask before it closes.
      await app.evaluate(({ dialog }) => {
        dialog.showMessageBox = async () => ({ response: 1, checkboxChecked: false });
      });
      await app.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const inherited = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

test.beforeAll(() => {
  process.stdout.write(`${hostLabel}\n`);
});

/** The state cell of the strip. */
export const tradingState = (page: Page): Locator => page.locator('.cell.state');

/** Resolves when the terminal shows a running engine with live books. */
export async function untilLive(page: Page): Promise<void> {
  await expect(tradingState(page)).toContainText('ACTIVE');
  await expect(page.getByText(/worst of 14/)).toBeVisible();
}

export async function journalRows(page: Page): Promise<number> {
  const text = await page.getByText(/Journal #/).textContent();
  return Number(/#([\d,]+)/.exec(text ?? '')?.[1]?.replaceAll(',', ''));
}

/** What the ladder has painted, to be compared with what it paints later. */
export async function paintedBook(page: Page): Promise<string> {
  const canvas = page.getByRole('region', { name: 'Order book' }).locator('canvas').first();
  return canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
}

/** Presses the shortcut outside every window: only the operating system can, so only the stand-in offers it. */
export async function pressGlobalShortcut(app: ElectronApplication): Promise<void> {
  test.skip(isElectron, 'only the operating system presses a global shortcut');
  await app.evaluate(({ globalShortcut }) => {
    const standin = globalShortcut as unknown as { __standinTrigger(accelerator: string): void };
    standin.__standinTrigger('CommandOrControl+Shift+S');
  });
}

export const guardianStatus = async (home: string): ReturnType<typeof requestStatus> =>
  requestStatus(runningSession(home).guardianSocket);

export function runningSession(home: string): NonNullable<ReturnType<typeof findRunning>> {
  const running = findRunning(home);
  if (!running) throw new Error(`expected a running session in ${home}, was none`);
  return running;
}

/** The journal's rows of one kind, read while the engine writes. */
export function journaled(home: string, kind: string): readonly unknown[] {
  const sessions = readdirSync(join(home, 'practice'));
  return sessions.flatMap((name) => {
    const journal = readJournal(join(home, 'practice', name));
    if (!journal.ok) throw new Error(`expected a journal in ${name}, was ${journal.error.detail}`);
    const rows = [...journal.value.rows({ kind })];
    journal.value.close();
    return rows;
  });
}
