import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import { missingDeps } from '../../../src/dvc/status/missing-deps.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'sibling-deps-'));
  mkdirSync(join(root, 'src'));
  for (const name of ['make.py', 'a.csv']) writeFileSync(join(root, 'src', name), '');
  symlinkSync('nowhere', join(root, 'src/link'));
});
afterAll(() => rmSync(root, { recursive: true }));

const found = (yaml: string) => {
  writeFileSync(join(root, 'dvc.yaml'), yaml);
  const pipeline = readPipeline(root);
  return missingDeps(pipeline, pipeline.stages).map(({ cause, hint }) => `${cause}. ${hint}`);
};
const stage = (deps: string, more = '') =>
  `stages:\n  one:\n    cmd: x\n    deps: [${deps}]\n${more}  two:\n    cmd: y\n    outs: [out/two]\n`;

test.each([
  ['what is there', 'src/make.py, src', '', []],
  ['what another stage makes, in part or with more', 'out/two, out/two/part, out', '', []],
  ['an address', '"s3://bucket/x"', '', []],
  ['of a frozen stage', 'src/mkae.py', '    frozen: true\n', []],
  [
    'a misspelt name',
    'src/mkae.py',
    '',
    [/^stage one depends on src\/mkae.py, which is not there, .*\. Did you mean src\/make.py\?/],
  ],
  ['a misspelt out', 'out/twoo', '', [/Did you mean out\/two\?/]],
  ['nothing like it', 'data/raw.parquet', '', [/^[^?]*\. Bring data\/raw.parquet back/]],
  ['a link', 'src/link', '', [/src\/link, a link that leads nowhere/]],
])('%s: %s', (_, deps, more, expected) => {
  const said = found(stage(deps, more));
  expect(said).toHaveLength(expected.length);
  for (const [at, pattern] of expected.entries()) expect(said[at]).toMatch(pattern);
});
