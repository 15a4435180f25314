// Checks a signed token of the gate's with jose and its published keys (RFC 8725: its type, its issuer, its audience). Arguments: the gate's address, its identifier, the token, the type and the audience that are expected, where the keys are, and the algorithm.
import { createLocalJWKSet, jwtVerify } from 'jose';

const [gate, issuer, token, typ, audience, path, algorithm] = process.argv.slice(2);
const keys = createLocalJWKSet(await (await fetch(`${gate}${path}`)).json());
try {
  await jwtVerify(token, keys, { typ, issuer, audience, algorithms: [algorithm] });
  console.log(JSON.stringify({ accepted: true }));
} catch (error) {
  console.log(JSON.stringify({ accepted: false, why: error.message }));
}
