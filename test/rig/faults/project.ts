import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { makeProject } from '../stage-project.ts';

/** Files that the faulted stage writes in the project's root, in the order of dvc.yaml. */
export const parts: readonly string[] = Array.from({ length: 8 }, (_, index) => `part-${index}`);

/** How many lines the faulted stage's log has, if it comes to its end. */
export const logLines = 12;

const filesInFolder = 8;

/**
 * Three stages in a row. The second, at which faults aim, takes half a second, and what it writes
 * depends on the parameter `value` alone. USR1 makes it fail, USR2 makes it take too much memory.
 */
export function makeFaultProject(meta: Readonly<Record<string, unknown>> = {}): string {
  const second = [
    "trap 'exit 7' USR1",
    "trap 'dd if=/dev/zero of=/dev/null bs=256M count=1' USR2",
    'read -r key value < params.yaml',
    'mkdir two',
    `for i in $(seq ${logLines}); do`,
    '  echo line $i',
    `  for part in ${parts.join(' ')}; do echo $value $part $i >> $part; done`,
    '  sleep 0.03',
    'done',
    `for i in $(seq ${filesInFolder}); do echo $value $i > two/$i; done`,
  ].join('\n');
  return makeProject({
    files: { 'params.yaml': 'value: 0\n' },
    stages: {
      first: { script: 'echo one > one', entry: { outs: ['one'] } },
      second: {
        script: second,
        entry: {
          deps: ['one'],
          params: ['value'],
          outs: [...parts, 'two'],
          meta: { sibling: { memory: '32m', ...meta } },
        },
      },
      third: {
        script: `cat ${parts.join(' ')} two/* > three`,
        entry: { deps: [...parts, 'two'], outs: ['three'] },
      },
    },
  });
}

/** A copy of a project that ran already, in which `value` is another now. */
export function copyProject(template: string, value: number, into = freshFolder()): string {
  cpSync(template, into, { recursive: true, verbatimSymlinks: true });
  rmSync(join(into, '.sibling'), { recursive: true, force: true });
  writeFileSync(join(into, 'params.yaml'), `value: ${value}\n`);
  return into;
}

export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), 'sibling-fault-'));
}

/** What each file of the second and third stage holds for a `value`. */
export function expectedFiles(value: number): Readonly<Record<string, string>> {
  const lines = Array.from({ length: logLines }, (_, index) => index + 1);
  const files: Record<string, string> = {};
  for (const part of parts) files[part] = lines.map((i) => `${value} ${part} ${i}\n`).join('');
  for (let i = 1; i <= filesInFolder; i++) files[`two/${i}`] = `${value} ${i}\n`;
  return { ...files, three: Object.values(files).join('') };
}

/** What is not as a pipeline that ended well leaves it; empty when all is. */
export function faultsOfResult(root: string, value: number): string[] {
  const faults = Object.entries(expectedFiles(value))
    .filter(([path, text]) => contentOf(root, path) !== text)
    .map(([path]) => `${path} is ${existsSync(join(root, path)) ? 'wrong' : 'absent'}`);
  const locked = lockedStages(root);
  if (typeof locked === 'string') return [...faults, locked];
  for (const stage of ['first', 'second', 'third']) {
    if (!(stage in locked)) faults.push(`dvc.lock lacks ${stage}`);
  }
  return [...faults, ...faultsOfLock(root, locked)];
}

/** Outs that are neither whole nor absent: whole is what the new `value` or the old one gives. */
export function partialOuts(root: string, values: readonly number[]): string[] {
  const accepted = values.map(expectedFiles);
  const faults = [...parts, 'three']
    .map((path) => [path, contentOf(root, path)] as const)
    .filter(([path, text]) => text !== undefined && !accepted.some((all) => all[path] === text))
    .map(([path]) => `${path} is partial`);
  const folder = join(root, 'two');
  if (existsSync(folder)) {
    const found = readdirSync(folder).map((name) => [
      `two/${name}`,
      contentOf(root, `two/${name}`),
    ]);
    const isWhole = accepted.some(
      (all) =>
        found.length === filesInFolder && found.every(([path, text]) => all[path ?? ''] === text),
    );
    if (!isWhole) faults.push(`two is partial (${found.length} files)`);
  }
  return faults;
}

/** Why dvc.lock cannot be what DVC goes by next; empty when it can. */
export function lockFaults(root: string): string[] {
  const locked = lockedStages(root);
  return typeof locked === 'string' ? [locked] : [];
}

/** Whether a run that ended well showed the second stage's log once and whole, if that ran at all. */
export function faultsOfLog(output: string): string[] {
  const shown = [...output.matchAll(/^\[second\] line (\d+)$/gm)].map(([, number]) =>
    Number(number),
  );
  const isWhole = shown.length === logLines && shown.every((number, at) => number === at + 1);
  return isWhole || shown.length === 0 ? [] : [`the log showed the lines ${shown.join(' ')}`];
}

interface LockedStage {
  readonly params?: Readonly<Record<string, { readonly value?: number }>>;
  readonly outs?: readonly { readonly path: string; readonly md5: string }[];
}

function lockedStages(root: string): Readonly<Record<string, LockedStage>> | string {
  try {
    const lock = parse(readFileSync(join(root, 'dvc.lock'), 'utf8'));
    return typeof lock?.stages === 'object' ? lock.stages : 'dvc.lock holds no stages';
  } catch (error) {
    return `dvc.lock cannot be read: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** A file's hash that dvc.lock names wrongly would make a later run trust what is not there. */
function faultsOfLock(root: string, stages: Readonly<Record<string, LockedStage>>): string[] {
  return Object.values(stages)
    .flatMap(({ outs }) => outs ?? [])
    .filter(({ md5 }) => !md5.endsWith('.dir'))
    .filter(({ path, md5 }) => hashOf(contentOf(root, path)) !== md5)
    .map(({ path }) => `dvc.lock names another hash than that of ${path}`);
}

function hashOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : createHash('md5').update(text).digest('hex');
}

function contentOf(root: string, path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}
