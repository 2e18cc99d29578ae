import { useEffect, useState, type ReactElement } from 'react';
import type { CommandDto } from '../../src-preload/contract/messages.ts';
import { useTerminal } from '../app/terminal-context.tsx';
import type { CommandAnswer } from '../app/use-command.ts';
import { denialText, denialTitle, wordsOfError } from '../app/words.ts';
import { judgmentIn, type Judgment } from '../stores/ticket.ts';
import { Icon } from '../ui/icons.tsx';
import { CheckRows } from './risk.tsx';

export type Judged =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'judged'; readonly judgment: Judgment }
  | { readonly kind: 'failed'; readonly text: string };

/** Typing settles before the gate is asked; the verdict on the screen is asked anew this often. */
const SETTLE_MS = 200;
const AGAIN_MS = 2000;

/** The verdict that the order would get now, without sending it. */
export function useJudgment(command: CommandDto | null): Judged {
  const { session } = useTerminal();
  const [answer, setAnswer] = useState<{ readonly key: string; readonly judged: Judged } | null>(null);
  const key = command ? JSON.stringify(command) : '';
  useEffect(() => {
    if (key === '') return;
    let isCurrent = true;
    const take = (judged: Judged): void => {
      if (isCurrent) setAnswer({ key, judged });
    };
    const ask = (): void => {
      session.query({ kind: 'judgment', command: JSON.parse(key) as CommandDto }).then(
        (reply) => {
          const judgment = reply.ok ? judgmentIn(reply.result) : null;
          if (judgment) take({ kind: 'judged', judgment });
          else take({ kind: 'failed', text: reply.ok ? 'Expected a verdict.' : wordsOfError(reply.error) });
        },
        (error: unknown) => take({ kind: 'failed', text: error instanceof Error ? error.message : String(error) }),
      );
    };
    const first = setTimeout(ask, SETTLE_MS);
    const again = setInterval(ask, AGAIN_MS);
    return () => {
      isCurrent = false;
      clearTimeout(first);
      clearInterval(again);
    };
  }, [session, key]);
  if (key === '') return { kind: 'none' };
  return answer?.key === key ? answer.judged : { kind: 'waiting' };
}

type VerdictProps = { readonly judged: Judged; readonly answer: CommandAnswer };

/** Taken by the engine is not filled: that is told where orders are. */
const SentNote = (): ReactElement => (
  <p className="t2 small" role="status">
    Taken by the engine. What became of it stands in orders, fills and closed orders.
  </p>
);

/** What the gate says, or what became of the sending, in one or two lines. */
export function VerdictView({ judged, answer }: VerdictProps): ReactElement | null {
  if (answer.kind === 'failed')
    return (
      <p className="dangerc small" role="alert">
        {answer.text}
      </p>
    );
  if (answer.kind === 'done' && judged.kind === 'none') return <SentNote />;
  if (judged.kind === 'none') return null;
  if (judged.kind === 'waiting') return <p className="t3 small">Asking the gate…</p>;
  if (judged.kind === 'failed') return <p className="dangerc small">{judged.text}</p>;
  return <VerdictHead judgment={judged.judgment} />;
}

function VerdictHead({ judgment }: { readonly judgment: Judgment }): ReactElement {
  const { allowed, checks, denials } = judgment;
  const passed = checks.filter((check) => check.passed).length;
  return (
    <div className="verdict">
      <div className={allowed ? 'vh' : 'vh no'}>
        <Icon name={allowed ? 'check' : 'cross'} />
        {allowed ? 'Would be allowed' : `Would be denied: ${denialTitle(denials[0]?.code ?? '')}`}
        {checks.length > 0 && (
          <span className="grow r t2">
            {passed} of {checks.length}
          </span>
        )}
      </div>
      {denials[0] && <p className="vwhy small">{denialText(denials[0].code, denials[0].params)}</p>}
    </div>
  );
}

/** Each check with its value after the order and its limit, before anything is sent. */
export function VerdictChecks({ judged }: { readonly judged: Judged }): ReactElement | null {
  if (judged.kind !== 'judged' || judged.judgment.checks.length === 0) return null;
  return (
    <div className="vchecks">
      <CheckRows checks={judged.judgment.checks} />
    </div>
  );
}
