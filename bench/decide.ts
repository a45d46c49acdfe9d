/**
 * How long it takes to find that there is nothing to do: `sibling status` beside `dvc status` and
 * `dvc repro`, whole processes in alternating runs, medians; then how it grows. Name parts to run
 * some only: `node build/bench/decide.js stages folders small cold growth`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dump } from 'js-yaml';
import { repository } from '../test/rig/repository.ts';
import { toolPath } from '../test/rig/tools.ts';

type Command = 'sibling status' | 'dvc status' | 'dvc repro';

const scratch = mkdtempSync(join(tmpdir(), 'sibling-bench-'));
const siteCache = join(scratch, 'site');
const env = { ...process.env, DVC_NO_ANALYTICS: '1', DVC_SITE_CACHE_DIR: siteCache };
const programs = {
  sibling: join(repository, 'bin/sibling'),
  dvc: toolPath('dvc', { set: 'dvc' }),
};
const madeUp = '0123456789abcdef0123456789abcdef';

function run(root: string, command: Command | 'dvc init --no-scm'): number {
  const [program, ...args] = command.split(' ');
  const begun = performance.now();
  execFileSync(programs[program as keyof typeof programs], args, { cwd: root, env, stdio: 'pipe' });
  return performance.now() - begun;
}

function project(name: string, files: Readonly<Record<string, string | Buffer>>): string {
  const root = join(scratch, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Medians of `rounds` alternating runs, after one of each that does not count. */
function compare(label: string, root: string, commands: readonly Command[], rounds = 5): void {
  const times = new Map(commands.map((command) => [command, [] as number[]]));
  for (const command of commands) run(root, command);
  for (let round = 0; round < rounds; round++) {
    for (const [command, all] of times) all.push(run(root, command));
  }
  report(label, times);
}

function report(label: string, times: ReadonlyMap<Command, readonly number[]>): void {
  const ours = median(times.get('sibling status') ?? []);
  const parts = [...times].map(([command, all]) => {
    const time = median(all);
    const ratio = command === 'sibling status' ? '' : ` (${(time / ours).toFixed(1)} x)`;
    return `${command} ${time.toFixed(0)} ms${ratio}`;
  });
  console.log(`${label}: ${parts.join(', ')}`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function manyFiles(folder: string, count: number): Record<string, string> {
  const names = Array.from({ length: count }, (_, at) => `${folder}/${at % 100}/f${at}.txt`);
  return Object.fromEntries(names.map((name) => [name, name]));
}

/** A stage that reads a folder, with a lock whose hash is wrong: the folder has to be hashed. */
function hashed(name: string, files: Readonly<Record<string, string | Buffer>>): string {
  const deps = [{ path: 'data', hash: 'md5', md5: `${madeUp}.dir` }];
  const root = project(name, {
    ...files,
    'dvc.yaml': dump({ stages: { s: { cmd: 'true', deps: ['data'] } } }),
    'dvc.lock': dump({ schema: '2.0', stages: { s: { cmd: 'true', deps } } }),
  });
  run(root, 'dvc init --no-scm');
  return root;
}

const everything: readonly Command[] = ['sibling status', 'dvc status', 'dvc repro'];

const parts: Readonly<Record<string, () => void>> = {
  stages() {
    const names = Array.from({ length: 100 }, (_, at) => `s${at}`);
    const stage = (name: string) => ({
      cmd: `cp ${name}.in ${name}.out`,
      deps: [`${name}.in`],
      outs: [`${name}.out`],
    });
    const root = project('stages', {
      ...Object.fromEntries(names.map((name) => [`${name}.in`, name])),
      'dvc.yaml': dump({ stages: Object.fromEntries(names.map((name) => [name, stage(name)])) }),
    });
    run(root, 'dvc init --no-scm');
    run(root, 'dvc repro');
    compare('100 independent stages', root, everything);
  },
  folders() {
    const root = project('folders', {
      ...manyFiles('one', 10_000),
      ...manyFiles('two', 10_000),
      'dvc.yaml': dump({
        stages: { s: { cmd: 'echo > out', deps: ['one', 'two'], outs: ['out'] } },
      }),
    });
    run(root, 'dvc init --no-scm');
    run(root, 'dvc repro');
    compare('two folders of 10,000 files', root, everything, 3);
  },
  small() {
    const stage = (cmd: string, deps: string[], outs: string[], params?: string[]) => ({
      cmd,
      deps,
      outs,
      ...(params && { params }),
    });
    const root = project('small', {
      'iris.csv': 'a,b\n1,2\n'.repeat(75),
      'code.py': 'pass\n',
      'params.yaml': 'split: {seed: 1}\ntrain: {depth: 5}\n',
      'dvc.yaml': dump({
        stages: {
          ingest: stage('cp iris.csv raw.csv', ['iris.csv'], ['raw.csv']),
          preprocess: stage(
            'cp raw.csv clean.csv',
            ['raw.csv', 'code.py'],
            ['clean.csv'],
            ['split.seed'],
          ),
          train: stage('cp clean.csv model', ['clean.csv', 'code.py'], ['model'], ['train.depth']),
          evaluate: stage('cp model metrics.json', ['model', 'clean.csv'], ['metrics.json']),
        },
      }),
    });
    run(root, 'dvc init --no-scm');
    run(root, 'dvc repro');
    compare('four stages', root, everything);
  },
  cold() {
    const megabyte = 2 ** 20;
    const large = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [`data/f${at}`, Buffer.alloc(50 * megabyte, at + 1)]),
    );
    const cases = [
      ['cold, 1 GB in 20 files', hashed('large', large), 1000 * megabyte],
      ['cold, 20,000 small files', hashed('many', manyFiles('data', 20_000)), undefined],
    ] as const;
    for (const [label, root, bytes] of cases) {
      const times = new Map<Command, number[]>([
        ['sibling status', []],
        ['dvc status', []],
      ]);
      for (let round = 0; round < 3; round++) {
        for (const [command, all] of times) {
          for (const cache of [siteCache, join(root, '.sibling'), join(root, '.dvc/tmp')]) {
            rmSync(cache, { recursive: true, force: true });
          }
          all.push(run(root, command));
        }
      }
      report(label, times);
      if (bytes === undefined) continue;
      const speeds = [...times].map(
        ([command, all]) => `${command} ${(bytes / 1e3 / median(all)).toFixed(0)} MB/s`,
      );
      console.log(`  ${speeds.join(', ')}`);
    }
  },
  growth() {
    for (const count of [1000, 10_000, 100_000]) {
      const root = hashed(`grown ${count}`, manyFiles('data', count));
      const cold = run(root, 'sibling status');
      const warm = median(Array.from({ length: 5 }, () => run(root, 'sibling status')));
      console.log(`${count} files: cold ${cold.toFixed(0)} ms, warm ${warm.toFixed(0)} ms`);
      rmSync(root, { recursive: true });
    }
    for (const count of [10, 100, 1000]) {
      const names = Array.from({ length: count }, (_, at) => `s${at}`);
      const stages = names.map((name) => [
        name,
        { cmd: 'true', deps: [`${name}.in`], outs: [`${name}.out`] },
      ]);
      const entry = (path: string) => ({ path, hash: 'md5', md5: madeUp });
      const locked = names.map((name) => [
        name,
        { cmd: 'true', deps: [entry(`${name}.in`)], outs: [entry(`${name}.out`)] },
      ]);
      const root = project(`${count} stages`, {
        ...Object.fromEntries(
          names.flatMap((name) => [
            [`${name}.in`, name],
            [`${name}.out`, name],
          ]),
        ),
        'dvc.yaml': dump({ stages: Object.fromEntries(stages) }),
        'dvc.lock': dump({ schema: '2.0', stages: Object.fromEntries(locked) }),
      });
      run(root, 'dvc init --no-scm');
      run(root, 'sibling status');
      const warm = median(Array.from({ length: 5 }, () => run(root, 'sibling status')));
      console.log(`${count} stages: warm ${warm.toFixed(0)} ms`);
    }
  },
};

const wanted = process.argv.slice(2);
try {
  for (const [name, part] of Object.entries(parts)) {
    if (wanted.length === 0 || wanted.includes(name)) part();
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
