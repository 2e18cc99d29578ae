/** Entry of the engine process, the only one that trades: utilityProcess on the desktop, plain Node on a server. */
import type { LauncherMessage } from './launcher/boot.ts';
import { servePort } from './door/port-client.ts';
import { createKillSwitch } from './launcher/kill-switch.ts';
import { parentChannel } from './launcher/parent-channel.ts';
import { launcherInference } from './launcher/launcher-inference.ts';
import { type RunningEngine, runEngine } from './launcher/run-engine.ts';

/** A fenced engine may finish writing, but not stay. */
const EXIT_AFTER_MS = 1_000;

const channel = parentChannel();
const log = (line: string): void => channel.send({ t: 'log', line });
const inference = launcherInference(channel);
const killSwitch = createKillSwitch();
let running: RunningEngine | undefined;

const onFenced = (detail: string): void => {
  log(`no guardian (${detail}): no more orders from this life`);
  setTimeout(() => process.exit(1), EXIT_AFTER_MS);
};

// A library's promise that nobody awaited: the process goes on for the sake of stops and exits, trading does not.
process.on('unhandledRejection', (reason: unknown) => {
  const detail = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
  log(`unhandled failure, trading halted: ${detail}`);
  running?.haltFor('UNHANDLED_FAILURE', detail);
});

channel.onMessage((message: LauncherMessage) => {
  if (message.t === 'boot' && 'engineEpoch' in message) {
    runEngine(message, { inference, log, onFenced, failpoints: killSwitch.failpoints }).then(
      (started) => {
        running = started;
        channel.send({ t: 'ready', detail: { engineEpoch: message.engineEpoch, pid: process.pid } });
      },
      (error: unknown) => channel.send({ t: 'failed', detail: error instanceof Error ? error.message : String(error) }),
    );
  } else if (message.t === 'component')
    running?.engine.componentChanged(message.component, message.state, message.detail);
  else if (message.t === 'killAt') killSwitch.arm(message);
  else if (message.t === 'shutdown') void close();
});
// A port is sent only after `ready`; one that comes at another time has no engine to speak to.
channel.onPort((port) => {
  if (running) servePort(port, running.door);
  else port.close();
});
channel.onClosed(() => void close());

async function close(): Promise<void> {
  await running?.close().catch((error: unknown) => log(`closing: ${String(error)}`));
  process.exit(0);
}
