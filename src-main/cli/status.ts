import type { WorkedParent } from '../guardian/protocol.ts';
import { type Command, CommandFailure, report } from './command.ts';
import { findingsTable } from './findings-table.ts';
import { parseOptions, refusePositionals } from './options.ts';

const OPTIONS = { 'data-dir': { type: 'string' }, json: { type: 'boolean', default: false } } as const;

/** The state of trading decides whether it goes on: a paused parent says why. */
function executorLine(worked: WorkedParent): string {
  const { accountId, executor, executorId, filled, instrumentId, quantity, reason, side, status } = worked;
  const why = reason === null ? '' : ` (${reason})`;
  return `executor  ${executorId} ${executor} ${accountId} ${instrumentId} ${side} ${filled} of ${quantity}, ${status}${why}`;
}

export const command: Command = {
  name: 'status',
  summary: 'Who is alive, what is held, which state',
  usage: `
usage: leeward status [--data-dir d] [--json]

  --data-dir <d>   data folder of the session (default: this user's)
  --json           one JSON line
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    refusePositionals(positionals);
    const [{ defaultDataHome, findRunning }, { requestStatus }] = await Promise.all([
      import('../launcher/data-home.ts'),
      import('../guardian/client.ts'),
    ]);
    const home = values['data-dir'] ?? defaultDataHome();
    const running = findRunning(home);
    if (running === undefined) throw new CommandFailure(`no session is running in ${home}`);
    const status = await requestStatus(running.guardianSocket).catch((error: unknown) => {
      throw new CommandFailure(`the guardian does not answer: ${String(error)}`);
    });
    const beat = status.lastBeatMs === null ? 'never heard' : `heard ${status.lastBeatMs.toFixed(0)} ms ago`;
    const lines = [
      `engine    ${status.engine}, process ${String(status.enginePid)}, epoch ${status.engineEpoch}, ${beat}`,
      `trading   ${status.tradingState ?? 'unknown'}`,
      `journal   ${running.dataDir}`,
      ...status.positions.map(
        (position) => `position  ${position.accountId} ${position.instrumentId} ${position.quantity}`,
      ),
      ...status.executors.map(executorLine),
    ];
    const table = findingsTable(status.findings);
    if (table !== undefined) lines.push('', 'Not re-armed before these are confirmed in the terminal:', table);
    report(io, values.json)({ ...status, dataDir: running.dataDir }, lines.join('\n'));
    return 0;
  },
};
