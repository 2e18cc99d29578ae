import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandSchema } from '../../src-preload/contract/messages.ts';
import { ORDER_TYPES, type OrderFormsDto, type OrderTypeDto } from '../../src-preload/contract/order-forms.ts';
import { sampleInstruments } from '../testing/sample-markets.ts';
import { isOnStep, multiplyDecimals, signOf, subtractDecimals } from '../ui/number-text.ts';
import { formsOf, timeChoices, typeChoices } from './order-forms.ts';
import { estimateOf, quantityOf } from './order-size.ts';
import { EMPTY_TICKET, endOf, settled, type TicketFields, type TicketWorld } from './ticket-fields.ts';
import { proposedExits, proposedPrices } from './ticket-proposals.ts';
import { draftOf, routed } from './ticket.ts';

const btc = sampleInstruments[0]!;
const formed = (over: Partial<OrderFormsDto>) => ({ ...btc, forms: { ...formsOf(btc), ...over } });
const FUTURES = formed({
  shorts: true,
  restingExits: true,
  icebergs: false,
  timesInForce: ['gtc', 'ioc', 'fok', 'gtd'],
});
const NOON = Date.UTC(2026, 0, 7, 12);
const WORLD: TicketWorld = {
  instrument: btc,
  accountId: 'paper-01',
  bestBid: '45363.63',
  bestAsk: '45363.64',
  equity: '100000',
  nowMs: NOON,
};
const EXITS = { stopTrigger: '45000', stopLimit: '44900', target: '46000' };
const ticket = (over: Partial<TicketFields> = {}): TicketFields => ({
  ...EMPTY_TICKET,
  ...{ size: '0.1', price: '45,360.00', trigger: '45400.00', trailing: '1.5', endsAt: '14:30', ...EXITS },
  ...over,
});
/** As the page does it: settled for the instrument, then drafted. */
const draft = (over: Partial<TicketFields> = {}, world: TicketWorld = WORLD) =>
  draftOf(settled(ticket(over), world.instrument), world);

describe('the order of a ticket', () => {
  it.each<[OrderTypeDto, object]>([
    ['limit', { timeInForce: 'gtc', price: '45360.00', triggerPrice: null }],
    ['limitMaker', { timeInForce: null, price: '45360.00', triggerPrice: null }],
    ['market', { timeInForce: null, price: null, triggerPrice: null }],
    ['stopLimit', { timeInForce: 'gtc', price: '45360.00', triggerPrice: '45400.00' }],
    ['stopMarket', { timeInForce: null, price: null, triggerPrice: '45400.00' }],
    ['takeProfitLimit', { timeInForce: 'gtc', price: '45360.00', triggerPrice: '45400.00' }],
    ['takeProfitMarket', { timeInForce: null, price: null, triggerPrice: '45400.00' }],
    ['trailingStop', { timeInForce: null, price: null, triggerPrice: null, trailingRatio: '0.015' }],
  ])('is whole as %s, and the contract takes it', (type, expected) => {
    const drafted = draft({ type });
    if (drafted.kind !== 'ready') throw new Error(`expected an order, was ${JSON.stringify(drafted)}`);
    expect(drafted.command).toMatchObject({ type, side: 'buy', quantity: '0.1', reduceOnly: false, ...expected });
    expect(drafted.command.protection).toEqual(EXITS);
    expect(commandSchema.parse(drafted.command)).toEqual(drafted.command);
  });

  it.each<[string, Partial<TicketFields>, object]>([
    ['an end', { timeInForce: 'gtd' }, { timeInForce: 'gtd', expiresAtUs: (NOON + 9_000_000) * 1000 }],
    ['a hidden part', { shown: '0.01' }, { displayQuantity: '0.01' }],
    [
      'a trailing stop',
      { stopRule: 'trailing', ruleValue: '2' },
      { protection: { ...EXITS, stopRule: { trailingRatio: '0.02' } } },
    ],
    [
      'an ATR stop',
      { stopRule: 'atr', ruleValue: '2.5' },
      { protection: { ...EXITS, stopRule: { atr: { multiple: '2.5', period: 14 } } } },
    ],
    [
      'a stop to the entry',
      { stopRule: 'breakEven', ruleValue: '1' },
      { protection: { ...EXITS, stopRule: { breakEvenRatio: '0.01' } } },
    ],
    [
      'an end in bars',
      { stopRule: 'bars', ruleValue: '12' },
      { protection: { ...EXITS, stopRule: { closeAfterBars: 12 } } },
    ],
    ['no target', { target: '' }, { protection: { ...EXITS, target: null } }],
  ])('takes %s along', (_name, over, expected) => {
    const drafted = draft(over);
    expect(drafted).toMatchObject({ kind: 'ready', command: expected });
    if (drafted.kind === 'ready') expect(commandSchema.safeParse(drafted.command).success).toBe(true);
  });

  it('only closes when it sells on spot, without a stop and at once', () => {
    const drafted = draft({ side: 'sell', type: 'stopLimit' });
    expect(drafted).toMatchObject({
      kind: 'ready',
      command: { side: 'sell', type: 'limit', timeInForce: 'ioc', reduceOnly: true, protection: null },
    });
  });

  it('may go short where the venue lets it, with its exits the other way round', () => {
    const world = { ...WORLD, instrument: FUTURES };
    const short = { stopTrigger: '45700', stopLimit: '45800', target: '44000' };
    expect(draft({ side: 'sell', ...short }, world)).toMatchObject({ kind: 'ready', command: { reduceOnly: false } });
    expect(draft({ side: 'sell' }, world)).toMatchObject({
      problems: {
        stopTrigger: 'A stop belongs above the entry at 45,360.',
        target: 'A target belongs below the entry at 45,360.',
      },
    });
    expect(draft({ side: 'sell', isClosing: true }, world)).toMatchObject({
      command: { type: 'limit', timeInForce: 'gtc' },
    });
  });

  it('is routed only in the form that every venue takes', () => {
    const [fok, gtc] = [draft({ timeInForce: 'fok' }), draft()];
    if (fok.kind !== 'ready' || gtc.kind !== 'ready') throw new Error('expected whole tickets');
    const route = routed(fok.command);
    expect(route).toMatchObject({ kind: 'routeBracket', entry: 'fok', limitPrice: '45360.00', ...EXITS });
    expect(commandSchema.parse(route)).toEqual(route);
    expect(routed(gtc.command)).toBeNull();
    const open = draft({ timeInForce: 'fok', target: '' });
    expect(open.kind === 'ready' && routed(open.command)).toBeNull();
  });
});

describe('what is wrong with a ticket', () => {
  it('names what is still empty', () => {
    const drafted = draftOf(settled(EMPTY_TICKET, btc), WORLD);
    expect(drafted).toEqual({ kind: 'open', missing: ['price', 'quantity', 'stop', 'stop limit'], problems: {} });
    expect(draft({ stopRule: 'atr' })).toMatchObject({ missing: ['stop rule'] });
  });

  it.each<[keyof TicketFields, Partial<TicketFields>, string]>([
    ['price', { price: '45360.005' }, 'Not on the tick of 0.01.'],
    ['price', { price: 'abc' }, 'Expected a price above zero, was abc.'],
    ['stopTrigger', { stopTrigger: '45360' }, 'A stop belongs below the entry at 45,360.'],
    ['stopLimit', { stopLimit: '45001' }, 'Belongs at the stop or below it.'],
    ['target', { target: '45360' }, 'A target belongs above the entry at 45,360.'],
    ['size', { size: '0.000001' }, 'Not on the lot of 0.00001.'],
    ['size', { size: '0.0001' }, "Under the venue's least of 5 USDT."],
    ['size', { size: '-1' }, 'Expected a quantity above zero, was -1.'],
    ['size', { sizeUnit: 'quote', size: '0.4' }, 'Less than one lot of 0.00001.'],
    ['size', { sizeUnit: 'quote', size: 'x' }, 'Expected an amount above zero, was x.'],
    ['shown', { shown: '0' }, 'Expected a quantity above zero, was 0.'],
    ['endsAt', { timeInForce: 'gtd', endsAt: '25:00' }, 'Expected a time as 14:30.'],
    ['trailing', { type: 'trailingStop', trailing: '100' }, 'Expected a percentage from 0 to 100.'],
    ['ruleValue', { stopRule: 'bars', ruleValue: '1.5' }, 'Expected a whole number of bars.'],
    ['ruleValue', { stopRule: 'atr', ruleValue: '0' }, 'Expected a multiple above zero.'],
  ])('says it at %s: %j', (field, over, line) => {
    expect(draft(over)).toMatchObject({ kind: 'open', problems: { [field]: line } });
  });

  it('does not size by a risk of an equity that nobody knows', () => {
    const drafted = draft({ sizeUnit: 'risk', size: '1' }, { ...WORLD, equity: null });
    expect(drafted).toMatchObject({ problems: { size: 'The equity in the quote asset is not known.' } });
  });
});

describe('forms of a venue', () => {
  it('offers each with the reason for what cannot be sent', () => {
    const plain = formed({ orderTypes: ['limit', 'market'], timesInForce: ['gtc', 'ioc'] });
    expect(typeChoices(plain, false).filter(({ refused }) => refused === null)).toHaveLength(2);
    expect(typeChoices(plain, false)).toHaveLength(ORDER_TYPES.length);
    expect(typeChoices(plain, false).at(-1)?.refused).toBe('BINANCE has none');
    expect(timeChoices(plain, 'limit', false).map(({ word, refused }) => [word, refused])).toEqual([
      ['GTC', null],
      ['IOC', null],
      ['FOK', 'BINANCE has none'],
      ['GTD by Leeward', null],
    ]);
    expect(timeChoices(btc, 'limit', true)[0]?.refused).toBe('the stop holds the balance');
    expect(timeChoices(FUTURES, 'limit', true).every(({ refused }) => refused === null)).toBe(true);
    expect(timeChoices(btc, 'market', false)).toEqual([]);
  });

  it('ends a good-till-time order at the next such time', () => {
    expect(endOf('14:30', NOON)).toBe((NOON + 9_000_000) * 1000);
    expect(endOf('12:00', NOON)).toBe((NOON + 86_400_000) * 1000);
    expect(endOf('noon', NOON)).toBeNull();
  });
});

describe('size', () => {
  it('is reckoned from a value or from the loss at the stop', () => {
    expect(quantityOf(ticket({ sizeUnit: 'quote', size: '5,000' }), WORLD)).toBe('0.11022');
    // 1 % of 100,000 over 460 of distance and 90.26 of fees a unit.
    expect(quantityOf(ticket({ sizeUnit: 'risk', size: '1' }), WORLD)).toBe('1.81732');
    expect(quantityOf(ticket({ sizeUnit: 'risk', size: '1', stopLimit: '' }), WORLD)).toBeNull();
    expect(
      quantityOf(ticket({ type: 'market', sizeUnit: 'quote', size: '100' }), { ...WORLD, bestAsk: null }),
    ).toBeNull();
  });

  it('never risks more than it was told to, and never a lot less', () => {
    const price = fc.integer({ min: 1_000_000, max: 9_000_000 }).map((ticks) => (ticks / 100).toFixed(2));
    const percent = fc.integer({ min: 1, max: 500 }).map((hundredths) => (hundredths / 100).toFixed(2));
    fc.assert(
      fc.property(price, price, percent, (entry, stop, size) => {
        fc.pre(Number(stop) < Number(entry));
        const fields = ticket({ price: entry, stopTrigger: stop, stopLimit: stop, target: '', sizeUnit: 'risk', size });
        const quantity = quantityOf(fields, WORLD) ?? '';
        expect(isOnStep(quantity, btc.lotSize)).toBe(true);
        if (signOf(quantity) === 0) return;
        const risked = multiplyDecimals('1000', size);
        const lost = estimateOf(fields, WORLD)?.worstLoss ?? '';
        expect(signOf(subtractDecimals(risked, lost))).toBeGreaterThanOrEqual(0);
        const perLot = Number(lost) / (Number(quantity) / Number(btc.lotSize));
        expect(Number(risked) - Number(lost)).toBeLessThan(perLot * 1.000001);
      }),
    );
  });

  it('tells what the order means before it is sent', () => {
    expect(estimateOf(ticket(), WORLD)).toEqual({
      notional: '4536.000',
      fee: '4.536000',
      worstLoss: '55.026000',
      worstLossRatio: 0.00055026,
      rewardToRisk: 640 / 360,
    });
    expect(estimateOf(ticket({ isClosing: true }), WORLD)).toMatchObject({ worstLoss: null, rewardToRisk: null });
    expect(estimateOf(ticket({ size: '' }), WORLD)).toBeNull();
  });
});

describe('a proposal', () => {
  it('is a price that rests, one that can fill, or a trigger away from the market', () => {
    expect(proposedPrices(ticket(), WORLD)).toEqual({ price: '45363.63' });
    expect(proposedPrices(ticket({ timeInForce: 'fok' }), WORLD)).toEqual({ price: '45386.32' });
    expect(proposedPrices(ticket({ type: 'stopMarket' }), WORLD)).toEqual({ trigger: '45454.36' });
    expect(proposedPrices(ticket({ type: 'takeProfitLimit', side: 'sell' }), WORLD)).toEqual({
      trigger: '45454.36',
      price: '45431.63',
    });
    expect(proposedPrices(ticket({ type: 'market' }), WORLD)).toEqual({});
    expect(proposedPrices(ticket(), { ...WORLD, bestBid: null })).toEqual({});
  });

  it('puts exits on the tick on both sides of the entry', () => {
    expect(proposedExits(ticket(), WORLD)).toEqual({
      stopTrigger: '44997.12',
      stopLimit: '44906.40',
      target: '46085.76',
    });
    expect(proposedExits(ticket({ side: 'sell' }), WORLD)).toEqual({
      stopTrigger: '45722.88',
      stopLimit: '45813.60',
      target: '44634.24',
    });
    expect(proposedExits(ticket({ price: '' }), WORLD)).toEqual({});
  });
});
