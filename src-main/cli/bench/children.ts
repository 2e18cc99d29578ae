import { type ChildProcess, fork } from 'node:child_process';
import { CommandFailure } from '../command.ts';

/** What a child of the bench is told and answers; numbers cross as typed arrays. */
export type ChildMessage = Readonly<Record<string, unknown>> & { readonly t: string };

/** A part of the bench in a process of its own, so that its CPU and garbage are its own. */
export class BenchChild {
  private readonly child: ChildProcess;
  private readonly name: string;

  constructor(name: string, options: Readonly<Record<string, unknown>>) {
    const cli = process.argv[1];
    if (cli === undefined) throw new CommandFailure('expected the path of the program, found none');
    this.name = name;
    this.child = fork(cli, ['bench', `part:${name}`, JSON.stringify(options)], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 2, 2, 'ipc'],
    });
  }

  /** The next message of the kind. Rejects when the child ends before. */
  async next(kind: string): Promise<ChildMessage> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.child.off('message', onMessage);
        this.child.off('exit', onExit);
      };
      const onMessage = (message: ChildMessage): void => {
        if (message.t !== kind) return;
        done();
        resolve(message);
      };
      const onExit = (code: number | null): void => {
        done();
        reject(new CommandFailure(`${this.name} ended with ${code ?? 'a signal'} before it was ${kind}`));
      };
      this.child.on('message', onMessage);
      this.child.on('exit', onExit);
    });
  }

  async ask(kind: string): Promise<ChildMessage> {
    const answer = this.next(kind);
    this.child.send({ t: kind });
    return answer;
  }

  /** Suspends or resumes the child, not what it started. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  /** Lets the child end what it started; resolves when it is gone. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.send({ t: 'close' });
    await ended;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }
}

/** The child's side: tells the parent, and ends when the parent is gone. */
export function tellParent(message: ChildMessage): void {
  process.send?.(message);
}

/** Answers questions of the parent for good. */
export function answerParent(answers: Readonly<Record<string, () => ChildMessage>>): Promise<never> {
  process.on('message', (message: ChildMessage) => {
    const answer = answers[message.t];
    if (answer !== undefined) tellParent(answer());
  });
  process.on('disconnect', () => process.exit(0));
  return new Promise(() => undefined);
}
