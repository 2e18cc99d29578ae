import type { z } from 'zod';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';

/** A result that is not as documented says nothing: whatever was asked may have been done. */
export function checkedReply<T>(
  reply: Result<unknown, CallFailure>,
  { call, schema }: { readonly call: string; readonly schema: z.ZodType<T> },
): Result<T, CallFailure> {
  if (!reply.ok) return reply;
  const parsed = schema.safeParse(reply.value);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`;
  const message = `expected a reply to ${call} as documented, was otherwise at ${where}`;
  return err({ outcome: 'unknown', code: 'UNREADABLE_REPLY', message, remedy: 'none', retryAfterMs: null });
}
