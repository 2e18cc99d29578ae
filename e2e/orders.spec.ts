import { type Browser, chromium, expect, type Locator, type Page, test } from '@playwright/test';
import { runningSession, tradingState } from './desktop-app.ts';
import { type ServedTerminal, serveTerminal } from './served-terminal.ts';

const SPOT = 'BTC/USDT at BINANCE SPOT';
const USDM = 'BTC/USDT at BINANCE USDM';

let served: ServedTerminal;
let browser: Browser;
let page: Page;
test.beforeAll(async () => {
  served = await serveTerminal('--venues', 'binance,usdm');
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  });
  page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  await page.goto(served.address.href);
  await expect(tradingState(page)).toContainText('ACTIVE');
  // Strategies would trade the same account.
  await expect(page.getByRole('switch', { name: /^Strategy/ })).not.toHaveCount(0);
  for (const strategy of await page.getByRole('switch', { name: /^Strategy/ }).all()) await strategy.click();
});
test.afterAll(async () => {
  await browser.close();
  await served.close();
});

type LedgerOrder = {
  readonly symbol: string;
  readonly side: string;
  readonly type: string;
  readonly status: string;
  readonly price: string;
  readonly stopPrice: string;
  readonly quantity: string;
  readonly executedQuantity: string;
};

/** The venue's own book of an account: the witness of what the terminal shows. */
async function ledger(query: string): Promise<readonly LedgerOrder[]> {
  const { practice } = runningSession(served.home);
  const answer = await fetch(`${practice?.control ?? ''}/practice/ledger?${query}`);
  return ((await answer.json()) as { readonly orders: readonly LedgerOrder[] }).orders;
}
const spotOrders = async (quantity: string): Promise<readonly LedgerOrder[]> =>
  (await ledger('account=paper-01')).filter((order) => Number(order.quantity) === Number(quantity));

const ticket = (): Locator => page.getByRole('region', { name: 'Order ticket' });
const field = (label: string): Locator => page.locator('.ticket').getByLabel(label, { exact: true });

async function show(market: string): Promise<void> {
  await page.getByRole('region', { name: 'Watchlist' }).getByTitle(market).click();
  await page.getByRole('tab', { name: 'Order ticket' }).click();
  await expect(ticket()).toBeVisible();
}

/** Fills the ticket from the book; the quantity tells the order from every other one. */
async function fill(type: string, quantity: string, more: () => Promise<unknown> = async () => undefined) {
  await field('Type').selectOption(type);
  await more();
  await page.getByRole('button', { name: 'from book' }).click();
  await field('Quantity').fill(quantity);
}

/** The gate is asked first: the button waits for its word. */
async function send(): Promise<void> {
  const button = page.locator('.btn.send');
  await expect(button).toBeEnabled();
  await button.click();
  await expect(field('Quantity')).toHaveValue('');
}

const lasts = (time: string) => async (): Promise<unknown> => field('Lasts').selectOption(time);

type Form = readonly [form: string, type: string, more: () => Promise<unknown>, venueType: string];
const nothing = async (): Promise<undefined> => undefined;

/** One market a form, so that no form takes the order slots of another. */
const FORMS: Readonly<Record<string, Form>> = {
  BTC: ['limit GTC', 'limit', lasts('gtc'), 'LIMIT'],
  ETH: ['limit IOC', 'limit', lasts('ioc'), 'LIMIT'],
  SOL: ['limit FOK with stop and target', 'limit', lasts('fok'), 'LIMIT'],
  XRP: ['limit GTD', 'limit', untilMidnight, 'LIMIT'],
  DOGE: ['post-only', 'limitMaker', nothing, 'LIMIT_MAKER'],
  LINK: ['market', 'market', nothing, 'MARKET'],
  LTC: ['stop limit', 'stopLimit', lasts('gtc'), 'STOP_LOSS_LIMIT'],
  UNI: ['stop market', 'stopMarket', nothing, 'STOP_LOSS'],
  ATOM: ['take profit limit', 'takeProfitLimit', lasts('gtc'), 'TAKE_PROFIT_LIMIT'],
  ARB: ['take profit market', 'takeProfitMarket', nothing, 'TAKE_PROFIT'],
};

async function untilMidnight(): Promise<void> {
  await field('Lasts').selectOption('gtd');
  await field('Ends at').fill('23:59');
}

for (const [base, [form, type, more, venueType]] of Object.entries(FORMS)) {
  test(`a ${form} order goes from the ticket to the venue`, async () => {
    await show(`${base}/USDT at BINANCE SPOT`);
    await field('Quantity in').selectOption('quote');
    await fill(type, '60', more);
    if (type === 'limitMaker') {
      // A bid that the market reaches before it arrives would be rejected.
      await field('Price').fill((Number(await field('Price').inputValue()) * 0.996).toFixed(5));
    }
    await expect(page.getByLabel('Estimate')).toContainText('Worst');
    await send();
    const placed = async (): Promise<readonly string[]> =>
      (await ledger('account=paper-01'))
        .filter(({ symbol, side }) => symbol === `${base}USDT` && side === 'BUY')
        .map((order) => order.type);
    await expect.poll(placed).toEqual([venueType]);
    await expect(page.locator('.lastorder')).toContainText(/Buy [\d.,]+/);
  });
}

test('a trailing entry goes to USD-M, which keeps it apart', async () => {
  await show(USDM);
  await fill('trailingStop', '0.003', async () => field('Trails by').fill('1.5'));
  await send();
  const { practice } = runningSession(served.home);
  const conditional = async (): Promise<readonly string[]> => {
    const answer = await fetch(`${practice?.control ?? ''}/practice/ledger?account=futures-01&product=usdm`);
    const told = (await answer.json()) as { readonly conditionalOrders: readonly Pick<LedgerOrder, 'side' | 'type'>[] };
    return told.conditionalOrders.map(({ side, type }) => `${side} ${type}`);
  };
  await expect.poll(conditional).toContain('BUY TRAILING_STOP_MARKET');
});

test('what the venue rejects stands in the ticket with its reason', async () => {
  await show('OP/USDT at BINANCE SPOT');
  await field('Quantity in').selectOption('quote');
  await fill('limit', '60', lasts('gtc'));
  await field('Shows').fill('1');
  await send();
  await expect(page.locator('.lastorder')).toContainText('rejected');
  await expect(page.locator('.lastorder')).toContainText(/Iceberg orders are not supported/i);
});

test('a sell on spot only closes, at once, what is held', async () => {
  await show(SPOT);
  await fill('market', '0.00201');
  await send();
  await expect.poll(async () => (await spotOrders('0.00201')).some(({ status }) => status === 'FILLED')).toBe(true);
  await page.getByRole('radio', { name: '▼ Sell' }).click();
  await expect(field('Type').locator('option', { hasText: 'Stop market' })).toHaveText(/the stop holds the balance/);
  await field('Quantity').fill('0.00151');
  await send();
  await expect
    .poll(async () => (await spotOrders('0.00151')).map(({ side, type, status }) => `${side} ${type} ${status}`))
    .toEqual(['SELL MARKET FILLED']);
  await page.getByRole('radio', { name: '▲ Buy' }).click();
});

test('a short on USD-M is placed with its stop', async () => {
  await show('ETH/USDT at BINANCE USDM');
  await page.getByRole('radio', { name: '▼ Sell' }).click();
  await fill('limit', '0.05', lasts('gtc'));
  await send();
  await expect
    .poll(async () => (await ledger('account=futures-01&product=usdm')).map(({ side, quantity }) => `${side} ${Number(quantity)}`))
    .toContain('SELL 0.05'); // prettier-ignore
});

test('what is wrong is said at its field and goes nowhere', async () => {
  await show(SPOT);
  await fill('limit', '0.00202', lasts('gtc'));
  await field('Stop').fill('999999');
  await expect(page.locator('.problem').first()).toHaveText(/A stop belongs below the entry/);
  await expect(page.locator('.btn.send')).toBeDisabled();
  expect(await spotOrders('0.00202')).toEqual([]);
});

test('a resting order is changed once what will be is confirmed', async () => {
  await show(SPOT);
  await fill('limit', '0.00203', lasts('gtc'));
  const price = Number(await field('Price').inputValue());
  const [first, second] = [(price * 0.996).toFixed(2), (price * 0.995).toFixed(2)];
  await field('Price').fill(first);
  await send();
  await page.getByRole('tab', { name: 'Positions and orders' }).click();
  await page.getByLabel('Change Buy 0.00203 BTC/USDT.BINANCE.SPOT').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Price').fill(second);
  await dialog.getByRole('button', { name: 'Review' }).click();
  await expect(dialog).toContainText('BINANCE cannot change it in place');
  expect((await spotOrders('0.00203')).map(({ status }) => status)).toEqual(['NEW']);
  await dialog.getByRole('button', { name: 'Change the order' }).click();
  await expect
    .poll(async () => (await spotOrders('0.00203')).map((order) => [order.status, Number(order.price)]))
    .toEqual([
      ['CANCELED', Number(first)],
      ['NEW', Number(second)],
    ]);
});

test('a TWAP is started, shows its children, and is stopped', async () => {
  await show(SPOT);
  const children = async (): Promise<readonly string[]> =>
    (await spotOrders('0.00301')).filter(({ side }) => side === 'BUY').map(({ type }) => type);
  await page.getByRole('tab', { name: 'Executor', exact: true }).click();
  await field('Kind').selectOption('twap');
  await field('Slices').fill('4');
  await field('Jitter').fill('0');
  await page.getByRole('button', { name: 'from book' }).click();
  await field('Quantity').fill('0.01204');
  await expect(page.locator('.btn.send')).toContainText('Start TWAP: Buy 0.01204 BTC');
  await send();
  await expect.poll(children).toEqual(['LIMIT']);
  await page.getByRole('tab', { name: 'Executors', exact: true }).click();
  const executors = page.getByRole('region', { name: 'Executors' });
  await expect(executors).toContainText('Children of TWAP');
  await expect(executors.locator('.orders tbody tr')).toContainText('0.00301');
  await page.getByLabel(/^Stop TWAP/).click();
  await expect(executors.locator('tbody tr').first()).toContainText('stopped: by hand');
  expect(await children()).toHaveLength(1);
});
