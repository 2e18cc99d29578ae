import { useState } from 'react';
import type { CommandDto } from '../../src-preload/contract/messages.ts';
import { useTerminal } from './terminal-context.tsx';
import { wordsOfError } from './words.ts';

export type CommandAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly text: string };

export type CommandSender = {
  readonly answer: CommandAnswer;
  /** Resolves to whether the engine took it; the refusal stays in `answer`. */
  readonly send: (command: CommandDto) => Promise<boolean>;
};

/** Sends commands of one control and keeps its last answer, so that no refusal is lost. */
export function useCommand(): CommandSender {
  const { session } = useTerminal();
  const [answer, setAnswer] = useState<CommandAnswer>({ kind: 'none' });
  const send = async (command: CommandDto): Promise<boolean> => {
    setAnswer({ kind: 'waiting' });
    try {
      const reply = await session.command(command, 'button');
      setAnswer(reply.ok ? { kind: 'done' } : { kind: 'failed', text: wordsOfError(reply.error) });
      return reply.ok;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      setAnswer({ kind: 'failed', text: `No answer (${why}): it may have been taken. Look before sending again.` });
      return false;
    }
  };
  return { answer, send };
}
