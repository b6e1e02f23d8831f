// Validates JSON documents with ajv, the common implementation of JSON Schema:
//   schema.js SCHEMA DOCUMENT…
// prints one line for each document: 'good', or 'bad' with the first fault. Faults of the schema itself end the program.
'use strict';

const fs = require('fs');
const Ajv = require('ajv/dist/2020');

const [schema, ...documents] = process.argv.slice(2).map((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
const validate = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allowUnionTypes: true }).compile(schema);
for (const document of documents) {
  console.log(validate(document) ? 'good' : `bad: ${validate.errors[0].instancePath} ${validate.errors[0].message}`);
}
