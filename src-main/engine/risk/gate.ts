import type { BracketRequest } from '../domain/command.ts';
import type { Verdict } from '../domain/denial.ts';
import { bracketFigures } from './bracket-figures.ts';
import { judgeExposure } from './exposure-checks.ts';
import { verdictOf } from './judgment.ts';
import { judgePrices } from './price-checks.ts';
import { referenceMedian } from './reference-price.ts';
import { judgeReadiness } from './readiness-checks.ts';
import { judgeSize } from './size-checks.ts';
import type { GateContext } from './subject.ts';

export type { GateContext } from './subject.ts';

/**
 * Judges an entry with its protection. Every check is evaluated and returned, whatever failed before it. Denies when any
 * check fails or cannot be measured; never throws on what the request holds.
 */
export function judgeBracket(request: BracketRequest, context: GateContext): Verdict {
  const figures = bracketFigures(request, context.instrument);
  const reference = referenceMedian(context.reference, context.config.maxReferenceAgeMs);
  const subject = { request, context, figures, reference };
  return verdictOf([
    ...judgeReadiness(subject),
    ...judgeSize(subject),
    ...judgePrices(subject),
    ...judgeExposure(subject),
  ]);
}
