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

createRequire(import.meta.url)('azurite/dist/src/azurite.js');
