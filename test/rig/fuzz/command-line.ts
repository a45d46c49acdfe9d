import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { addCommands } from '../../../src/commands/add-commands.ts';
import type { Dice } from '../differential/dice.ts';
import { type StubEngine, startStubEngine } from '../stub-engine.ts';
import { files } from './project-files.ts';

/** Commands that reach for a server or change Git's state. */
const unfuzzed = ['push', 'reproduce', 'promote', 'models', 'git-sync', 'doctor', 'setup-env'];

const commands = [
  ...[
    'status',
    'dag',
    'report',
    'metrics',
    'logs',
    'export',
    'run',
    'build',
    'stage',
    'up',
    'down',
  ],
  ...['clean', 'pull'],
];
const words: readonly string[] = [
  ...['a', 'b@x', 'b', 'c@s-1-u', 'c', 'dvc.yaml', 'sub/dvc.yaml', 'sub/dvc.yaml:d', 'x/dvc.yaml'],
  ...['', '-', '--', '*', 'b*', '[', '../..', '.env', 'github', 'airflow', 'mlflow', 'sub', 'out'],
  ...['data.csv.dvc', ':', 'a:', ':a', 'a@', '@', './a', 'sub/', '-h', 'constructor'],
  ...['--json', '--force', '-f', '--single', '-s', '--list', '--run', '--images', '--check'],
  ...['--help', '--version', '--downstream', '-p', '-P', '--all-pipelines', '-R', '--glob'],
  ...['--pull', '--no-pull', '-d', '--with-deps', '--exact', '--fetch', '--no-fetch', '-o'],
  ...['--output', '--branch', '--propose-results', '--ref', '--actions', '--base', '--html'],
  ...['--images=3', '--volumes', '-v', '-C', '--set', '--format', '--run=x', '--run=../x', '-fs'],
  ...[
    'é😀',
    '\n',
    '--nope',
    'HEAD',
    'main~1',
    '0'.repeat(40),
    '9'.repeat(400),
    'x'.repeat(100_000),
  ],
  ...[
    '-1',
    'NaN',
    '/dev/null',
    '/nonexistent',
    'in/below',
    '__proto__',
    '\ufffd',
    '\t',
    '\u001b[2J',
  ],
];

/** A project whose files and command lines are garbled; nothing is ever started for it. */
export class FuzzedCommandLine {
  private readonly root = mkdtempSync(join(tmpdir(), 'sibling-fuzz-'));
  private readonly engine: StubEngine;
  private readonly outer = { ...process.env };
  private readonly cwd = process.cwd();
  private told = '';

  private constructor(engine: StubEngine) {
    this.engine = engine;
    for (const path of Object.keys(files)) this.restore(path);
    const git = (...args: string[]) => execFileSync('git', ['-C', this.root, ...args]);
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all');
    git('-c', 'user.name=x', '-c', 'user.email=x@example.org', 'commit', '--quiet', '-m', 'x');
    // An engine that is there, so that none is installed, and refuses all.
    process.env.DOCKER_HOST = engine.engine.address;
    process.env.SIBLING_BASE_IMAGE = 'nothing';
    process.env.MLFLOW_TRACKING_URI = 'http://127.0.0.1:1';
    process.env.NO_COLOR = '1';
  }

  static async start(): Promise<FuzzedCommandLine> {
    // One after the other: jest mixes up modules that are loaded for several at once.
    for (const name of [...commands, ...unfuzzed]) await addCommands(new Command(), [name]);
    return new FuzzedCommandLine(await startStubEngine(() => [500, { message: 'refused' }]));
  }

  /** Runs one command line; rejects as the command does. */
  async try(dice: Dice, garble: (texts: readonly string[]) => Buffer): Promise<void> {
    const changed = dice.some(Object.keys(files), 3);
    for (const path of changed) this.change(dice, path, garble);
    const args = dice.chance(0.95) ? [dice.pick(commands)] : [];
    for (let many = dice.int(0, 3); many > 0; many--) args.push(dice.pick(words));
    this.told = `${JSON.stringify(args)} after ${changed.join(', ') || 'no change'}`;
    const { stdout, stderr } = process;
    const [out, err] = [stdout.write, stderr.write];
    const silent = (() => true) as typeof out;
    stdout.write = silent;
    stderr.write = silent;
    process.chdir(this.root);
    try {
      const program = new Command('sibling')
        .option('-C, --directory <folder>')
        .option('-v, --verbose')
        .exitOverride();
      await addCommands(program, args);
      for (const command of program.commands) command.exitOverride();
      await program.parseAsync(args, { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
    } finally {
      stdout.write = out;
      stderr.write = err;
      process.exitCode = undefined;
      for (const path of changed) this.restore(path);
    }
  }

  describe(): string {
    return `${this.told}, in ${this.root}`;
  }

  end(): void {
    process.chdir(this.cwd);
    for (const name of Object.keys(process.env))
      if (!(name in this.outer)) delete process.env[name];
    Object.assign(process.env, this.outer);
    this.engine.stop();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Another text, or another kind of thing: a folder, a link to nothing or to itself. */
  private change(dice: Dice, path: string, garble: (texts: readonly string[]) => Buffer): void {
    const full = join(this.root, path);
    if (dice.chance(0.85)) {
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, garble(Object.values(files)));
      if (dice.chance(0.7)) writeFileSync(full, garble([files[path] ?? '']));
      return;
    }
    rmSync(full, { recursive: true, force: true });
    const script = dice.pick([
      'mkdir "$0"',
      'ln -s "$0" "$0"',
      'ln -s nowhere "$0"',
      'mkfifo "$0"',
      ':',
    ]);
    if (script === 'mkfifo "$0"' && !/lock|Docker/.test(path)) return;
    if (script.startsWith('mkfifo')) return;
    execFileSync('sh', ['-c', script, full], { stdio: 'ignore' });
  }

  private restore(path: string): void {
    const full = join(this.root, path);
    rmSync(full, { recursive: true, force: true });
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, files[path] ?? '');
  }
}
