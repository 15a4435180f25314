// A proxy in front of a gate that holds each request and each answer against the document, and says in the field sl-violations what is wrong with either; it passes both on as they are.
// node prism.mjs <openapi.json> <address of the gate>
import { createLogger } from '@stoplight/prism-core';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { createServer } from '@stoplight/prism-http-server';

const [document, gate] = process.argv.slice(2);

// The program that starts us holds the other end of our standard input: when it ends, we do.
process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume();
const server = createServer(await getHttpOperationsFromSpec(document), {
  cors: false,
  config: { isProxy: true, upstream: new URL(gate), validateRequest: true, validateResponse: true, checkSecurity: true, errors: false, mock: { dynamic: false } },
  components: { logger: createLogger('prism', { enabled: false }) },
});
console.log(JSON.stringify({ address: await server.listen(0, '127.0.0.1') }));
