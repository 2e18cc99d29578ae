/** Runs a model elsewhere; the answer enters the engine as an event. Null when the model cannot answer: shown degraded. */
export type InferenceRuntime = {
  /** Loaded models with the hash of their file. */
  readonly models: readonly { readonly modelId: string; readonly sha256: string }[];
  request(modelId: string, inputs: readonly number[], answered: (outputs: readonly number[] | null) => void): void;
};
