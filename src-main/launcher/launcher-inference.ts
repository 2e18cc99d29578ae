import type { InferenceRuntime } from '../engine/ports/inference-runtime.ts';
import type { ParentChannel } from './parent-channel.ts';

/** Answers later than this are no answers: the model is slow or its worker is gone. */
const TIMEOUT_MS = 1_000;

/** Asks the inference worker through the launcher. An answer that does not come in time is null, shown as degraded. */
export function launcherInference(channel: ParentChannel): InferenceRuntime {
  const waiting = new Map<string, { answered: (outputs: readonly number[] | null) => void; timer: NodeJS.Timeout }>();
  let requests = 0;
  channel.onMessage((message) => {
    if (message.t !== 'inference') return;
    const request = waiting.get(message.id);
    waiting.delete(message.id);
    clearTimeout(request?.timer);
    request?.answered(message.outputs);
  });
  return {
    models: [],
    request: (modelId, inputs, answered) => {
      requests += 1;
      const id = String(requests);
      const timer = setTimeout(() => {
        waiting.delete(id);
        answered(null);
      }, TIMEOUT_MS);
      waiting.set(id, { answered, timer });
      channel.send({ t: 'requestInference', id, modelId, inputs });
    },
  };
}
