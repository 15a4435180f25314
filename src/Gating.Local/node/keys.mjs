// Signing keys of the demonstration provider: one RS256, one ES256.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

// With `ids`, keys with the same `kid` and other contents: what a careless provider does.
export function freshKeys(ids = []) {
  return [
    jwk('RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }), ids),
    jwk('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }), ids),
  ];
}

export function readOrMakeKeys(file) {
  if (existsSync(file)) {
    return JSON.parse(readFileSync(file, 'utf8'));
  }

  const keys = freshKeys();
  writeFileSync(file, JSON.stringify(keys), { mode: 0o600, flag: 'wx' });
  return keys;
}

function jwk(alg, { privateKey }, ids) {
  const kid = ids.find((key) => key.alg === alg)?.kid ?? `${alg.toLowerCase()}-${randomBytes(6).toString('hex')}`;
  return { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}
