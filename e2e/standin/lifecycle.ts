import { EventEmitter } from 'node:events';

/** What windows and pages tell the application object: `web-contents-created`, `last-window-closed`. */
export const lifecycle = new EventEmitter();
