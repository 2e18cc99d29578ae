// What `electron` resolves to in the stand-in. The last statement is a literal so that named imports link; a name that is
// missing there fails at link time, and one read later throws.
const {
  app,
  BrowserWindow,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  MessageChannelMain,
  powerMonitor,
  protocol,
  session,
  shell,
  utilityProcess,
  webContents,
} = globalThis[Symbol.for('leeward.standin')];

module.exports = {
  app,
  BrowserWindow,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  MessageChannelMain,
  powerMonitor,
  protocol,
  session,
  shell,
  utilityProcess,
  webContents,
};
Object.setPrototypeOf(
  module.exports,
  new Proxy(Object.prototype, {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || name in target || name === '__esModule' || name === 'then' || name === 'default')
        return Reflect.get(target, name, receiver);
      throw new Error(`stand-in: ${name} is not implemented`);
    },
  }),
);
