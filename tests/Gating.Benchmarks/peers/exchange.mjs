// The same signature work as the gate's, and nothing else: verify the identity token, sign a grant.
import { readFileSync } from 'node:fs';
import { SignJWT, createLocalJWKSet, generateKeyPair, jwtVerify } from 'jose';

const [, , jwksFile] = process.argv;
const keys = createLocalJWKSet(JSON.parse(readFileSync(jwksFile, 'utf8')));
const { privateKey } = await generateKeyPair('ES256');

export async function exchange({ subject_token: token, resource, authorization_details: details }) {
  const { payload } = await jwtVerify(token, keys, { algorithms: ['ES256', 'RS256'], audience: 'studio-web', typ: 'JWT' });
  const grant = await new SignJWT({ client_id: 'studio', authorization_details: JSON.parse(details) })
    .setProtectedHeader({ typ: 'at+jwt', alg: 'ES256', kid: 'peer' })
    .setIssuer('http://127.0.0.1')
    .setAudience(resource)
    .setSubject(payload.sub)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey);
  return { access_token: grant, token_type: 'Bearer', expires_in: 300 };
}

// Says that it serves, and ends with the program that started it.
export function ready() {
  process.stdout.write(`${JSON.stringify({ Serves: true })}\n`);
  process.stdin.on('end', () => process.exit(0)).resume();
}
