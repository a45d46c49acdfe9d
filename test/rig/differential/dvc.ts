import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repository } from '../repository.ts';
import { toolPath } from '../tools.ts';

/** What DVC says: a value, or the error that it raised. */
export type DvcAnswer<T> = { readonly value: T } | { readonly error: string };

/** `dvc status --json`: stages that are not up to date, with their differences. */
export type DvcStatus = Readonly<Record<string, readonly DvcDifference[]>>;

export type DvcDifference =
  | 'always changed'
  | 'changed command'
  | 'changed checksum'
  | { readonly 'changed deps': Readonly<Record<string, string | Readonly<Record<string, string>>>> }
  | { readonly 'changed outs': Readonly<Record<string, string>> };

export interface DvcStage {
  readonly cmd: string | readonly string[] | null;
  readonly deps: readonly string[];
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly outs: readonly (readonly [path: string, cache: boolean, persist: boolean])[];
}

export interface DvcDescription {
  readonly stages: Readonly<Record<string, DvcStage>>;
  readonly edges: Readonly<Record<string, readonly string[]>>;
}

/** Real DVC, in one Python process that stays: a question takes milliseconds instead of a second. */
export class Dvc {
  private readonly child;
  private readonly siteCache = mkdtempSync(join(tmpdir(), 'sibling-dvc-site-'));
  private readonly waiting: ((line: string | undefined) => void)[] = [];
  private log = '';

  constructor() {
    this.child = spawn(
      toolPath('python', { set: 'dvc' }),
      [join(repository, 'test/rig/differential/dvc_worker.py')],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          ...process.env,
          DVC_SITE_CACHE_DIR: this.siteCache,
          DVC_SYSTEM_CONFIG_DIR: this.siteCache,
          DVC_GLOBAL_CONFIG_DIR: this.siteCache,
        },
      },
    );
    this.child.stderr.on('data', (chunk) => {
      this.log = (this.log + String(chunk)).slice(-5000);
    });
    const lines = createInterface({ input: this.child.stdout });
    lines.on('line', (line) => this.waiting.shift()?.(line));
    lines.on('close', () => {
      for (const resolve of this.waiting.splice(0)) resolve(undefined);
    });
  }

  async ask<T>(ask: string, args: Readonly<Record<string, unknown>>): Promise<DvcAnswer<T>> {
    const line = await new Promise<string | undefined>((resolve) => {
      this.waiting.push(resolve);
      this.child.stdin.write(`${JSON.stringify({ ask, arguments: args })}\n`);
    });
    if (line === undefined) throw new Error(`DVC ended: ${this.log}`);
    return JSON.parse(line) as DvcAnswer<T>;
  }

  /** As `ask`; an error of DVC's is thrown. */
  async demand<T>(ask: string, args: Readonly<Record<string, unknown>>): Promise<T> {
    const answer = await this.ask<T>(ask, args);
    if ('error' in answer) throw new Error(`dvc ${ask}: ${answer.error}\n${this.log}`);
    return answer.value;
  }

  end(): void {
    this.child.stdin.end();
    rmSync(this.siteCache, { recursive: true, force: true });
  }
}
