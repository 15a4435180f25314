// node redocly.mjs <openapi.json>: Redocly with the rules that it recommends, warnings as errors; ends with 1 where it has anything to say. It tells nobody about us, and says everything on standard output.
Object.assign(process.env, { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' });
process.stderr.write = process.stdout.write.bind(process.stdout);
const here = new URL('.', import.meta.url).pathname;
process.argv.splice(2, 0, 'lint', '--config', `${here}redocly.yaml`, '--format', 'stylish');
await import('./node_modules/@redocly/cli/bin/cli.js');
