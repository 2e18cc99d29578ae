import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { DevToolsSession } from './devtools-pipe.ts';
import { lifecycle } from './lifecycle.ts';
import { PageLink } from './page-link.ts';
import { applyPermissions } from './permissions.ts';
import { ISOLATED_WORLD, worldScripts, type WorldScripts } from './preload-source.ts';
import { answerRequest, type PausedRequest } from './requests.ts';
import { browserOf } from './running.ts';
import { protocol } from './schemes.ts';

const all = new Map<number, StandinWebContents>();
let nextId = 1;

type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];

type ContentsMembers =
  | 'id'
  | 'getURL'
  | 'isDestroyed'
  | 'isCrashed'
  | 'setWindowOpenHandler'
  | 'loadURL'
  | 'reload'
  | 'send'
  | 'executeJavaScript'
  | 'forcefullyCrashRenderer'
  | 'close';

/** A page and its preload. Refuses the settings that would open the page to the machine. */
export class StandinWebContents extends EventEmitter implements Pick<Electron.WebContents, ContentsMembers> {
  readonly id = nextId++;
  readonly #preferences: Electron.WebPreferences;
  readonly #scripts: WorldScripts;
  readonly #ready: Promise<DevToolsSession>;
  readonly #link: PageLink;
  #targetId = '';
  #frameId = '';
  #url = '';
  #destroyed = false;
  #crashed = false;
  #expected = '';
  #openHandler: OpenHandler | undefined;

  constructor(preferences: Electron.WebPreferences, size: { readonly width: number; readonly height: number }) {
    super();
    refuseUnsafe(preferences);
    this.#preferences = preferences;
    this.#scripts = worldScripts(
      preferences.preload === undefined ? undefined : readFileSync(preferences.preload, 'utf8'),
    );
    this.#link = this.#createLink();
    this.#ready = this.#open(size);
    this.#ready.catch((error: unknown) => process.stderr.write(`stand-in: window did not open: ${String(error)}\n`));
    all.set(this.id, this);
    lifecycle.emit('web-contents-created', this);
  }

  static getAllWebContents(): StandinWebContents[] {
    return [...all.values()];
  }

  static fromId(id: number): StandinWebContents | undefined {
    return all.get(id);
  }

  static fromDevToolsTargetId(targetId: string): StandinWebContents | undefined {
    return StandinWebContents.getAllWebContents().find((contents) => contents.#targetId === targetId);
  }

  get mainFrame(): Pick<Electron.WebFrameMain, 'url' | 'parent'> {
    return { url: this.#url, parent: null };
  }

  getURL(): string {
    return this.#url;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  isCrashed(): boolean {
    return this.#crashed;
  }

  getLastWebPreferences(): Electron.WebPreferences {
    return { contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true, ...this.#preferences };
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  /** Resolves when the page has loaded. */
  async loadURL(url: string): Promise<void> {
    const session = await this.#ready;
    const loaded = new Promise<void>((resolve) => this.once('did-finish-load', () => resolve()));
    this.#expected = protocol.toBrowser(url);
    await applyPermissions(this.#expected, url);
    const { errorText } = await session.send('Page.navigate', { url: this.#expected });
    if (errorText !== undefined) throw new Error(`${errorText} loading '${url}'`);
    await loaded;
  }

  reload(): void {
    this.#crashed = false;
    this.#do(async (session) => {
      this.#expected = protocol.toBrowser(this.#url);
      await session.send('Page.navigate', { url: this.#expected });
    });
  }

  send(channel: string, ...args: unknown[]): void {
    this.#link.send(channel, args, []);
  }

  postMessage(channel: string, message: unknown, transfer: readonly unknown[] = []): void {
    this.#link.send(channel, [message], transfer);
  }

  async executeJavaScript(expression: string): Promise<unknown> {
    const session = await this.#ready;
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  forcefullyCrashRenderer(): void {
    this.#do(async (session) => {
      // Never answered: the process that would answer is gone.
      session.send('Page.crash').catch(() => undefined);
    });
  }

  /** Asks its window to close. */
  close(): void {
    this.emit('close-requested');
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    all.delete(this.id);
    this.#link.leave();
    this.#do(async () => {
      await browserOf().browser.send('Target.closeTarget', { targetId: this.#targetId });
    });
    this.emit('destroyed');
  }

  #createLink(): PageLink {
    return new PageLink({
      eventOf: () => ({
        ...{ sender: this, processId: this.id, frameId: 1 },
        senderFrame: { url: this.#url, parent: null },
      }),
      evaluate: (expression, contextId) =>
        this.#do((session) => session.send('Runtime.evaluate', { expression, contextId })),
      onWindowOpen: (url) => {
        if (this.#isOpenAllowed(url)) lifecycle.emit('window-allowed', url);
      },
    });
  }

  async #open({ width, height }: { readonly width: number; readonly height: number }): Promise<DevToolsSession> {
    const { browser, pipe } = browserOf();
    const created = await browser.send('Target.createTarget', { url: 'about:blank', width, height, newWindow: true });
    this.#targetId = created.targetId;
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId: this.#targetId, flatten: true });
    const session = pipe.session(sessionId);
    this.#listen(session);
    await session.send('Page.enable');
    await session.send('Runtime.addBinding', { name: this.#scripts.binding, executionContextName: ISOLATED_WORLD });
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: this.#scripts.page });
    await session.send('Page.addScriptToEvaluateOnNewDocument', {
      source: this.#scripts.isolated,
      worldName: ISOLATED_WORLD,
    });
    await session.send('Runtime.enable');
    await session.send('Inspector.enable');
    await session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
    const { frameTree } = await session.send('Page.getFrameTree');
    this.#frameId = frameTree.frame.id;
    return session;
  }

  #listen(session: DevToolsSession): void {
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId } = context.auxData as { readonly frameId?: string };
      if (context.name === ISOLATED_WORLD && frameId === this.#frameId) this.#link.enter(context.id);
    });
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === this.#scripts.binding && this.#link.isFrom(executionContextId)) this.#link.receive(payload);
    });
    session.on('Page.frameNavigated', ({ frame }) => this.#onNavigated(frame));
    session.on('Page.domContentEventFired', () => this.emit('dom-ready'));
    session.on('Page.loadEventFired', () => {
      if (this.#url !== '' && this.#url !== 'about:blank') this.#loaded();
    });
    session.on('Inspector.targetCrashed', () => this.#onCrashed());
    session.on('Runtime.consoleAPICalled', ({ type, args }) => {
      this.emit('console-message', { level: type, message: args.map(({ value }) => String(value)).join(' ') });
    });
    session.on('Page.windowOpen', ({ url }) => {
      if (!this.#isOpenAllowed(url)) browserOf().denyPopup(this.#targetId);
    });
    session.on('Fetch.requestPaused', (request) => this.#onRequest(session, request));
  }

  #onNavigated(frame: { readonly id: string; readonly parentId?: string; readonly url: string }): void {
    if (frame.parentId !== undefined) return;
    this.#frameId = frame.id;
    this.#url = protocol.fromBrowser(frame.url);
    this.#link.leave();
    this.emit('did-navigate', {}, this.#url);
  }

  #loaded(): void {
    this.#link.flush();
    this.emit('did-finish-load');
  }

  #onCrashed(): void {
    this.#crashed = true;
    this.#link.enter(undefined);
    this.#link.leave();
    this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 11 });
  }

  #isOpenAllowed(url: string): boolean {
    const answer = this.#openHandler?.({
      url: protocol.fromBrowser(url),
      frameName: '',
      features: '',
      disposition: 'new-window',
      referrer: { url: '', policy: 'default' },
    });
    return answer?.action !== 'deny';
  }

  #onRequest(session: DevToolsSession, request: PausedRequest): void {
    const isDocument = request.resourceType === 'Document' && request.frameId === this.#frameId;
    if (isDocument && request.request.url !== this.#expected && this.#navigationPrevented(request)) {
      this.#do(() => session.send('Fetch.failRequest', { requestId: request.requestId, errorReason: 'Aborted' }));
      return;
    }
    this.#do(() => answerRequest(session, request));
  }

  #navigationPrevented({ request }: PausedRequest): boolean {
    let prevented = false;
    const url = protocol.fromBrowser(request.url);
    const event = { url, isMainFrame: true, isSameDocument: false, preventDefault: () => (prevented = true) };
    this.emit('will-frame-navigate', event);
    this.emit('will-navigate', event, url);
    return prevented;
  }

  /** Errors of a page that is going away are not the application's. */
  #do(action: (session: DevToolsSession) => Promise<unknown>): void {
    this.#ready.then(action).catch((error: unknown) => {
      if (process.env['STANDIN_DEBUG'] !== undefined) process.stderr.write(`stand-in: ${String(error)}\n`);
    });
  }
}

function refuseUnsafe(preferences: Electron.WebPreferences): void {
  const wrong = [
    preferences.nodeIntegration === true && 'nodeIntegration: true',
    preferences.contextIsolation === false && 'contextIsolation: false',
    preferences.sandbox === false && 'sandbox: false',
    preferences.webSecurity === false && 'webSecurity: false',
  ].filter((item) => item !== false);
  if (wrong.length > 0) throw new Error(`stand-in: ${wrong.join(', ')} is not implemented`);
}
