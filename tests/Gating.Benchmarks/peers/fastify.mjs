import fastify from 'fastify';
import { exchange, ready } from './exchange.mjs';

const port = Number(process.argv[3]);
const app = fastify();
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (request, body, done) => {
  done(null, Object.fromEntries(new URLSearchParams(body)));
});
app.post('/oauth2/token', (request) => exchange(request.body));
await app.listen({ port, host: '127.0.0.1' });
ready();
