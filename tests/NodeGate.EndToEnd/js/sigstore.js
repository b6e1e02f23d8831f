'use strict';
// The JavaScript implementation of Sigstore, as an independent signer and verifier.
//   node sigstore.js verify --root trusted_root.json --bundle FILE --artifact FILE --identity SAN --issuer URL [--key PEM_FILE]
//   node sigstore.js bench --milliseconds N … (as verify)
//   node sigstore.js sign --fulcio URL --rekor URL [--rekor-version 2] [--tsa URL] --token JWT --artifact FILE [--payload-type TYPE]
// verify says "verified" and ends with 0, or says why not and ends with 1. sign prints the bundle; with a payload type it is an envelope.
const fs = require('node:fs');
const crypto = require('node:crypto');
const { parseArgs } = require('node:util');
const { bundleFromJSON, bundleToJSON } = require('@sigstore/bundle');
const { TrustedRoot } = require('@sigstore/protobuf-specs');
const { DSSEBundleBuilder, FulcioSigner, MessageSignatureBundleBuilder, RekorWitness, TSAWitness } = require('@sigstore/sign');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');

const names = ['root', 'bundle', 'artifact', 'identity', 'issuer', 'key', 'fulcio', 'rekor', 'rekor-version', 'tsa', 'token', 'payload-type', 'milliseconds'];
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});

// Parses and verifies the same bundle again and again; prints how many in a second, after as long to warm up.
function bench() {
  const { verifier, policy } = prepare();
  const [bundle, artifact] = [fs.readFileSync(options.bundle, 'utf8'), fs.readFileSync(options.artifact)];
  const round = (milliseconds) => {
    const began = process.hrtime.bigint();
    let count = 0;
    for (; Number(process.hrtime.bigint() - began) < milliseconds * 1e6; count++) {
      verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bundle)), artifact), policy);
    }
    return count / (Number(process.hrtime.bigint() - began) / 1e9);
  };
  round(Number(options.milliseconds));
  process.stdout.write(`${round(Number(options.milliseconds))}\n`);
}

function verify() {
  const { verifier, policy } = prepare();
  const bundle = bundleFromJSON(JSON.parse(fs.readFileSync(options.bundle, 'utf8')));
  verifier.verify(toSignedEntity(bundle, fs.readFileSync(options.artifact)), policy);
  process.stdout.write('verified\n');
}

function prepare() {
  const root = TrustedRoot.fromJSON(JSON.parse(fs.readFileSync(options.root, 'utf8')));
  const key = options.key && { publicKey: crypto.createPublicKey(fs.readFileSync(options.key)), validFor: () => true };
  const material = toTrustMaterial(root, () => key);
  const policy = key ? {} : { subjectAlternativeName: options.identity, extensions: { issuer: options.issuer } };
  return { verifier: new Verifier(material), policy };
}

async function sign() {
  const retry = { retries: 0 };
  const witnesses = [new RekorWitness({ rekorBaseURL: options.rekor, majorApiVersion: Number(options['rekor-version'] ?? 1), retry })];
  if (options.tsa !== undefined) witnesses.push(new TSAWitness({ tsaBaseURL: options.tsa, retry }));
  const signer = new FulcioSigner({ fulcioBaseURL: options.fulcio, identityProvider: { getToken: async () => options.token }, retry });
  const Builder = options['payload-type'] === undefined ? MessageSignatureBundleBuilder : DSSEBundleBuilder;
  const bundle = await new Builder({ signer, witnesses }).create({ data: fs.readFileSync(options.artifact), type: options['payload-type'] });
  process.stdout.write(`${JSON.stringify(bundleToJSON(bundle))}\n`);
}

async function main() {
  switch (positionals[0]) {
    case 'verify':
      return verify();
    case 'bench':
      return bench();
    case 'sign':
      return sign();
    default:
      throw new Error('usage: sigstore.js verify|bench|sign [options]');
  }
}

main().catch((error) => {
  process.stderr.write(`${error.code ?? error.name}: ${error.message}\n${error.cause ?? ''}\n`);
  process.exitCode = 1;
});
