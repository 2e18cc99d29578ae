import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which program runs the desktop bundles: Electron where its binary and a display exist, otherwise the stand-in. */
export const ROOT = join(import.meta.dirname, '..');
const ELECTRON = join(ROOT, 'node_modules/electron');
const hasDisplay =
  process.platform !== 'linux' || process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;

export const isElectron = hasDisplay && existsSync(join(ELECTRON, 'dist'));

const electronVersion = (): string =>
  (JSON.parse(readFileSync(join(ELECTRON, 'package.json'), 'utf8')) as { readonly version: string }).version;
export const hostLabel = isElectron
  ? `electron ${electronVersion()}`
  : `STAND-IN (Node ${process.versions.node} + Chromium, not Electron)`;

/** Playwright asks the electron package for the program, and the package asks this variable first. */
export function chooseHost(): void {
  if (!isElectron) process.env['ELECTRON_OVERRIDE_DIST_PATH'] = join(ROOT, 'e2e/standin');
}
