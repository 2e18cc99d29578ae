import type { ExecutionConfig } from '../domain/config.ts';

/** `entry` new exposure, `safety` cancels, stops and exits, `query` looks at the account. */
export const ENDPOINT_CLASSES = ['entry', 'safety', 'query'] as const;
export type EndpointClass = (typeof ENDPOINT_CLASSES)[number];

/** Circuit breaker of one endpoint class of one account: what the last answers were worth. */
export type Breaker = {
  /** `halfOpen`: the cool-down is over and one request may prove the venue well again. */
  state: 'closed' | 'open' | 'halfOpen';
  /** Requests in a row without an answer of the venue. */
  failures: number;
  /** Answers in a row that took too long. */
  slowAnswers: number;
  openedAtUs: number | null;
  coolDownUs: number;
  /** When the probe was sent that is on its way. */
  probeAtUs: number | null;
};

export type Breakers = Readonly<Record<EndpointClass, Breaker>>;

/** `answered`: the venue itself spoke, be it a refusal. */
export type Answer = { readonly answered: boolean; readonly tookUs: number };

const US_PER_MS = 1_000;

const closedBreaker = (): Breaker => ({
  state: 'closed',
  failures: 0,
  slowAnswers: 0,
  openedAtUs: null,
  coolDownUs: 0,
  probeAtUs: null,
});

export const closedBreakers = (): Breakers => ({
  entry: closedBreaker(),
  safety: closedBreaker(),
  query: closedBreaker(),
});

/**
 * Counts an answer. Opens on `breakerFailures` failures or `breakerSlowAnswers` slow answers in a row, and when a probe
 * fails or is slow: then the cool-down doubles up to its maximum. A prompt answer closes it and forgets the cool-down.
 */
export function noteAnswer(breaker: Breaker, answer: Answer, nowUs: number, config: ExecutionConfig): void {
  const isSlow = answer.tookUs > config.breakerSlowMs * US_PER_MS;
  breaker.failures = answer.answered ? 0 : breaker.failures + 1;
  breaker.slowAnswers = isSlow ? breaker.slowAnswers + 1 : 0;
  const wasProbe = breaker.probeAtUs !== null;
  breaker.probeAtUs = null;
  if (breaker.state === 'closed') {
    const isWorn = breaker.failures >= config.breakerFailures || breaker.slowAnswers >= config.breakerSlowAnswers;
    if (isWorn) open(breaker, config.breakerCoolDownMs * US_PER_MS, nowUs);
    return;
  }
  if (answer.answered && !isSlow) Object.assign(breaker, closedBreaker());
  else if (wasProbe) open(breaker, Math.min(breaker.coolDownUs * 2, config.breakerMaxCoolDownMs * US_PER_MS), nowUs);
}

function open(breaker: Breaker, coolDownUs: number, nowUs: number): void {
  breaker.state = 'open';
  breaker.openedAtUs = nowUs;
  breaker.coolDownUs = coolDownUs;
}

/** After the cool-down one request may go as a probe. */
export function coolDown(breaker: Breaker, nowUs: number): void {
  if (breaker.state === 'open' && nowUs >= retryAtUs(breaker)) breaker.state = 'halfOpen';
}

export const retryAtUs = ({ openedAtUs, coolDownUs }: Breaker): number => (openedAtUs ?? 0) + coolDownUs;

/** May a new request go: always while closed, one at a time while half open. A probe whose answer was lost is given up. */
export function mayPass({ state, probeAtUs, coolDownUs }: Breaker, nowUs: number): boolean {
  if (state !== 'halfOpen') return state === 'closed';
  return probeAtUs === null || nowUs - probeAtUs >= coolDownUs;
}

/** The request that goes now is the probe of a half-open breaker. */
export function noteSent(breaker: Breaker, nowUs: number): void {
  if (breaker.state === 'halfOpen') breaker.probeAtUs = nowUs;
}
