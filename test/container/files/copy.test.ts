import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { copyPlacement } from '../../../src/container/files/copy.ts';
import type { PlacedFile } from '../../../src/container/files/placement.ts';
import { receiveFolder } from '../../../src/container/files/receive-folder.ts';
import { packFolders } from '../../../src/container/files/send-folder.ts';
import { SentFiles } from '../../../src/container/files/sent-files.ts';

const user = { uid: 1234, gid: 1235 };
let base: string;
let ours: string;
let theirs: string;
let sent: SentFiles;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'sibling-copy-'));
  ours = join(base, 'ours');
  theirs = join(base, 'work');
  mkdirSync(ours);
  mkdirSync(theirs);
  sent = new SentFiles();
});
afterEach(() => rmSync(base, { recursive: true, maxRetries: 5 }));

function write(path: string, text: string, mtime?: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (mtime !== undefined) utimesSync(path, mtime, mtime);
}

const work = (): PlacedFile => ({
  source: ours,
  target: '/work',
  kind: 'directory',
  readOnly: false,
});

/** What the engine does with an archive that it is sent: unpacks it, with owners and rights. */
async function send(files: readonly PlacedFile[]): Promise<void> {
  const tar = spawn('tar', ['-x', '--same-owner', '-p', '-C', theirs], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = new Promise((resolve) => tar.on('close', resolve));
  await pipeline(packFolders('/work', files, user, sent), tar.stdin);
  expect(await ended).toBe(0);
}

/** What the engine answers when it is asked for /work. */
function fetch(): NodeJS.ReadableStream {
  return spawn('tar', ['-c', '-C', base, 'work']).stdout;
}

/** Every path below a folder, with what is there. */
function listing(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const what = entry.isSymbolicLink()
          ? `-> ${readlinkSync(path)}`
          : entry.isDirectory()
            ? '/'
            : readFileSync(path, 'utf8');
        return [path.slice(folder.length + 1), what] as const;
      })
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

const strange = ['a b', 'ü.txt', '日本 语.csv', 'emoji 🌱', "it's", 'x'.repeat(180), 'new\nline'];

test('a folder arrives as it is, whatever its names, and belongs to the user', async () => {
  for (const name of strange) write(join(ours, 'deep', name), name);
  write(join(ours, 'empty'), '');
  mkdirSync(join(ours, 'nothing'));
  symlinkSync('deep/a b', join(ours, 'link'));
  write(join(ours, 'run.sh'), '#!');
  chmodSync(join(ours, 'run.sh'), 0o755);
  await send([work()]);
  expect(listing(theirs)).toEqual(listing(ours));
  expect(statSync(theirs)).toMatchObject(user);
  expect(statSync(join(theirs, 'deep/a b'))).toMatchObject(user);
  expect(statSync(join(theirs, 'run.sh')).mode & 0o777).toBe(0o755);
});

test('what is read-only cannot be written by the user; Sibling’s own folder stays here', async () => {
  write(join(ours, '.sibling/run.lock'), '1');
  write(join(base, 'dep/file'), 'data');
  await send([
    work(),
    { source: join(base, 'dep'), target: '/work/in/dep', kind: 'directory', readOnly: true },
    { source: join(base, 'dep/file'), target: '/work/one', kind: 'file', readOnly: true },
  ]);
  expect(Object.keys(listing(theirs))).toEqual(['in', 'in/dep', 'in/dep/file', 'one']);
  for (const [path, mode] of [
    ['in/dep', 0o555],
    ['in/dep/file', 0o444],
    ['one', 0o444],
  ] as const) {
    const stats = statSync(join(theirs, path));
    expect([path, stats.mode & 0o777, stats.uid]).toEqual([path, mode, 65534]);
  }
});

describe('what comes back', () => {
  beforeEach(async () => {
    for (const name of ['same', 'changed', 'gone', 'sub/gone', 'sub/same', 'type']) {
      write(join(ours, name), name, 1_000_000);
    }
    write(join(ours, '.sibling/run.lock'), 'mine');
    await send([work()]);
  });

  test('is exactly what the container left; what it did not touch is not written', async () => {
    const before = statSync(join(ours, 'same'));
    appendFileSync(join(theirs, 'changed'), ' more');
    rmSync(join(theirs, 'gone'));
    rmSync(join(theirs, 'sub/gone'));
    rmSync(join(theirs, 'type'));
    write(join(theirs, 'type/now a folder'), '');
    for (const name of strange) write(join(theirs, 'new', name), name);
    linkSync(join(theirs, 'changed'), join(theirs, 'hard'));
    symlinkSync('same', join(theirs, 'link'));
    await receiveFolder(fetch(), work(), [], sent);
    const { '.sibling': own, '.sibling/run.lock': lock, ...rest } = listing(ours);
    expect([own, lock]).toEqual(['/', 'mine']);
    expect(rest).toEqual(listing(theirs));
    expect(statSync(join(ours, 'same')).ino).toBe(before.ino);
  });

  test('is noticed when neither size nor time tell it: a command may set times', async () => {
    write(join(theirs, 'changed'), 'CHANGED', 1_000_000);
    await receiveFolder(fetch(), work(), [], sent);
    expect(readFileSync(join(ours, 'changed'), 'utf8')).toBe('CHANGED');
  });

  test('is not put over what a person has done here meanwhile', async () => {
    for (const name of ['changed', 'sub/same']) write(join(theirs, name), 'from the container');
    for (const name of ['gone', 'sub/gone']) rmSync(join(theirs, name));
    write(join(theirs, 'made'), 'from the container');
    // Meanwhile, with the same sizes and times:
    write(join(ours, 'changed'), 'CHANGED', 1_000_000);
    write(join(ours, 'gone'), 'GONE', 1_000_000);
    write(join(ours, 'made'), 'by a person');
    write(join(ours, 'sub/new'), 'by a person');
    await receiveFolder(fetch(), work(), [], sent);
    const {
      changed,
      gone,
      made,
      'sub/new': fresh,
      'sub/same': same,
      'sub/gone': lost,
    } = listing(ours);
    expect({ changed, gone, made, fresh, same, lost }).toEqual({
      changed: 'CHANGED',
      gone: 'GONE',
      made: 'by a person',
      fresh: 'by a person',
      same: 'from the container',
      lost: undefined,
    });
  });

  test('does not remove a folder in which a person has put something', async () => {
    rmSync(join(theirs, 'sub'), { recursive: true });
    write(join(ours, 'sub/new'), 'by a person');
    await receiveFolder(fetch(), work(), [], sent);
    expect(Object.keys(listing(join(ours, 'sub')))).toEqual(['new']);
  });

  test('leaves alone what was read-only there', async () => {
    write(join(theirs, 'sub/new'), 'x');
    rmSync(join(theirs, 'sub/same'));
    await receiveFolder(fetch(), work(), ['/work/sub'], sent);
    expect(Object.keys(listing(join(ours, 'sub')))).toEqual(['gone', 'same']);
  });

  test('cut in the middle is an error, and no file is half there', async () => {
    writeFileSync(join(theirs, 'changed'), 'x'.repeat(3_000_000));
    const whole = execFileSync('tar', ['-c', '-C', base, 'work'], { maxBuffer: 10 ** 8 });
    const cut = async function* () {
      yield whole.subarray(0, 1_500_000);
    };
    const archive = (await import('node:stream')).Readable.from(cut());
    await expect(receiveFolder(archive, work(), [], sent)).rejects.toThrow();
    expect(['changed', 'x'.repeat(3_000_000)]).toContain(
      readFileSync(join(ours, 'changed'), 'utf8'),
    );
    expect(readdirSync(ours).filter((name) => name.includes('part'))).toEqual([]);
  });
});

test.each<[string, readonly string[], readonly string[]]>([
  ['a file outside the project gets the folder that it lies in', ['/far/x', '/far/y'], ['/far']],
  ['files in folders of each other', ['/far/x', '/far/deep/y'], ['/far', '/far/deep']],
  ['a file in a folder that is there', ['/work/x'], []],
])('%s', (_, targets, volumes) => {
  const files = targets.map(
    (target): PlacedFile => ({ source: '/etc/hosts', target, kind: 'file', readOnly: true }),
  );
  const made = copyPlacement('').mounts([work(), ...files]);
  expect(made.map(({ Target }) => Target)).toEqual(['/work', ...volumes]);
});

test('a file in the root folder of a container cannot be copied there', () => {
  const file: PlacedFile = { source: '/etc/hosts', target: '/x', kind: 'file', readOnly: true };
  expect(() => copyPlacement('').mounts([work(), file])).toThrow(/in the root folder/);
});
