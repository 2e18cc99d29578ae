import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PortRelays } from './message-ports.ts';
import { record } from './record.ts';
import type { FromUtility, ToUtility } from './utility-messages.ts';

const SHIM = new URL('./utility-child.ts', import.meta.url).href;

/** A forked Node process whose `process.parentPort` a preloaded shim provides; ports are relayed through this process. */
class StandinUtilityProcess
  extends EventEmitter
  implements Pick<Electron.UtilityProcess, 'pid' | 'stdout' | 'stderr' | 'kill' | 'postMessage'>
{
  pid: number | undefined;
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
  readonly #child: ChildProcess;
  readonly #relays = new PortRelays();

  constructor(modulePath: string, args: readonly string[], options: Electron.ForkOptions) {
    super();
    const { env = process.env, stdio = 'inherit', cwd, execArgv = [] } = options;
    const streams = typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio;
    this.#child = fork(modulePath, [...args], {
      env: env as NodeJS.ProcessEnv,
      serialization: 'advanced',
      execArgv: ['--disable-warning=ExperimentalWarning', '--import', SHIM, ...execArgv],
      stdio: ['ignore', ioOf(streams[1]), ioOf(streams[2]), 'ipc'],
      ...(cwd !== undefined && { cwd }),
    });
    this.stdout = this.#child.stdout;
    this.stderr = this.#child.stderr;
    this.#child.once('spawn', () => {
      this.pid = this.#child.pid;
      this.emit('spawn');
    });
    this.#child.on('message', (message) => this.#onMessage(message as FromUtility));
    this.#child.once('exit', (code, signal) => {
      this.pid = undefined;
      this.#relays.closeAll();
      this.emit('exit', code ?? (signal === 'SIGKILL' ? 9 : 15));
    });
  }

  postMessage(message: unknown, transfer: readonly Electron.MessagePortMain[] = []): void {
    const ports = this.#relays.transfer(transfer, (id, data, closed) =>
      this.#send(closed ? { t: 'portClosed', id } : { t: 'port', id, data }),
    );
    this.#send({ t: 'message', data: message, ports });
  }

  kill(): boolean {
    return this.#child.kill('SIGTERM');
  }

  #send(message: ToUtility): void {
    record('utility', message);
    if (this.#child.connected) this.#child.send(message);
  }

  #onMessage(message: FromUtility): void {
    record('main', message);
    if (message.t === 'message') this.emit('message', message.data);
    else if (message.t === 'port') this.#relays.relay(message.id, message.data);
    else this.#relays.close(message.id);
  }
}

const ioOf = (name: string | undefined): 'pipe' | 'ignore' | 'inherit' =>
  name === 'pipe' || name === 'ignore' ? name : 'inherit';

export const utilityProcess = {
  fork: (modulePath: string, args: readonly string[] = [], options: Electron.ForkOptions = {}) =>
    new StandinUtilityProcess(modulePath, args, options),
};
