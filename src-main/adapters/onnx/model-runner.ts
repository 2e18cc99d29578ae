import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { z } from 'zod';

/** Largest difference between a model's probe answer and its card: float32 rounding. */
const PROBE_TOLERANCE = 1e-6;

const cardSchema = z.strictObject({
  modelId: z.string(),
  file: z.string().regex(/^[a-z0-9-]+\.onnx$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  inputs: z.record(z.string(), z.array(z.number().int().positive())),
  output: z.string(),
  probe: z.strictObject({ inputs: z.array(z.number()), output: z.number() }),
  purpose: z.string(),
});

export type LoadedModel = {
  readonly modelId: string;
  readonly sha256: string;
  /** Null when the inputs do not fit or the answer is not finite: the caller shows the model as degraded. */
  run(inputs: readonly number[]): Promise<readonly number[] | null>;
};

/**
 * Loads a model by its card. Throws when the file's hash is not the card's, or when the probe input does not give the
 * card's output: a model that was changed or runs wrongly never serves.
 */
export async function loadModel(cardPath: string): Promise<LoadedModel> {
  const card = cardSchema.parse(JSON.parse(readFileSync(cardPath, 'utf8')));
  const content = readFileSync(join(dirname(cardPath), card.file));
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (sha256 !== card.sha256) throw new Error(`expected ${card.file} with sha256 ${card.sha256}, was ${sha256}`);
  const session = await ort.InferenceSession.create(content, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const [input] = Object.entries(card.inputs);
  if (input === undefined) throw new Error(`expected an input in the card of ${card.modelId}, was none`);
  const [name, shape] = input;
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const run = async (inputs: readonly number[]): Promise<readonly number[] | null> => {
    if (inputs.length !== size || !inputs.every(Number.isFinite)) return null;
    const outputs = await session.run({ [name]: new ort.Tensor('float32', Float32Array.from(inputs), shape) });
    const values = outputs[card.output]?.data;
    const numbers = values instanceof Float32Array ? [...values] : null;
    return numbers?.every(Number.isFinite) === true ? numbers : null;
  };
  const probed = (await run(card.probe.inputs))?.[0] ?? Number.NaN;
  if (!(Math.abs(probed - card.probe.output) <= PROBE_TOLERANCE)) {
    throw new Error(`expected ${card.modelId} to answer its probe with ${card.probe.output}, was ${probed}`);
  }
  return { modelId: card.modelId, sha256, run };
}
