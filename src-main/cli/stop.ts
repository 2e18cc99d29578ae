import { type Command, CommandFailure, report } from './command.ts';
import { parseOptions, refusePositionals } from './options.ts';

const OPTIONS = { 'data-dir': { type: 'string' }, json: { type: 'boolean', default: false } } as const;

export const command: Command = {
  name: 'stop',
  summary: 'Emergency stop: cancel everything, close every position',
  usage: `
usage: leeward stop [--data-dir d] [--json]

Asks the guardian of the running session to stop all trading. The guardian has the engine do it, and does it itself when
the engine has not acknowledged within 250 ms. Stopping twice is stopping once.

  --data-dir <d>   data folder of the session (default: this user's)
  --json           one JSON line
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    refusePositionals(positionals);
    const [{ defaultDataHome, findRunning }, { requestStop }] = await Promise.all([
      import('../launcher/data-home.ts'),
      import('../guardian/client.ts'),
    ]);
    const home = values['data-dir'] ?? defaultDataHome();
    const running = findRunning(home);
    if (running === undefined) throw new CommandFailure(`no session is running in ${home}`);
    const result = await requestStop(running.guardianSocket, 'cli').catch((error: unknown) => {
      throw new CommandFailure(`the guardian does not answer: ${String(error)}`);
    });
    const text = `stop acknowledged by the ${result.acknowledgedBy} after ${result.afterMs.toFixed(1)} ms`;
    report(io, values.json)(
      result,
      [text, ...result.actions.map((action) => `  ${action.action} ${action.instrumentId} ${action.outcome}`)].join(
        '\n',
      ),
    );
    return 0;
  },
};
