// Runs `npm ci` and takes it along when the program that asked for it ends: a half-finished install must not go on beside the next one.
// Argument: the npm to run.
import { spawn } from 'node:child_process';
import { endWithParent } from './lifeline.mjs';

const npm = spawn(process.argv[2], ['ci', '--ignore-scripts', '--loglevel=error'], {
  stdio: ['ignore', 'inherit', 'inherit'],
  shell: process.platform === 'win32',
});
endWithParent(() => {
  // npm waits out its fetches after a polite signal, five minutes at worst; what it leaves half done has no stamp and is done again.
  npm.kill('SIGKILL');
  process.exit(1);
});
npm.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
npm.on('exit', (code) => process.exit(code ?? 1));
