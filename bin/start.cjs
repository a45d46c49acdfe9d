// Written for any Node: it tells an old one what is missing, where the bundle would fail to parse.
'use strict';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 12)) {
  console.error(
    `error: sibling needs Node.js 20.12 or newer; ${process.execPath} is ${process.version}.`,
  );
  process.exit(4);
}
// What bin/sibling kept from Node is for the programs that are started from here.
if (process.env.SIBLING_EXTRA_CA_CERTS !== undefined) {
  process.env.NODE_EXTRA_CA_CERTS = process.env.SIBLING_EXTRA_CA_CERTS;
  delete process.env.SIBLING_EXTRA_CA_CERTS;
}
const { join } = require('node:path');
const { requireCompiled } = require('./compiled-code.cjs');

requireCompiled(join(__dirname, '../dist/index.js'));
