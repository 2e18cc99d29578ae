import { isObject } from '../decode-failure.ts';

/** Whose books are not continued: all of the recording, or those of these symbols. */
export type Gap = 'all' | readonly string[];

/** What the recorder says between the messages it was given: a message of no venue. */
export const gapMessage = (gap: { readonly dropped: number } | { readonly restarted: readonly string[] }): Buffer =>
  Buffer.from(JSON.stringify({ result: null, ...gap }));

/** Null for a message that tells of no gap. */
export function gapOf(message: unknown): Gap | null {
  if (!isObject(message) || message['result'] !== null) return null;
  const { dropped, restarted } = message;
  if (Array.isArray(restarted)) return restarted.filter((symbol) => typeof symbol === 'string');
  return typeof dropped === 'number' ? 'all' : null;
}
