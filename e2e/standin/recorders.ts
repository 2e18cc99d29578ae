import { EventEmitter } from 'node:events';

/* What the operating system would show or send: recorded for the test to read, triggered by it through `__standin…`. */

type ForTests = Readonly<Record<`__standin${string}`, unknown>>;

const shortcuts = new Map<string, () => void>();
export const globalShortcut = {
  register(accelerator: string, callback: () => void): boolean {
    if (process.env['STANDIN_SHORTCUTS_TAKEN'] !== undefined || shortcuts.has(accelerator)) return false;
    shortcuts.set(accelerator, callback);
    return true;
  },
  isRegistered: (accelerator: string): boolean => shortcuts.has(accelerator),
  unregister: (accelerator: string): void => void shortcuts.delete(accelerator),
  unregisterAll: (): void => shortcuts.clear(),
  __standinTrigger(accelerator: string): void {
    const callback = shortcuts.get(accelerator);
    if (!callback) throw new Error(`expected a registered accelerator, was ${accelerator}`);
    callback();
  },
} satisfies Pick<Electron.GlobalShortcut, 'register' | 'isRegistered' | 'unregister' | 'unregisterAll'> & ForTests;

type Item = Electron.MenuItemConstructorOptions;

export class Menu {
  readonly items: readonly Item[];
  static #application: Menu | null = null;

  constructor(items: readonly Item[] = []) {
    this.items = items;
  }

  static buildFromTemplate(template: readonly Item[]): Menu {
    return new Menu(template);
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu;
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }

  /** Chooses the item with this accelerator, as a key press with the window's focus would. */
  static __standinTrigger(accelerator: string): void {
    const find = (items: readonly Item[]): Item | undefined => {
      for (const item of items) {
        if (item.accelerator === accelerator) return item;
        const inner = Array.isArray(item.submenu) ? find(item.submenu) : undefined;
        if (inner) return inner;
      }
      return undefined;
    };
    const item = find(Menu.#application?.items ?? []);
    if (!item) throw new Error(`expected a menu item with an accelerator, was ${accelerator}`);
    item.click?.(item as never, undefined, {});
  }
}

const shown: unknown[] = [];
/** Unscripted questions are answered with the choice that changes nothing: cancel. */
const answer = (options: Electron.MessageBoxOptions): Electron.MessageBoxReturnValue => {
  shown.push(options);
  return { response: options.cancelId ?? 0, checkboxChecked: false };
};
const optionsOf = (args: readonly unknown[]): Electron.MessageBoxOptions => args.at(-1) as Electron.MessageBoxOptions;
export const dialog = {
  showMessageBox: async (...args: unknown[]): Promise<Electron.MessageBoxReturnValue> => answer(optionsOf(args)),
  showMessageBoxSync: (...args: unknown[]): number => answer(optionsOf(args)).response,
  showErrorBox: (title: string, content: string): void => void shown.push({ title, content }),
  __standinShown: shown,
} satisfies Pick<Electron.Dialog, 'showMessageBox' | 'showMessageBoxSync' | 'showErrorBox'> & ForTests;

export const shell = {
  __standinOpened: [] as string[],
  async openExternal(url: string): Promise<void> {
    shell.__standinOpened.push(url);
  },
} satisfies Pick<Electron.Shell, 'openExternal'> & ForTests;

export const powerMonitor = new EventEmitter();
