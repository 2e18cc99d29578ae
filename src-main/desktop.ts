/** Entry of the desktop: Electron's main process owns the window and the keys, and starts and supervises the engine. */
import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { startDesktop } from './desktop/start-desktop.ts';
import { registerPageScheme } from './desktop/app-protocol.ts';

app.enableSandbox();
registerPageScheme();
startDesktop(fileURLToPath(new URL('./', import.meta.url)));
