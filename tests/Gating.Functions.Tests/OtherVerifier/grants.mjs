// Checks grants as a tool would that has none of our code: the token with oauth4webapi as a resource server (RFC 9068, RFC 9449), its status list's signature with jose, what the list says with the status list package
// of the OpenWallet Foundation. Arguments: the gate's address, its identifier, the tool's URI, then grants. One line of JSON for each grant.
import { createRemoteJWKSet, customFetch as joseFetch, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { getListFromStatusListJWT, getStatusListFromJWT } from '@sd-jwt/jwt-status-list';

const [gate, issuer, tool, ...grants] = process.argv.slice(2);

// The gate is known by a name that leads nowhere here: what is asked of it goes to where it listens.
const reach = (url, options) => {
  const { pathname, search, origin } = new URL(url);
  if (origin !== issuer) {
    throw new Error(`${url} is not the gate's`);
  }

  return fetch(gate + pathname + search, options);
};

const metadata = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', [oauth.customFetch]: reach }));
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), { [joseFetch]: reach });
const listed = (await (await reach(metadata.status_list_aggregation_endpoint)).json()).status_lists;
for (const grant of grants) {
  try {
    console.log(JSON.stringify({ accepted: true, ...(await check(grant)) }));
  } catch (error) {
    console.log(JSON.stringify({ accepted: false, why: error.message }));
  }
}

async function check(grant) {
  const request = new Request(tool, { method: 'POST', headers: { authorization: `Bearer ${grant}` } });
  const claims = await oauth.validateJwtAccessToken(metadata, request, tool, { [oauth.customFetch]: reach });
  const { idx, uri } = getStatusListFromJWT(grant);
  const answer = await reach(uri, { headers: { accept: 'application/statuslist+jwt' } });
  const token = await answer.text();
  if (answer.status !== 200 || !listed.includes(uri)) {
    throw new Error(`${uri} answers ${answer.status}, listed: ${listed.includes(uri)}`);
  }

  const { payload } = await jwtVerify(token, keys, { typ: 'statuslist+jwt', subject: uri, algorithms: ['ES256'] });
  return { sub: claims.sub, idx, status: getListFromStatusListJWT(token).getStatus(idx), ttl: payload.ttl, etag: answer.headers.get('etag') };
}
