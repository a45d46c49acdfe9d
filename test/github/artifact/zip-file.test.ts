import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { onlyFile } from '../../../src/github/artifact/artifact.ts';
import { zipFile } from '../../../src/github/artifact/zip-file.ts';

const text = `{"name": "größe", "values": [${Array(2_000).fill('1.5').join(', ')}]}`;
const archive = zipFile('report.json', new TextEncoder().encode(text));
const limits = { artifact: 'report', file: 'report.json', maxSize: 2 ** 20 };

test('an archive reads back through a strict reader, and is smaller than its file', async () => {
  expect(await onlyFile(Buffer.from(archive), limits)).toBe(text);
  expect(archive.length).toBeLessThan(text.length / 10);
});

test("Python's zipfile finds its checksum right", () => {
  const folder = mkdtempSync(join(tmpdir(), 'sibling-zip-'));
  try {
    const path = join(folder, 'report.zip');
    writeFileSync(path, archive);
    const program = 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).testzip())';
    expect(execFileSync('python3', ['-c', program, path], { encoding: 'utf8' })).toBe('None\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
