import type { CommandDto, ErrorDto, QueryDto, ServerMessage } from './messages.ts';

export type BridgeStatus = 'connecting' | 'open' | 'closed';

/** The renderer's only way to the engine; one over the desktop's ports, one over WebSocket. */
export type Bridge = {
  /** Desktop shell or browser page, for the title bar; never for behavior. */
  readonly transport: 'desktop' | 'web';
  /** Registers the one receiver; messages that came before are delivered first. */
  receive(receiver: BridgeReceiver): void;
  /** Resolves with the engine's answer; rejects only when the transport is gone. */
  command(command: CommandDto, origin: 'key' | 'button'): Promise<BridgeReply>;
  query(query: QueryDto): Promise<BridgeReply>;
  watch(view: string, instrumentId: string, levels: number): void;
  unwatch(view: string): void;
  painted(view: string): void;
};

export type BridgeReply =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: ErrorDto };

export type BridgeReceiver = {
  onStatus(status: BridgeStatus, detail: string): void;
  onMessage(message: ServerMessage): void;
  onBookFrame(frame: Float64Array): void;
};
