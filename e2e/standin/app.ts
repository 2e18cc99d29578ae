import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BrowserWindow } from './browser-window.ts';
import { lifecycle } from './lifecycle.ts';
import { lockInstance } from './instance-lock.ts';

type Manifest = { readonly name: string; readonly version: string; readonly productName?: string };

/** Switches of the command line and those the application appends. */
class CommandLine implements Pick<Electron.CommandLine, 'appendSwitch' | 'hasSwitch' | 'getSwitchValue'> {
  readonly #switches = new Map<string, string>();

  appendSwitch(name: string, value = ''): void {
    this.#switches.set(name, value);
  }

  hasSwitch(name: string): boolean {
    return this.#switches.has(name);
  }

  getSwitchValue(name: string): string {
    return this.#switches.get(name) ?? '';
  }
}

type AppMembers =
  | 'getVersion'
  | 'getName'
  | 'getAppPath'
  | 'setPath'
  | 'isReady'
  | 'whenReady'
  | 'enableSandbox'
  | 'requestSingleInstanceLock'
  | 'quit'
  | 'exit'
  | 'isPackaged'
  | 'name';

/** Signatures are Electron's own: a change there fails to compile here. */
class StandinApp extends EventEmitter implements Pick<Electron.App, AppMembers> {
  readonly commandLine = new CommandLine();
  readonly isPackaged = false;
  readonly name: string = 'leeward';
  /** Set by the host: ends the browser and the process. */
  finish: (code: number) => void = (code) => process.exit(code);
  #path = process.cwd();
  #manifest: Manifest = { name: 'electron', version: '0.0.0' };
  #ready = false;
  #quitting = false;
  #whenReady = Promise.withResolvers<undefined>();
  readonly #paths = new Map<string, string>();

  constructor() {
    super();
    lifecycle.on('web-contents-created', (contents: unknown) => this.emit('web-contents-created', {}, contents));
    lifecycle.on('last-window-closed', () => this.#lastWindowClosed());
  }

  /** Reads the application's folder and the switches it was started with. */
  start(path: string, argv: readonly string[]): void {
    this.#path = resolve(path);
    this.#manifest = JSON.parse(readFileSync(join(this.#path, 'package.json'), 'utf8')) as Manifest;
    for (const argument of argv) {
      const match = /^--([^=]+)=?(.*)$/.exec(argument);
      if (match) this.commandLine.appendSwitch(match[1] ?? '', match[2]);
    }
    const userData = this.commandLine.getSwitchValue('user-data-dir');
    if (userData !== '') this.#paths.set('userData', resolve(userData));
  }

  becomeReady(): void {
    this.#ready = true;
    this.emit('ready', {}, {});
    this.#whenReady.resolve(undefined);
  }

  whenReady(): Promise<void> {
    return this.#whenReady.promise;
  }

  isReady(): boolean {
    return this.#ready;
  }

  getVersion(): string {
    return this.#manifest.version;
  }

  getName(): string {
    return this.#manifest.productName ?? this.#manifest.name;
  }

  getAppPath(): string {
    return this.#path;
  }

  getPath(name: string): string {
    const known = this.#paths.get(name);
    if (known !== undefined) return known;
    const appData = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
    const paths: Readonly<Record<string, string>> = {
      home: homedir(),
      temp: tmpdir(),
      appData,
      userData: join(appData, this.getName()),
      exe: process.execPath,
    };
    const path = paths[name] ?? (name === 'logs' ? join(this.getPath('userData'), 'logs') : undefined);
    if (path === undefined) throw new Error(`stand-in: app.getPath('${name}') is not implemented`);
    return path;
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  enableSandbox(): void {
    if (this.#ready) throw new Error('app.enableSandbox() can only be called before app is ready');
  }

  requestSingleInstanceLock(additionalData: Record<string, unknown> = {}): boolean {
    return lockInstance(this.getPath('userData'), additionalData, (argv, cwd, data) =>
      this.emit('second-instance', {}, argv, cwd, data),
    );
  }

  /** before-quit, each window's close, will-quit, quit: every step but the last may be prevented. */
  quit(): void {
    if (this.#quitting || this.#prevented('before-quit')) return;
    this.#quitting = true;
    for (const window of BrowserWindow.getAllWindows()) window.close();
    if (BrowserWindow.getAllWindows().length > 0 || this.#prevented('will-quit')) {
      this.#quitting = false;
      return;
    }
    this.exit(0);
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
    this.finish(code);
  }

  /** Tells the application that its last window is gone; without a listener it quits, as Electron does. */
  #lastWindowClosed(): void {
    if (this.#quitting) return;
    if (this.listenerCount('window-all-closed') === 0) this.quit();
    else this.emit('window-all-closed');
  }

  #prevented(event: string): boolean {
    let prevented = false;
    this.emit(event, { preventDefault: () => (prevented = true) });
    return prevented;
  }
}

export const app = new StandinApp();
