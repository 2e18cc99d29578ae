import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import type { z } from 'zod';
import type { BridgeReply } from '../../src-preload/contract/bridge.ts';
import { DESKTOP_CHANNELS } from '../../src-preload/contract/channel-names.ts';
import {
  desktopCommandSchema,
  desktopOpenSchema,
  desktopQuerySchema,
} from '../../src-preload/contract/desktop-requests.ts';
import type { EngineLine } from './engine-line.ts';
import { isOwnPage } from './page-files.ts';
import type { StopEverything } from './stop-everything.ts';

export type RouterOptions = {
  readonly line: EngineLine;
  readonly stop: StopEverything;
  /** Gives the page a port of its own to the engine, now or when the engine is there. */
  readonly openStream: (contents: WebContents) => void;
  readonly nowUs: () => number;
};

const INVALID: BridgeReply = { ok: false, error: { code: 'MESSAGE_INVALID', params: {} } };

/** The only listeners of the main process: each checks who speaks, then what is said. */
export function routeRequests({ line, stop, openStream, nowUs }: RouterOptions): void {
  answer(DESKTOP_CHANNELS.open, desktopOpenSchema, async (_request, contents) => {
    openStream(contents);
    return { ok: true, result: null };
  });
  answer(DESKTOP_CHANNELS.query, desktopQuerySchema, async ({ query }) =>
    line.ask((id) => ({ t: 'query', id, query })),
  );
  answer(DESKTOP_CHANNELS.command, desktopCommandSchema, async ({ command, origin }) =>
    command.kind === 'emergencyStop'
      ? stop(origin)
      : line.ask((id) => ({ t: 'command', id, origin, issuedAtUs: nowUs(), command })),
  );
}

function answer<T>(
  channel: string,
  schema: z.ZodType<T>,
  act: (request: T, contents: WebContents) => Promise<BridgeReply>,
): void {
  ipcMain.handle(channel, async (event, payload: unknown) => {
    if (!isOurs(event)) throw new Error('expected our own page, was another sender');
    const parsed = schema.safeParse(payload);
    return parsed.success ? act(parsed.data, event.sender) : INVALID;
  });
}

/** The top frame of our own page, and no other: a frame that is gone or empty does not count. */
function isOurs({ senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOwnPage(senderFrame.url);
}
