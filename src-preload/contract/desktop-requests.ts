import { z } from 'zod';
import { commandSchema, querySchema } from './messages.ts';

/** What each channel of the desktop carries; the preload only knows the names, so that it stays without a library. */
export const desktopCommandSchema = z.strictObject({ command: commandSchema, origin: z.enum(['key', 'button']) });
export const desktopQuerySchema = z.strictObject({ query: querySchema });
export const desktopOpenSchema = z.strictObject({});
