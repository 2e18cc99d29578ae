import { type Browser, type BrowserContext, chromium, expect, type Page, test } from '@playwright/test';
import { guardianStatus, journaled, journalRows, paintedBook, tradingState, untilLive } from './desktop-app.ts';
import { type LoopbackWitness, startWitness } from './loopback-witness.ts';
import { type ServedTerminal, serveTerminal } from './served-terminal.ts';

let home: string;
let served: ServedTerminal;
let address: URL;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let attacker: LoopbackWitness;
let entered: number;

test.beforeAll(async () => {
  served = await serveTerminal();
  ({ address, home } = served);
  attacker = await startWitness('<!doctype html><title>attacker</title>');
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--host-resolver-rules=MAP evil.example 127.0.0.1'],
  });
  context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
  page = await context.newPage();
  const answer = page.waitForResponse((response) => response.url().includes('/enter'));
  await page.goto(address.href);
  entered = (await answer).status();
  await untilLive(page);
});
test.afterAll(async () => {
  await browser.close();
  await attacker.close();
  await served.close();
});

test('the address enters once and opens the same live terminal', async () => {
  expect(entered).toBe(303);
  expect(page.url()).toBe(`${address.origin}/`);
  const before = await journalRows(page);
  const painted = await paintedBook(page);
  await expect.poll(() => paintedBook(page)).not.toBe(painted);
  await expect.poll(() => journalRows(page)).toBeGreaterThan(before);
  const again = await (await browser.newContext()).request.get(address.href, { maxRedirects: 0 });
  expect(again.status()).toBe(403);
});

test('a page of another origin gets no stream, no answer and no frame', async () => {
  const foreign = await context.newPage();
  await foreign.goto(attacker.address);
  const outcome = await foreign.evaluate(
    async ({ host, origin }) => {
      const socket = await new Promise((resolve) => {
        const line = new WebSocket(`ws://${host}/stream`);
        line.onopen = () => resolve('open');
        line.onerror = () => resolve('refused');
      });
      const read = await fetch(`${origin}/api/health`, { credentials: 'include' }).then(
        () => 'read',
        () => 'refused',
      );
      const frame = Object.assign(document.createElement('iframe'), { src: `${origin}/` });
      document.body.append(frame);
      await new Promise((resolve) => (frame.onload = resolve));
      let framed = 'refused';
      try {
        if (frame.contentDocument !== null) framed = 'readable';
      } catch {
        framed = 'refused';
      }
      return { socket, read, framed };
    },
    { host: address.host, origin: address.origin },
  );
  expect(outcome).toEqual({ socket: 'refused', read: 'refused', framed: 'refused' });
  const frames = await Promise.all(
    foreign
      .frames()
      .slice(1)
      .map((frame) => frame.evaluate(() => document.title).catch(() => '')),
  );
  expect(frames.filter((title) => title.includes('Leeward'))).toEqual([]);
  const posted = await foreign.evaluate(
    (origin) =>
      fetch(`${origin}/api/health`, { method: 'POST', mode: 'no-cors', credentials: 'include' }).then(
        () => 'answered',
        () => 'refused',
      ),
    address.origin,
  );
  expect(posted).toBe('refused');
  expect(journaled(home, 'command.received')).toEqual([]);
  await foreign.close();
});

test('a rebound name of this machine is not served', async () => {
  const rebound = await context.newPage();
  const answer = await rebound.goto(`http://evil.example:${address.port}/`);
  expect(answer?.status()).toBe(421);
  await rebound.close();
});

test('Ctrl+Shift+S inside an input of a dialog stops everything', async () => {
  await tradingState(page).click();
  await page.getByRole('menuitem', { name: /Reduce only/ }).click();
  await page.getByRole('dialog').getByRole('textbox').first().fill('a reason half written');
  await page.keyboard.press('Control+Shift+S');
  await expect(tradingState(page)).toContainText(/HALTED|STOPPING/);
  await expect.poll(async () => (await guardianStatus(home)).tradingState).toMatch(/halted|stopping/);
  const commands = journaled(home, 'command.received').map((row) => JSON.stringify(row));
  expect(commands.filter((row) => row.includes('emergencyStop')).length).toBeGreaterThan(0);
});
