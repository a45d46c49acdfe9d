import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { git } from './stage-project.ts';

/** A project whose stage `make` has run, as far as DVC can tell: its outs are in the cache. */
export interface DataProject {
  readonly root: string;
  /** The hash of each file, by its path. */
  readonly md5s: ReadonlyMap<string, string>;
  remove(): void;
}

/**
 * Makes outs without a container: `folder` is an out with these files, and `files` are outs of their
 * own; sizes in bytes. Contents are random, so that every file is an object.
 */
export function makeDataProject({
  folder = {},
  files = {},
}: {
  readonly folder?: Readonly<Record<string, number>>;
  readonly files?: Readonly<Record<string, number>>;
}): DataProject {
  const root = mkdtempSync(join(tmpdir(), 'sibling-data-'));
  const md5s = new Map<string, string>();
  const store = (name: string, content: Buffer) => {
    const place = join(root, '.dvc/cache/files/md5', name.slice(0, 2), name.slice(2));
    write(place, content, 0o444);
  };
  const add = (path: string, size: number) => {
    const content = randomBytes(size);
    const md5 = createHash('md5').update(content).digest('hex');
    md5s.set(path, md5);
    store(md5, content);
    write(join(root, path), content);
    return md5;
  };
  const outs: object[] = [];
  const inFolder = Object.entries(folder).sort(([left], [right]) => (left < right ? -1 : 1));
  if (inFolder.length > 0) {
    const list = inFolder.map(([path, size]) => {
      const md5 = add(`data/${path}`, size);
      return `{"md5": "${md5}", "relpath": "${path}"}`;
    });
    const text = Buffer.from(`[${list.join(', ')}]`);
    const md5 = `${createHash('md5').update(text).digest('hex')}.dir`;
    md5s.set('data', md5);
    store(md5, text);
    const size = inFolder.reduce((sum, [, bytes]) => sum + bytes, 0);
    outs.push({ path: 'data', hash: 'md5', md5, size, nfiles: list.length });
  }
  for (const [path, size] of Object.entries(files)) {
    outs.push({ path, hash: 'md5', md5: add(path, size), size });
  }
  const names = outs.map((out) => (out as { path: string }).path);
  const cmd = 'sibling stage make';
  const ignored = names.map((name) => `/${name}\n`).join('');
  write(join(root, '.gitignore'), ignored);
  write(join(root, '.dvc/config'), '[core]\n    analytics = false\n');
  write(join(root, '.dvc/.gitignore'), '/config.local\n/tmp\n/cache\n');
  write(join(root, 'dvc.yaml'), stringify({ stages: { make: { cmd, outs: names } } }));
  write(join(root, 'dvc.lock'), stringify({ schema: '2.0', stages: { make: { cmd, outs } } }));
  git(root, 'init', '--quiet', '--initial-branch=main');
  return { root, md5s, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** So many files of the same size, in folders of a hundred. */
export function manyFiles(count: number, size: number): Record<string, number> {
  const entries = Array.from({ length: count }, (_, at): [string, number] => [
    `${String(Math.floor(at / 100)).padStart(3, '0')}/${at}.bin`,
    size,
  ]);
  return Object.fromEntries(entries);
}

function write(path: string, content: Buffer | string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode });
}
