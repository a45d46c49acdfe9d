/** Runs every linter over the repository, one line each; what a failed one said follows its line. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { repository } from '../test/rig/repository.ts';
import { toolPath } from '../test/rig/tools.ts';

interface Linter {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Files to add to the arguments; without any there is nothing to check. */
  readonly files?: readonly string[];
}

process.chdir(repository);
const files = filesInGit();
const workflows = files.filter((file) => /^[.]github\/workflows\/[^/]+[.]ya?ml$/.test(file));
const actions = files.filter((file) => /(^|\/)action[.]ya?ml$/.test(file));
const shellcheck = toolPath('shellcheck');
const local = (name: string) => `node_modules/.bin/${name}`;

const linters: readonly Linter[] = [
  { name: 'biome', program: local('biome'), args: ['check', '.'] },
  { name: 'knip', program: local('knip'), args: ['--no-config-hints'] },
  {
    name: 'dependency-cruiser',
    program: local('depcruise'),
    args: [],
    files: ['src', 'actions', 'scripts', 'test', 'bench'].filter((folder) => existsSync(folder)),
  },
  { name: 'ruff check', program: toolPath('ruff'), args: ['check', '.'] },
  { name: 'ruff format', program: toolPath('ruff'), args: ['format', '--check', '.'] },
  { name: 'shellcheck', program: shellcheck, args: [], files: files.filter(isShellScript) },
  {
    name: 'hadolint',
    program: toolPath('hadolint'),
    args: [],
    files: files.filter((file) => /(^|\/)Dockerfile([.][^/]+)?$/.test(file)),
  },
  {
    name: 'actionlint',
    program: toolPath('actionlint'),
    args: ['-shellcheck', shellcheck, '-pyflakes', ''],
    files: workflows,
  },
  {
    name: "GitHub's parser",
    program: process.execPath,
    args: ['build/scripts/check-workflows.js'],
    files: [...workflows, ...actions],
  },
  {
    name: 'zizmor',
    program: toolPath('zizmor'),
    args: ['--pedantic', '--offline', '--no-progress'],
    files: [...workflows, ...actions],
  },
];

const outcomes = await Promise.all(linters.map(run));
for (const { line, output, ok } of outcomes) {
  console.log(line);
  if (!ok) process.stdout.write(output);
}
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;

async function run(linter: Linter): Promise<{ line: string; output: string; ok: boolean }> {
  const { name, program, args, files } = linter;
  if (files?.length === 0) return { line: `${name}: ok, no files`, output: '', ok: true };
  const start = performance.now();
  const { output, code } = await outputOf(program, [...args, ...(files ?? [])]);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const ok = code === 0;
  return { line: `${name}: ${ok ? 'ok' : 'failed'} (${seconds} s)`, output, ok };
}

function outputOf(program: string, args: readonly string[]) {
  return new Promise<{ output: string; code: number | null }>((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ output, code }));
  });
}

/** What is committed or could be; what git ignores is nobody's to lint. */
function filesInGit(): string[] {
  const listed = spawnSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { encoding: 'utf8' },
  );
  return listed.stdout.split('\0').filter((file) => file !== '' && existsSync(file));
}

function isShellScript(file: string): boolean {
  if (file.endsWith('.sh')) return true;
  if (file.includes('.')) return false;
  return /^#!.*\b(ba|da)?sh\b/.test(readFileSync(file, 'utf8').slice(0, 64));
}
