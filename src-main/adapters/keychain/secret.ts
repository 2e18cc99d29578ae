import { inspect } from 'node:util';

const SHOWN = '[secret]';

/**
 * A key, token or password that never prints: string conversion, JSON and inspection all show `[secret]`. Only
 * {@link Secret.reveal} gives the text, and only the place that hands it to a library calls it.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
