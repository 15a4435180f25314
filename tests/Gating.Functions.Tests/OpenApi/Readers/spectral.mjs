// node spectral.mjs <openapi.json>: Spectral with its own rules for OpenAPI; ends with 1 where it has anything to say.
const here = new URL('.', import.meta.url).pathname;
process.argv.splice(2, 0, 'lint', '--ruleset', `${here}spectral.yaml`, '--fail-severity', 'hint');
await import('./node_modules/@stoplight/spectral-cli/dist/index.js');
