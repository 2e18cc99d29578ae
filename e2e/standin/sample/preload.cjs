// The preload of the conformance specs: one function for each fact.
const { contextBridge, ipcRenderer } = require('electron');

const missing = (name) => {
  try {
    require(name);
    return 'loaded';
  } catch (error) {
    return error.message;
  }
};

contextBridge.exposeInMainWorld('sample', {
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  describe: (value) => `${Object.prototype.toString.call(value)} ${typeof value}`,
  callLater: (callback) => Promise.resolve().then(() => callback(21)),
  fail: () => {
    throw new RangeError('from the preload');
  },
  requireNode: () => missing('node:fs'),
  sandboxed: () => process.sandboxed,
  onEvent: (listener) => void ipcRenderer.on('event', (_event, ...args) => listener(...args)),
  exposeAgain: () => contextBridge.exposeInMainWorld('sample', {}),
  onPort: (listener) =>
    void ipcRenderer.on('port', ({ ports: [port] }) => {
      port.onmessage = ({ data }) => {
        listener(data);
        if (data === 'close') port.close();
        else port.postMessage({ echo: data });
      };
      port.addEventListener('close', () => listener('closed'));
    }),
});
