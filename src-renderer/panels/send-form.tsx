import type { KeyboardEvent, ReactElement, ReactNode } from 'react';
import type { CommandDto } from '../../src-preload/contract/messages.ts';
import { useCommand } from '../app/use-command.ts';
import type { Estimate } from '../stores/order-size.ts';
import { EstimateView } from './ticket-summary.tsx';
import { useJudgment, VerdictChecks, VerdictView } from './verdict.tsx';

type SendFormProps = {
  /** What the gate is asked about; null while the form is not whole. */
  readonly command: CommandDto | null;
  /** What is sent, where that is another form of it. */
  readonly sent?: CommandDto | null;
  readonly side: 'buy' | 'sell';
  /** The command in words, or what is missing. */
  readonly words: ReactNode;
  readonly estimate: Estimate | null;
  readonly quote: string;
  /** Above the button: what became of the last one. */
  readonly status?: ReactNode;
  readonly onSending?: () => void;
  readonly onTaken: () => void;
  readonly children: ReactNode;
};

/** Asks the gate about a command, and sends it once the gate would allow it. Ctrl+Enter is the button. */
export function SendForm(props: SendFormProps): ReactElement {
  const { command, side, words, estimate, quote, status, children, onSending, onTaken } = props;
  const { send, answer } = useCommand();
  const judged = useJudgment(command);
  const mayGo = command !== null && judged.kind === 'judged' && judged.judgment.allowed && answer.kind !== 'waiting';
  const submit = (): void => {
    if (!mayGo) return;
    onSending?.();
    void send(props.sent ?? command).then((isTaken) => {
      if (isTaken) onTaken();
    });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
  };
  return (
    <div className="ticket" onKeyDown={onKey}>
      <div className="form">
        {children}
        <VerdictChecks judged={judged} />
      </div>
      <footer>
        {estimate && <EstimateView estimate={estimate} quote={quote} />}
        {/* What became of it says more than that it was taken. */}
        {status && answer.kind === 'done' && judged.kind === 'none' ? (
          status
        ) : (
          <>
            <VerdictView judged={judged} answer={answer} />
            {status}
          </>
        )}
        <button type="button" className={`btn send ${side}`} disabled={!mayGo} onClick={submit}>
          <span>{words}</span>
          <kbd>Ctrl ↵</kbd>
        </button>
      </footer>
    </div>
  );
}

export const askText = (missing: readonly string[]): string =>
  missing.length === 0 ? 'See the marked fields' : `Fill in ${missing.join(', ')}`;
