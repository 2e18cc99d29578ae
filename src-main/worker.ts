/** Entry of the inference worker: loads the models it is told of and answers with numbers, or with null. */
import { loadModel, type LoadedModel } from './adapters/onnx/model-runner.ts';
import { parentChannel } from './launcher/parent-channel.ts';

const channel = parentChannel();
const models = new Map<string, LoadedModel>();

async function boot(cards: readonly string[]): Promise<void> {
  for (const card of cards) {
    const model = await loadModel(card);
    models.set(model.modelId, model);
  }
  const loaded = [...models.values()].map(({ modelId, sha256 }) => ({ modelId, sha256 }));
  channel.send({ t: 'ready', detail: { models: loaded } });
}

channel.onMessage((message) => {
  if (message.t === 'boot' && 'modelCards' in message) {
    boot(message.modelCards).catch((error: unknown) => channel.send({ t: 'failed', detail: String(error) }));
  } else if (message.t === 'requestInference') {
    const { id, inputs, modelId } = message;
    const answer = models.get(modelId)?.run(inputs) ?? Promise.resolve(null);
    answer.then(
      (outputs) => channel.send({ t: 'inference', id, outputs }),
      (error: unknown) => {
        channel.send({ t: 'log', line: `inference ${id}: ${String(error)}` });
        channel.send({ t: 'inference', id, outputs: null });
      },
    );
  } else if (message.t === 'shutdown') process.exit(0);
});
channel.onClosed(() => process.exit(0));
