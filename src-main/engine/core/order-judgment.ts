import type { JudgedCommand } from '../domain/command.ts';
import type { Denial, Verdict } from '../domain/denial.ts';
import type { PriceReference } from '../domain/market.ts';
import type { Parts } from './core-state.ts';
import { judgeEntry } from './entry-path.ts';
import { judgeStart } from './executor-commands.ts';
import type { GateTurn } from './gate-context.ts';
import { sortOrder } from './place-order.ts';
import { judgeReduction } from './reduce-path.ts';

/** The verdict a command would get now, by the checks that carry it out. Nothing is sent, journaled or remembered. */
export function judgmentOf(parts: Parts, command: JudgedCommand, reference: PriceReference): Verdict {
  const turn: GateTurn = { state: parts.state.execution, timeUs: parts.state.timeUs };
  switch (command.kind) {
    case 'enterBracket':
      return judgeEntry(parts, turn, command.request, reference);
    case 'startExecutor':
      return verdictOn(judgeStart(parts, turn, command.request));
    case 'placeOrder': {
      const sorted = sortOrder(turn, command.request, reference);
      if (sorted.kind === 'denied') return verdictOn(sorted.denial);
      if (sorted.kind === 'enter') return judgeEntry(parts, turn, sorted.bracket, reference);
      return verdictOn(judgeReduction(turn, command.request, sorted.instrument));
    }
  }
}

const verdictOn = (denial: Denial | null): Verdict => ({
  allowed: denial === null,
  denials: denial === null ? [] : [denial],
  checks: [],
});
