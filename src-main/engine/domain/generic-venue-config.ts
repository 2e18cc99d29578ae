import { type ConfigProblem, shownValue, unknownKey } from './config-problem.ts';
import { type GenericVenue, isGenericVenue } from './generic-venues.ts';
import { type InstrumentId, parseInstrumentId } from './identifiers.ts';

/** A venue of the generic adapter, as an object of the configuration's list of venues. */
export type GenericVenueConfig = {
  readonly venue: GenericVenue;
  /** `paper`: its market data, with orders that a practice exchange of its own fills. */
  readonly mode: 'paper' | 'live';
  /** What is shown and traded there. */
  readonly instruments: readonly InstrumentId[];
  /** Names what is missing there, as `leeward venues <venue>` prints it; null where nobody accepted it. */
  readonly acceptedRisk: string | null;
};

type Report = (path: string, problem: Pick<ConfigProblem, 'expected' | 'was'>) => void;

const KEYS = ['adapter', 'id', 'mode', 'instruments', 'acceptedRisk'];
const MODES = ['paper', 'live'] as const;

/** Separates the names of a list of venues from its objects. A list without objects, and what is no list, stays as it is. */
export function splitVenues(
  raw: unknown,
  report: Report,
): { readonly names: unknown; readonly generic: readonly GenericVenueConfig[] | undefined } {
  if (raw === undefined) return { names: undefined, generic: undefined };
  if (!Array.isArray(raw)) return { names: raw, generic: [] };
  const list: readonly unknown[] = raw;
  const generic: GenericVenueConfig[] = [];
  list.forEach((one, index) => {
    if (typeof one !== 'object' || one === null) return;
    const read = readVenue(one as Readonly<Record<string, unknown>>, `venues[${index}]`, report);
    if (read === undefined) return;
    if (generic.some(({ venue }) => venue === read.venue)) {
      report(`venues[${index}].id`, { expected: 'each venue once', was: `${read.venue.toLowerCase()} again` });
    } else generic.push(read);
  });
  return { names: list.filter((one) => typeof one !== 'object' || one === null), generic };
}

type Raw = Readonly<Record<string, unknown>>;

/** Undefined when what it names cannot be traded at all; every problem is reported. */
function readVenue(raw: Raw, path: string, report: Report): GenericVenueConfig | undefined {
  for (const key of Object.keys(raw)) if (!KEYS.includes(key)) report(`${path}.${key}`, unknownKey(key, KEYS));
  const { adapter, id, instruments } = raw;
  if (adapter !== 'generic') report(`${path}.adapter`, { expected: 'generic', was: shownValue(adapter) });
  const [mode, acceptedRisk] = [modeOf(raw, path, report), acceptedRiskOf(raw, path, report)];
  const venue = typeof id === 'string' && id === id.toLowerCase() ? id.toUpperCase() : '';
  if (!isGenericVenue(venue)) {
    report(`${path}.id`, { expected: 'an exchange id that leeward venues lists, such as kucoin', was: shownValue(id) });
    return undefined;
  }
  const traded = instrumentsOf(venue, instruments);
  if (traded === undefined) {
    const expected = `a list of its instruments such as BTC/USDT.${venue}.SPOT`;
    report(`${path}.instruments`, { expected, was: shownValue(instruments) });
  }
  return { venue, mode, instruments: traded ?? [], acceptedRisk };
}

function modeOf({ mode: written = 'paper' }: Raw, path: string, report: Report): GenericVenueConfig['mode'] {
  const mode = MODES.find((one) => one === written);
  if (mode === undefined) report(`${path}.mode`, { expected: 'one of paper, live', was: shownValue(written) });
  return mode ?? 'paper';
}

function acceptedRiskOf({ acceptedRisk = null }: Raw, path: string, report: Report): string | null {
  if (acceptedRisk === null || typeof acceptedRisk === 'string') return acceptedRisk;
  report(`${path}.acceptedRisk`, { expected: 'the text that leeward venues prints', was: shownValue(acceptedRisk) });
  return null;
}

function instrumentsOf(venue: GenericVenue, value: unknown): readonly InstrumentId[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const ids: readonly unknown[] = value;
  const isOwn = (id: unknown): id is InstrumentId => {
    const parts = typeof id === 'string' ? parseInstrumentId(id) : null;
    return parts?.ok === true && parts.value.venue === venue;
  };
  return ids.every(isOwn) ? [...new Set(ids)] : undefined;
}
