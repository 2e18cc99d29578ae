import { EventEmitter } from 'node:events';
import { lifecycle } from './lifecycle.ts';
import { StandinWebContents } from './web-contents.ts';

const windows = new Set<BrowserWindow>();

/** Signatures are Electron's own: a change there fails to compile here. */
type WindowMembers =
  | 'loadURL'
  | 'close'
  | 'destroy'
  | 'isDestroyed'
  | 'show'
  | 'focus'
  | 'minimize'
  | 'restore'
  | 'isMinimized'
  | 'isVisible'
  | 'getBounds'
  | 'setTitle'
  | 'getTitle'
  | 'id';

/** A window is one page of the headless browser; its frame is state and events only. */
export class BrowserWindow extends EventEmitter implements Pick<Electron.BrowserWindow, WindowMembers> {
  readonly webContents: StandinWebContents;
  readonly id: number;
  #visible: boolean;
  #destroyed = false;
  #minimized = false;
  #title: string;
  #bounds: Electron.Rectangle;

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super();
    const { width = 800, height = 600, x = 0, y = 0, show = true, title = '' } = options;
    this.#bounds = { x, y, width, height };
    this.#visible = show;
    this.#title = title;
    this.webContents = new StandinWebContents(options.webPreferences ?? {}, { width, height });
    this.id = this.webContents.id;
    windows.add(this);
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'));
    this.webContents.once('close-requested', () => this.close());
    this.webContents.once('destroyed', () => this.#closed());
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }

  static fromWebContents(contents: unknown): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((window) => window.webContents === contents) ?? null;
  }

  static getFocusedWindow(): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((window) => window.isVisible()) ?? null;
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }

  /** Emits `close`, which may be prevented. */
  close(): void {
    const event = { defaultPrevented: false, preventDefault: () => (event.defaultPrevented = true) };
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (!this.#destroyed) this.webContents.destroy();
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  show(): void {
    this.#visible = true;
    this.emit('show');
  }

  focus(): void {
    this.emit('focus');
  }

  minimize(): void {
    this.#minimized = true;
    this.emit('minimize');
  }

  restore(): void {
    this.#minimized = false;
    this.emit('restore');
  }

  isMinimized(): boolean {
    return this.#minimized;
  }

  isVisible(): boolean {
    return this.#visible;
  }

  getBounds(): Electron.Rectangle {
    return { ...this.#bounds };
  }

  setTitle(title: string): void {
    this.#title = title;
  }

  getTitle(): string {
    return this.#title;
  }

  #closed(): void {
    this.#destroyed = true;
    windows.delete(this);
    this.emit('closed');
    if (windows.size === 0) lifecycle.emit('last-window-closed');
  }
}
lifecycle.on('window-allowed', (url: string) => {
  new BrowserWindow().loadURL(url).catch((error: unknown) => process.stderr.write(`stand-in: ${String(error)}\n`));
});
