// A utility process that answers on its parent port and on every port that it is given.
process.parentPort.on('message', ({ data, ports }) => {
  for (const port of ports) {
    port.on('message', (event) => port.postMessage({ fromChild: event.data }));
    port.on('close', () => process.parentPort.postMessage('port closed'));
    port.start();
  }
  if (data === 'exit') process.exit(7);
  process.parentPort.postMessage({ echo: data, hasSend: process.send !== undefined });
});
