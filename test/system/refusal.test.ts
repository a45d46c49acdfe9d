import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ExpectedFailure } from '../../src/errors.ts';
import { explainSystemError } from '../../src/system/refusal.ts';
import { NotUnderstood } from '../../src/text/not-understood.ts';

const folder = mkdtempSync(join(tmpdir(), 'sibling-system-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'file'), '');
symlinkSync('circle', join(folder, 'circle'));

const absentProgram = ['no', 'such', 'program'].join('-');

function failed(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

test.each<[string, () => unknown, RegExp]>([
  ['ENOENT', () => readFileSync(join(folder, 'none')), /none: it is not there \(open\)$/],
  ['EISDIR', () => writeFileSync(folder, ''), /: it is a folder where a file is needed \(open\)$/],
  ['ENOTDIR', () => readFileSync(join(folder, 'file/x')), /file\/x: a part of the path is a file/],
  ['ELOOP', () => readFileSync(join(folder, 'circle')), /circle: links lead in a circle/],
  ['ENAMETOOLONG', () => readFileSync(join(folder, 'x'.repeat(300))), /the name is too long/],
  [
    'EISDIR of an open file',
    () => {
      const file = openSync(folder, 'r');
      try {
        readSync(file, Buffer.alloc(1), 0, 1, null);
      } finally {
        closeSync(file);
      }
    },
    /^a file of the project: it is a folder where a file is needed \(read\)$/,
  ],
  // What the system has run out of has words whatever was being done, and no path.
  ...['EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'EIO', 'EAGAIN', 'ENOMEM'].map(
    (code): [string, () => unknown, RegExp] => [
      `${code} of a call without a file`,
      () => {
        throw Object.assign(new Error(code), { code, syscall: 'epoll_ctl' });
      },
      / \(epoll_ctl\)$/,
    ],
  ),
  [
    'ENOSPC of a write',
    () => writeFileSync('/dev/full', 'x'),
    /: no space is left on the disk \(write\)$/,
  ],
  ['a null byte', () => readFileSync('a\0b'), /^a path has a null byte/],
  [
    'a program that is not installed',
    () => execFileSync(absentProgram),
    /^the program no-such-program cannot be started: it is not installed/,
  ],
  [
    'a file that cannot be read as a whole',
    () => {
      writeFileSync(join(folder, 'large'), '');
      truncateSync(join(folder, 'large'), 2.2e9);
      readFileSync(join(folder, 'large'));
    },
    /larger than 2 GiB/,
  ],
])('%s becomes words', (_, work, cause) => {
  const explained = explainSystemError(failed(work));
  expect(explained).toBeInstanceOf(ExpectedFailure);
  const { failure } = explained as ExpectedFailure;
  expect(failure).toMatchObject({
    kind: /no space|quota/.test(failure.cause) ? 'stage' : 'configuration',
    cause: expect.stringMatching(cause),
    hint: expect.stringMatching(/\w/),
  });
});

test('a full disk has the exit code of a stage', () => {
  const full = Object.assign(new Error('x'), { code: 'ENOSPC', syscall: 'write' });
  expect((explainSystemError(full) as ExpectedFailure).failure.kind).toBe('stage');
});

test('what only DVC reads is told as that', () => {
  const left = explainSystemError(new NotUnderstood('the line x', { file: 'a', line: 3 }));
  expect((left as ExpectedFailure).failure).toMatchObject({
    cause: 'the line x is not read here',
    place: { file: 'a', line: 3 },
  });
});

test.each([
  new TypeError('x is not a function'),
  Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  new ExpectedFailure({ kind: 'stage', cause: 'x', hint: 'y' }),
  undefined,
])('any other error stays what it is: %s', (error) => {
  expect(explainSystemError(error)).toBe(error);
});
