import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { NotReadWhole, readWhole, whyUnreadable } from '../../src/system/read-whole.ts';

const folder = mkdtempSync(join(tmpdir(), 'sibling-read-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
mkdirSync(at('folder'));
execFileSync('mkfifo', [at('pipe')]);
writeFileSync(at('sparse'), '');
truncateSync(at('sparse'), 3 * 2 ** 30);
writeFileSync(at('file'), 'text');
writeFileSync(at('empty'), '');
for (const [name, target] of [
  ['dangling', 'none'],
  ['circle', 'circle'],
  ['to-pipe', 'pipe'],
  ['to-file', 'file'],
] as const) {
  symlinkSync(target, at(name));
}

test.each([
  ['folder', 'is a folder, not a file'],
  ['pipe', 'is a pipe, not a file'],
  ['to-pipe', 'is a pipe, not a file'],
  ['/dev/zero', 'is a device, not a file'],
  ['sparse', 'is 3072 MiB large; such a file may have 64 MiB'],
  ['dangling', 'is a link that leads nowhere'],
  ['none', 'does not exist'],
  ['circle', 'is a link that leads in a circle'],
  ['file/below', 'lies below a file, which holds no others'],
])('%s %s, and nobody waits for it', (name, why) => {
  const path = name.startsWith('/') ? name : at(name);
  try {
    readWhole(path);
  } catch (error) {
    expect(whyUnreadable(error)).toBe(why);
    expect((error as NodeJS.ErrnoException).path).toBe(path);
    return;
  }
  throw new Error('it was read');
});

test('a socket is no file', async () => {
  const server = createServer().listen(at('socket'));
  await new Promise((resolve) => server.on('listening', resolve));
  expect(() => readWhole(at('socket'))).toThrow(NotReadWhole);
  server.close();
});

test('files are read, also by a link and where nothing is in them', () => {
  expect(readWhole(at('file')).toString()).toBe('text');
  expect(readWhole(at('to-file')).toString()).toBe('text');
  expect(readWhole(at('empty'))).toHaveLength(0);
  expect(readWhole('/dev/null')).toHaveLength(0);
  expect(readWhole('/proc/self/status').length).toBeGreaterThan(0);
  expect(() => readWhole(at('to-file'), { mayBeLink: false })).toThrow(/ELOOP/);
  expect(() => readWhole(at('file'), { limit: 3 })).toThrow(/is 1 MiB large/);
});
