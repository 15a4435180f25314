// A demonstration OpenID provider for one's own machine: oidc-provider with persons that are made up and no passwords.
// Standard input: first one line of JSON (the settings, see OpenIdProviderProcess.cs), then one line per command. Standard output: events.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { randomBytes } from 'node:crypto';
import { endWithParent, tell } from './lifeline.mjs';
import { freshKeys, readOrMakeKeys } from './keys.mjs';
import { pages } from './pages.mjs';

// It says that it would rather run on Node 22; it runs on 20, and what we use of it is tested there.
console.warn = () => {};
console.info = () => {};
const { Provider } = await import('oidc-provider');

const lines = createInterface({ input: process.stdin });
endWithParent(() => process.exit(0));

const persons = new Map();
let settings;
let keys;
let handle;

lines.on('line', (line) => (settings ? command(JSON.parse(line)) : start(JSON.parse(line))));

function start(given) {
  settings = given;
  settings.persons.forEach((person) => persons.set(person.name, person));
  keys = settings.keysFile ? readOrMakeKeys(settings.keysFile) : freshKeys();
  const server = createServer((request, response) => handle(request, response));
  server.listen(settings.port, '127.0.0.1', () => {
    settings.issuer = `http://127.0.0.1:${server.address().port}`;
    serve();
    tell({ event: 'ready', issuer: settings.issuer });
  });
}

// Keys are fixed when a provider is made, so that new keys mean a new provider; sessions and codes live outside of it and stay.
function serve() {
  const provider = new Provider(settings.issuer, configuration());
  const interaction = pages(provider, settings);
  const standard = provider.callback();
  handle = (request, response) => (request.url.startsWith('/interaction/') ? interaction(request, response) : standard(request, response));
}

function command({ command: name, retire, sameIds }) {
  if (name === 'rotate') {
    const fresh = freshKeys(sameIds ? keys : []);
    keys = retire ? fresh : [...fresh, ...keys];
    serve();
    tell({ event: 'rotated' });
  }
}

function configuration() {
  return {
    clients: settings.clients.map((client) => ({
      client_id: client.id,
      client_secret: client.secret ?? undefined,
      token_endpoint_auth_method: client.secret ? 'client_secret_basic' : 'none',
      redirect_uris: client.redirectUris,
      id_token_signed_response_alg: client.algorithm,
      require_auth_time: true,
    })),
    jwks: { keys },
    cookies: { keys: [cookieKey] },
    findAccount: (_, id) => account(id),
    claims: { openid: ['sub'], identity: ['verified_claims'], person: [settings.personClaim] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, userinfo: { enabled: true } },
    pkce: { required: () => true },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    ttl: {
      IdToken: settings.idTokenSeconds, AccessToken: 300, AuthorizationCode: 60, Grant: 3600, Interaction: 600, Session: 3600,
    },
    renderError: (context, out) => {
      context.type = 'json';
      context.body = out;
    },
  };
}

const cookieKey = randomBytes(32).toString('base64url');

function account(id) {
  const person = [...persons.values()].find(({ subject }) => subject === id);
  return person && { accountId: id, claims: () => ({ sub: id, ...person.claims }) };
}
