import type { CommandDto } from './messages.ts';

export type ExecutorParamsDto = Extract<CommandDto, { readonly kind: 'startExecutor' }>['params'];
export type ExecutorKindDto = ExecutorParamsDto['kind'];

/**
 * How a field is typed: `price`, `quantity` and `quote` as decimals above zero, `percent` of a whole, `minutes`, `count`
 * as a whole number, `parts` as "0.1 @ 45000; 0.2 @ 44000".
 */
export type FieldUnit = 'price' | 'quantity' | 'quote' | 'percent' | 'minutes' | 'count' | 'parts';

export type ExecutorField = {
  readonly name: string;
  readonly label: string;
  readonly unit: FieldUnit;
  /** In the unit, both inclusive. */
  readonly min?: number;
  readonly max?: number;
  readonly isOptional?: true;
  readonly initial?: string;
  readonly says: string;
};

export type ExecutorForm = {
  readonly word: string;
  readonly says: string;
  readonly sides: readonly ('buy' | 'sell')[];
  /** Whether it may work an order that only closes. */
  readonly mayClose: boolean;
  readonly fields: readonly ExecutorField[];
};

const BOTH = ['buy', 'sell'] as const;
/** Ratios stay below one; typed with at most two decimals. */
const MOST_PERCENT = 99.99;
const LEAST_PERCENT = 0.01;

const LIMIT: ExecutorField = {
  name: 'limitPrice',
  label: 'Limit',
  unit: 'price',
  isOptional: true,
  says: 'Worst price a child may have; empty for any.',
};
const JITTER: ExecutorField = {
  name: 'jitterRatio',
  label: 'Jitter',
  unit: 'percent',
  min: 0,
  max: MOST_PERCENT,
  initial: '20',
  says: 'How much is left to chance, so that no pattern shows.',
};
const price = (name: string, label: string, says: string): ExecutorField => ({ name, label, unit: 'price', says });
const percent = (name: string, label: string, initial: string, says: string): ExecutorField => ({
  ...{ name, label, unit: 'percent', min: LEAST_PERCENT, max: MOST_PERCENT, initial, says },
});
type Range = readonly [min: number, max: number];
const count = (name: string, label: string, [min, max]: Range, initial: string, says: string): ExecutorField => ({
  ...{ name, label, unit: 'count', min, max, initial, says },
});
const minutes = (name: string, label: string, max: number, initial: string, says: string): ExecutorField => ({
  ...{ name, label, unit: 'minutes', min: 0.01, max, initial, says },
});

const DAY_MINUTES = 1_440;

/** What each executor is started with. The engine's own checks agree with these ranges; a test holds them together. */
export const EXECUTOR_FORMS: Readonly<Record<ExecutorKindDto, ExecutorForm>> = {
  twap: {
    word: 'TWAP',
    says: 'Equal slices over a time, each at the touch.',
    sides: BOTH,
    mayClose: true,
    fields: [
      minutes('durationMs', 'Over', 30 * DAY_MINUTES, '30', 'From the first to the last slice.'),
      count('slices', 'Slices', [1, 1_000], '10', 'Number of child orders.'),
      JITTER,
      LIMIT,
    ],
  },
  iceberg: {
    word: 'Iceberg',
    says: 'One small post-only order after the other at a price.',
    sides: BOTH,
    mayClose: true,
    fields: [
      price('price', 'Price', 'Where the children rest.'),
      { name: 'displayQuantity', label: 'Shows', unit: 'quantity', says: 'Size of a child.' },
      JITTER,
    ],
  },
  pov: {
    word: 'POV',
    says: 'A share of what the market trades in each closed bar.',
    sides: BOTH,
    mayClose: true,
    fields: [percent('participation', 'Share', '10', 'Of the traded volume.'), LIMIT],
  },
  chase: {
    word: 'Chase',
    says: 'Post-only at the best price, moved after it when it runs away.',
    sides: BOTH,
    mayClose: true,
    fields: [count('maxRepegs', 'Moves', [1, 1_000], '20', 'After so many it gives up.'), LIMIT],
  },
  ladder: {
    word: 'Scaled ladder',
    says: 'Resting orders spread evenly between two prices.',
    sides: BOTH,
    mayClose: true,
    fields: [
      price('from', 'From', 'Price of the first level.'),
      price('to', 'To', 'Price of the last level.'),
      count('levels', 'Levels', [1, 100], '5', 'Number of orders.'),
    ],
  },
  dca: {
    word: 'DCA',
    says: 'Equal tranches, one each interval, earlier when the price is that much better.',
    sides: BOTH,
    mayClose: true,
    fields: [
      count('tranches', 'Tranches', [1, 1_000], '6', 'Number of orders.'),
      minutes('intervalMs', 'Every', 365 * DAY_MINUTES, '60', 'From one tranche to the next.'),
      { ...percent('dropRatio', 'Or better by', '', 'Than the last one; empty for by time alone.'), isOptional: true },
    ],
  },
  grid: {
    word: 'Grid',
    says: 'Bids on evenly spread levels; what a level bought is sold one level higher.',
    sides: ['buy'],
    mayClose: false,
    fields: [
      price('lower', 'Lower', 'Price of the lowest bid.'),
      price('upper', 'Upper', 'Price of the highest sale.'),
      count('levels', 'Levels', [2, 100], '5', 'Prices, both ends included.'),
    ],
  },
  scale: {
    word: 'Scale in or out',
    says: 'Parts, each at once when the market reaches its price.',
    sides: BOTH,
    mayClose: true,
    fields: [{ name: 'parts', label: 'Parts', unit: 'parts', max: 100, says: 'Quantity @ price; …' }],
  },
  pyramid: {
    word: 'Pyramid',
    says: 'Adds to a winner after each gain; the stop moves first, so that the loss at it stays within the risk.',
    sides: BOTH,
    mayClose: false,
    fields: [
      { name: 'addQuantity', label: 'Adds', unit: 'quantity', says: 'Size of each addition.' },
      percent('stepRatio', 'After', '1', 'Gain from one addition to the next.'),
      percent('stopRatio', 'Stop', '1', 'Distance of the moved stop to the price.'),
      count('maxAdds', 'At most', [1, 100], '3', 'Additions.'),
      { name: 'riskLimit', label: 'Risk', unit: 'quote', says: 'Most that is lost at the stop.' },
    ],
  },
};

const DECIMAL = /^\d{1,20}(\.\d{1,18})?$/;

/** A typed field; `why` says what is wrong with it. */
export type FieldReading =
  | { readonly ok: true; readonly value: string | null }
  | { readonly ok: false; readonly why: 'empty' | 'form' | 'range' };

/** Reads what was typed, without grouping commas; null for an optional field that is left empty. */
export function readField(field: ExecutorField, typed: string): FieldReading {
  const text = typed.replaceAll(',', '').trim();
  if (text === '') return field.isOptional === true ? { ok: true, value: null } : { ok: false, why: 'empty' };
  if (field.unit === 'parts') return partsOf(text) === null ? { ok: false, why: 'form' } : { ok: true, value: text };
  if (!DECIMAL.test(text) || (field.unit === 'count' && text.includes('.'))) return { ok: false, why: 'form' };
  const { min, max } = field;
  const number = Number(text);
  const isInside = min === undefined ? number > 0 : number >= min;
  return isInside && number <= (max ?? Infinity) ? { ok: true, value: text } : { ok: false, why: 'range' };
}

export type ScaleParts = Extract<ExecutorParamsDto, { readonly kind: 'scale' }>['parts'];

/** Null for what does not read "quantity @ price; …". */
export function partsOf(text: string): ScaleParts | null {
  const parts = text
    .split(';')
    .filter((part) => part.trim() !== '')
    .map((part) => part.split('@').map((number) => number.trim()));
  const isWhole =
    parts.length > 0 && parts.every((part) => part.length === 2 && part.every((one) => DECIMAL.test(one)));
  return isWhole ? parts.map(([quantity = '', at = '']) => ({ quantity, price: at })) : null;
}

const MS_PER_MINUTE = 60_000;

/** A percentage as a fraction, exactly: the point moves by two places. */
function fraction(percentage: string): string {
  const [whole = '', decimals = ''] = percentage.split('.');
  const padded = whole.padStart(3, '0');
  return `${padded.slice(0, -2)}.${padded.slice(-2)}${decimals}`;
}

type Values = {
  /** Throws for a name that the form does not have; a form is read only when each field is. */
  readonly text: (name: string) => string;
  readonly optional: (name: string) => string | null;
};

const PARAMS: {
  readonly [K in ExecutorKindDto]: (values: Values) => Extract<ExecutorParamsDto, { readonly kind: K }>;
} = {
  twap: ({ text, optional }) => ({
    kind: 'twap',
    durationMs: Math.round(Number(text('durationMs')) * MS_PER_MINUTE),
    slices: Number(text('slices')),
    jitterRatio: fraction(text('jitterRatio')),
    limitPrice: optional('limitPrice'),
  }),
  iceberg: ({ text }) => ({
    kind: 'iceberg',
    price: text('price'),
    displayQuantity: text('displayQuantity'),
    jitterRatio: fraction(text('jitterRatio')),
  }),
  pov: ({ text, optional }) => ({
    kind: 'pov',
    participation: fraction(text('participation')),
    limitPrice: optional('limitPrice'),
  }),
  chase: ({ text, optional }) => ({
    kind: 'chase',
    limitPrice: optional('limitPrice'),
    maxRepegs: Number(text('maxRepegs')),
  }),
  ladder: ({ text }) => ({ kind: 'ladder', from: text('from'), to: text('to'), levels: Number(text('levels')) }),
  dca: ({ text, optional }) => {
    const drop = optional('dropRatio');
    return {
      kind: 'dca',
      tranches: Number(text('tranches')),
      intervalMs: Math.round(Number(text('intervalMs')) * MS_PER_MINUTE),
      dropRatio: drop === null ? null : fraction(drop),
    };
  },
  grid: ({ text }) => ({ kind: 'grid', lower: text('lower'), upper: text('upper'), levels: Number(text('levels')) }),
  scale: ({ text }) => ({ kind: 'scale', parts: partsOf(text('parts')) ?? [] }),
  pyramid: ({ text }) => ({
    kind: 'pyramid',
    addQuantity: text('addQuantity'),
    stepRatio: fraction(text('stepRatio')),
    stopRatio: fraction(text('stopRatio')),
    maxAdds: Number(text('maxAdds')),
    riskLimit: text('riskLimit'),
  }),
};

/** The parameters of an executor from its typed fields; null while one of them cannot be read. */
export function executorParams(
  kind: ExecutorKindDto,
  typed: Readonly<Record<string, string>>,
): ExecutorParamsDto | null {
  const values = new Map<string, string | null>();
  for (const field of EXECUTOR_FORMS[kind].fields) {
    const reading = readField(field, typed[field.name] ?? '');
    if (!reading.ok) return null;
    values.set(field.name, reading.value);
  }
  const optional = (name: string): string | null => values.get(name) ?? null;
  const text = (name: string): string => {
    const value = optional(name);
    if (value === null) throw new Error(`expected the field ${name} in the form of ${kind}, was none`);
    return value;
  };
  return PARAMS[kind]({ text, optional });
}
