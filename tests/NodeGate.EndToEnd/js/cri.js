'use strict';
// An independent gRPC client for the CRI socket.
//   node cri.js --socket PATH [options] pull IMAGE | status IMAGE | list | raw /pkg.Service/Method HEX
// Options: --metadata k=v (repeatable; a name that ends in -bin takes hex), --deadline-ms N, --api runtime.v1alpha2,
//          --namespace NS and --pod NAME (sandbox_config of a pull), --user NAME and --password TEXT (auth of a pull).
// Prints one line of JSON: {code, details, metadata, trailers, message}. The exit code is 0 for every answer of the server.
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const MAX_MESSAGE = 16 * 1024 * 1024; // The kubelet's limit.

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    socket: { type: 'string' },
    metadata: { type: 'string', multiple: true, default: [] },
    'deadline-ms': { type: 'string' },
    api: { type: 'string', default: 'runtime.v1' },
    namespace: { type: 'string' },
    pod: { type: 'string', default: 'pod' },
    user: { type: 'string' },
    password: { type: 'string' },
  },
});

const definition = protoLoader.loadSync(path.join(__dirname, 'cri.proto'), {
  keepCase: true, longs: String, defaults: false, oneofs: true,
});
const images = definition['runtime.v1.ImageService'];

function typed(method, request) {
  const known = images[method];
  return {
    path: `/${options.api}.ImageService/${method}`,
    bytes: known.requestSerialize(request),
    decode: (bytes) => known.responseDeserialize(bytes),
  };
}

function command([name, ...rest]) {
  switch (name) {
    case 'pull': {
      const request = { image: { image: rest[0], user_specified_image: rest[0] } };
      if (options.user !== undefined) request.auth = { username: options.user, password: options.password };
      if (options.namespace !== undefined) {
        request.sandbox_config = { metadata: { name: options.pod, uid: `${options.namespace}-${options.pod}`, namespace: options.namespace } };
      }
      return typed('PullImage', request);
    }
    case 'status':
      return typed('ImageStatus', { image: { image: rest[0] } });
    case 'list':
      return typed('ListImages', {});
    case 'raw':
      return { path: rest[0], bytes: Buffer.from(rest[1] ?? '', 'hex'), decode: (bytes) => bytes.toString('hex') };
    default:
      process.stderr.write('usage: cri.js --socket PATH [options] pull IMAGE | status IMAGE | list | raw PATH HEX\n');
      process.exit(64);
  }
}

function metadata() {
  const result = new grpc.Metadata();
  for (const entry of options.metadata) {
    const at = entry.indexOf('=');
    const [key, value] = [entry.slice(0, at), entry.slice(at + 1)];
    result.add(key, key.endsWith('-bin') ? Buffer.from(value, 'hex') : value);
  }
  return result;
}

// Binary values as hex, so that they can be compared.
function plain(entries) {
  const result = {};
  for (const key of Object.keys(entries?.getMap() ?? {})) {
    result[key] = entries.get(key).map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : value));
  }
  return result;
}

const call = command(positionals);
if (!options.socket || !fs.existsSync(options.socket)) {
  process.stderr.write(`no socket at ${options.socket}\n`);
  process.exit(2);
}

const client = new grpc.Client(`unix:${options.socket}`, grpc.credentials.createInsecure(), {
  'grpc.default_authority': 'localhost',
  'grpc.max_receive_message_length': MAX_MESSAGE,
  'grpc.max_send_message_length': MAX_MESSAGE,
});
const deadline = options['deadline-ms'] === undefined ? undefined : Date.now() + Number(options['deadline-ms']);
let headers;
let message = null;
const pending = client.makeUnaryRequest(
  call.path, (bytes) => bytes, (bytes) => bytes, call.bytes, metadata(), { deadline },
  (error, bytes) => { if (bytes) message = call.decode(bytes); },
);
pending.on('metadata', (entries) => { headers = entries; });
pending.on('status', (status) => {
  // The callback comes after this event.
  setImmediate(() => {
    process.stdout.write(`${JSON.stringify({
      code: status.code, details: status.details, metadata: plain(headers), trailers: plain(status.metadata), message,
    })}\n`);
    client.close();
  });
});
