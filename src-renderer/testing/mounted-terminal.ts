import { startTerminal } from '../app/terminal-app.tsx';
import type { Terminal } from '../app/terminal-context.tsx';
import { SampleBridge, type SampleOptions } from './sample-bridge.ts';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/terminal.css';

export type MountedTerminal = {
  readonly bridge: SampleBridge;
  readonly terminal: Terminal;
  readonly element: HTMLElement;
  /** The one element of a selector. Throws when there is none. */
  readonly find: (selector: string) => HTMLElement;
  readonly text: (selector: string) => string;
  readonly close: () => void;
};

/** The whole terminal in the test's page, over made-up data. */
export function mountTerminal(options: SampleOptions = {}): MountedTerminal {
  localStorage.clear();
  const element = document.createElement('div');
  element.id = 'root';
  document.body.append(element);
  const bridge = new SampleBridge(options);
  const { terminal, close } = startTerminal(bridge, element);
  const find = (selector: string): HTMLElement => {
    const found = document.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`expected an element ${selector}, was none`);
    return found;
  };
  return {
    bridge,
    terminal,
    element,
    find,
    text: (selector) => find(selector).textContent,
    close: () => {
      close();
      element.remove();
    },
  };
}
