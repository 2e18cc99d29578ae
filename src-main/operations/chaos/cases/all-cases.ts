import type { ChaosCase } from '../chaos-case.ts';
import { BROKEN_STREAMS } from './broken-streams.ts';
import { FUTURES } from './futures.ts';
import { HICCUP } from './hiccup.ts';
import { KRAKEN } from './kraken.ts';
import { LOST_ANSWERS } from './lost-answers.ts';
import { LOST_PROTECTION } from './lost-protection.ts';
import { MARGIN } from './margin.ts';
import { PROTECTION } from './protection.ts';
import { RECONCILIATION } from './reconciliation.ts';
import { REFUSED_REQUESTS } from './refused-requests.ts';

/** Every case by name: one for each reported pain and each row of the fault table, in that order of themes. */
export const CASES: readonly ChaosCase[] = [
  ...LOST_ANSWERS,
  ...LOST_PROTECTION,
  ...REFUSED_REQUESTS,
  ...BROKEN_STREAMS,
  ...RECONCILIATION,
  ...PROTECTION,
  ...HICCUP,
  ...FUTURES,
  ...MARGIN,
  ...KRAKEN,
];
