// Checks receipts (C2SP tlog-proof) as an owner would who has none of our code: the signed note and the inclusion proof with sigstore's verifier, which was written for another log, the leaf with
// Node's HMAC from the written format. Arguments: the log's verifier key (name+id+base64), then files. One line of JSON for each file.
import { createHash, createHmac, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tlog from '@sigstore/verify/dist/tlog/index.js';

const [vkey, ...files] = process.argv.slice(2);
const log = readKey(vkey);
for (const file of files) {
  try {
    console.log(JSON.stringify({ accepted: true, ...verify(readFileSync(file)) }));
  } catch (error) {
    console.log(JSON.stringify({ accepted: false, why: error.message }));
  }
}

// C2SP signed-note: the id is the first four bytes of SHA-256(name, newline, type, key); type 1 is Ed25519.
function readKey(text) {
  const [name, id, ...rest] = text.split('+');
  const [type, ...key] = Buffer.from(rest.join('+'), 'base64');
  const logID = createHash('sha256').update(`${name}\n`).update(Buffer.from([type, ...key])).digest();
  if (type !== 1 || logID.subarray(0, 4).toString('hex') !== id) {
    throw new Error('not an Ed25519 verifier key');
  }

  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key)]);
  return { name, logID, baseURL: `https://${name}`, publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

function verify(bytes) {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const split = text.indexOf('\n\n');
  const [header, extra, index, ...hashes] = text.slice(0, split).split('\n');
  const envelope = text.slice(split + 2);
  if (split < 0 || header !== 'c2sp.org/tlog-proof@v1' || !extra?.startsWith('extra ') || !/^index \d+$/.test(index) || envelope.split('\n')[0] !== log.name) {
    throw new Error('not a receipt of this log');
  }

  // version(1)=1, tag(32), opening(32), entry hash(32)
  const opening = Buffer.from(extra.slice(6), 'base64');
  if (opening.length !== 97 || opening[0] !== 1) {
    throw new Error('not an opening');
  }

  const entry = opening.subarray(65);
  const commitment = createHmac('sha256', opening.subarray(33, 65)).update('gating/log/commitment/v1').update(entry).digest();
  const inclusionProof = { logIndex: index.slice(6), hashes: hashes.map((hash) => Buffer.from(hash, 'base64')), checkpoint: { envelope } };
  tlog.verifyTLogInclusion({ canonicalizedBody: Buffer.concat([opening.subarray(1, 33), commitment]), inclusionProof }, [log]);
  return { entry: entry.toString('hex'), index: Number(index.slice(6)), size: Number(envelope.split('\n')[1]) };
}
