import type { ReactElement } from 'react';
import type { UnknownOutcomeDto } from '../../src-preload/contract/state.ts';
import { useSecond } from '../app/terminal-context.tsx';
import { answerText, resolutionText, sideText } from '../app/words.ts';
import { Num } from '../ui/number.tsx';
import { formatDecimal, formatNumber } from '../ui/number-text.ts';
import { ageText, clockTextMs } from '../ui/time-text.ts';
import { MarketName } from './market-name.tsx';
import { onRowKey } from './row-focus.ts';

const HEADS: readonly (readonly [string, string])[] = [
  ['Time UTC', ''],
  ['Instrument', ''],
  ['Command', ''],
  ['Order', ''],
  ['Quantity', 'r'],
  ['Why unknown', ''],
  ['Asked and answered', ''],
  ['Became', ''],
  ['After, ms', 'r'],
];

const msText = (fromUs: number, toUs: number): string => formatNumber((toUs - fromUs) / 1_000, 0);

/** Each question with the milliseconds from the doubt to its answer. */
function questionsText({ questions, unknownAtUs }: UnknownOutcomeDto): string {
  const texts = questions.map(({ askedAtUs, answeredAtUs, answer }) =>
    answer === null || answeredAtUs === null
      ? `asked at ${msText(unknownAtUs, askedAtUs)}`
      : `${answerText(answer)} at ${msText(unknownAtUs, answeredAtUs)}`,
  );
  return texts.join(', ') || 'not asked';
}

function Resolution({ outcome }: { readonly outcome: UnknownOutcomeDto }): ReactElement {
  const nowMs = useSecond();
  if (outcome.resolution === null) {
    return <span className="chip warn hatch">? unknown {ageText(nowMs - outcome.unknownAtUs / 1_000)}</span>;
  }
  return (
    <span>
      {resolutionText(outcome.resolution)} <span className="t3">by {outcome.resolvedBy}</span>
    </span>
  );
}

function OutcomeRow({ outcome }: { readonly outcome: UnknownOutcomeDto }): ReactElement {
  const { clientOrderId, command, instrumentId, quantity, reason, resolvedAtUs, role, side, unknownAtUs } = outcome;
  return (
    <tr tabIndex={-1}>
      <td>
        <Num>{clockTextMs(unknownAtUs)}</Num>
      </td>
      <td>
        <MarketName instrumentId={instrumentId} />
      </td>
      <td>{command}</td>
      <td className="t2">
        {role} {sideText(side)} <span className="t3">{clientOrderId.slice(-8)}</span>
      </td>
      <td className="r">
        <Num>{formatDecimal(quantity)}</Num>
      </td>
      <td className="t2">{reason}</td>
      <td className="t2">{questionsText(outcome)}</td>
      <td>
        <Resolution outcome={outcome} />
      </td>
      <td className="r">
        <Num>{resolvedAtUs === null ? '–' : msText(unknownAtUs, resolvedAtUs)}</Num>
      </td>
    </tr>
  );
}

/** Commands whose outcome was unknown, newest first. */
export function OutcomesTable({ outcomes }: { readonly outcomes: readonly UnknownOutcomeDto[] }): ReactElement {
  return (
    <div className="content scroll">
      <table className="table" onKeyDown={onRowKey}>
        <thead>
          <tr>
            {HEADS.map(([head, side]) => (
              <th key={head} className={side}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {outcomes.toReversed().map((outcome) => (
            <OutcomeRow key={`${outcome.clientOrderId} ${outcome.unknownAtUs}`} outcome={outcome} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
