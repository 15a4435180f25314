// Runs Azurite inside this process, says on which ports it listens, and ends with the program that started it.
// Arguments are Azurite's own; a port of 0 lets the system choose, so that no two can race for one.
import { createRequire } from 'node:module';
import { endWithParent, tell } from './lifeline.mjs';

const services = ['blob', 'queue', 'table'];
const ports = {};
let closed = 0;

// Azurite says where it listens on the console alone, and there it also says when its data is saved.
console.log = (line) => {
  const listening = /^Azurite (\w+) service is successfully listening at .*:(\d+)$/.exec(line);
  if (listening) {
    ports[listening[1].toLowerCase()] = Number(listening[2]);
    if (services.every((service) => ports[service])) {
      tell({ event: 'ready', ...ports });
    }
  } else if (/ service successfully closed$/.test(line) && ++closed === services.length) {
    process.exit(0);
  }
};

// Azurite would close at Ctrl-C while the gate still finishes its last requests.
const once = process.once.bind(process);
process.once = (name, listener) => (name === 'SIGINT' ? process : once(name, listener));

const inMemory = process.argv.includes('--inMemoryPersistence');
endWithParent(() => {
  if (inMemory || !process.emit('SIGTERM')) {
    process.exit(0);
  }

  setTimeout(() => process.exit(1), 15000);
});

const require = createRequire(import.meta.url);
if (inMemory) {
  // Once a minute the queue service looks for the memory of messages that are gone, in quadratic time: after some ten thousand messages all of
  // Azurite stands still for the better part of a minute. One that keeps nothing on disk can do without.
  require('azurite/dist/src/queue/utils/constants.js').DEFAULT_GC_INTERVAL_MS = 2 ** 31 - 1;
}

require('azurite/dist/src/azurite.js');
