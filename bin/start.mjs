// Written for any Node: it tells an old one what is missing, where the bundle would fail to parse.
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 12)) {
  console.error(`error: sibling needs Node.js 20.12 or newer; ${process.execPath} is ${process.version}.`);
  process.exit(4);
}
// Where Node can (22.8 and newer), what it compiled is kept for the next start.
module.enableCompileCache?.();
await import('../dist/index.js');
