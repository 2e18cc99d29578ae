import type { Bridge } from '../src-preload/contract/bridge.ts';
import { startTerminal } from './app/terminal-app.tsx';
import { WebBridge } from './app/web-bridge.ts';
import './ui/tokens.css';
import './ui/base.css';
import './ui/terminal.css';

/** The desktop's preload puts a bridge here; a browser page has none. */
type DesktopWindow = { readonly leeward?: Bridge };

function openBridge(): Bridge {
  const desktop = (globalThis as DesktopWindow).leeward;
  if (desktop) return desktop;
  const url = new URL('/stream', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebBridge({
    open: () => new WebSocket(url),
    clientId: `page-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`,
    nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
    later: (task, delayMs) => setTimeout(task, delayMs),
  });
}

const root = document.getElementById('root');
if (!root) throw new Error('expected an element with the id root, was none');
startTerminal(openBridge(), root);
