import { randomBytes } from 'node:crypto';
import { decode, encode, encodeObject } from './codec.ts';
import { createMembrane, createPreloadRequire, createRendererModule, replaceOpen } from './page-scripts.ts';

export const ISOLATED_WORLD = 'Electron Isolated Context';

export type WorldScripts = { readonly page: string; readonly isolated: string; readonly binding: string };

/**
 * The two scripts of a window: the page's end of the bridge, and the preload in its isolated world. Only the top frame of a
 * real document gets them, as in Electron. The names that join the worlds are random for each window.
 */
export function worldScripts(preload: string | undefined): WorldScripts {
  const name = randomBytes(12).toString('hex');
  const binding = `standin_${randomBytes(6).toString('hex')}`;
  const guard = "if (window.top === window && location.href !== 'about:blank')";
  const opened = `open${name}`;
  const page = `${guard} {
    (${createMembrane.toString()})('page${name}', 'preload${name}');
    (${replaceOpen.toString()})('${opened}');
  }`;
  const isolated = `${guard} {
    ${encode.toString()}
    ${encodeObject.toString()}
    ${decode.toString()}
    const membrane = (${createMembrane.toString()})('preload${name}', 'page${name}');
    const electron = (${createRendererModule.toString()})({ binding: '${binding}', opened: '${opened}', membrane, encode, decode });
    const require = (${createPreloadRequire.toString()})(electron);
    const process = Object.freeze({ sandboxed: true, contextIsolated: true, type: 'renderer', platform: '${process.platform}' });
    const module = { exports: {} };
    (function (require, module, exports, process) {\n${preload ?? ''}\n}).call(globalThis, require, module, module.exports, process);
  }`;
  return { page, isolated, binding };
}
