import express from 'express';
import { exchange, ready } from './exchange.mjs';

const port = Number(process.argv[3]);
const app = express().disable('x-powered-by').disable('etag');
app.use(express.urlencoded({ extended: false }));
app.post('/oauth2/token', async (request, response) => {
  response.json(await exchange(request.body));
});
app.listen(port, '127.0.0.1', () => ready());
