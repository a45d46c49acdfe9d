import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const dvcYaml = `stages:
  train:
    cmd: sibling stage train
    params: [depth]
    outs: [model.bin]
    metrics:
      - metrics.json: {cache: false}
    plots:
      - roc.csv: {x: fpr, y: tpr, title: ROC}
      - confusion.csv: {x: actual, y: guess, template: confusion}
    meta:
      sibling:
        metrics:
          accuracy: {better: higher, tolerance: 0.01, min: 0.9}
`;

export interface Results {
  readonly accuracy: number;
  readonly depth: number;
  /** Text of roc.csv and confusion.csv. */
  readonly roc: string;
  readonly confusion: string;
}

export const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** A Git repository with a pipeline of one stage; its plots are in DVC's cache, as after a run. */
export function resultsRepository() {
  const root = mkdtempSync(join(tmpdir(), 'sibling-report-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  write('.dvc/config', '');
  write('.gitignore', '/.dvc/cache\n/roc.csv\n/confusion.csv\n/model.bin\n');
  write('dvc.yaml', dvcYaml);
  /** What a run of the stage leaves. */
  const run = ({ accuracy, depth, roc, confusion }: Results) => {
    const outs = { 'roc.csv': roc, 'confusion.csv': confusion, 'model.bin': `model ${depth}` };
    write('params.yaml', `depth: ${depth}\n`);
    write('metrics.json', `${JSON.stringify({ accuracy })}\n`);
    const entries = Object.entries(outs).map(([path, text]) => {
      const hash = md5(text);
      write(path, text);
      write(`.dvc/cache/files/md5/${hash.slice(0, 2)}/${hash.slice(2)}`, text);
      return `    - {path: ${path}, hash: md5, md5: ${hash}, size: ${text.length}}\n`;
    });
    write(
      'dvc.lock',
      `schema: '2.0'\nstages:\n  train:\n    cmd: sibling stage train\n    params:\n      params.yaml: {depth: ${depth}}\n    outs:\n${entries.join('')}`,
    );
  };
  const commit = (message: string) => {
    git('add', '-A');
    git('commit', '--quiet', '--allow-empty', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  return { root, write, git, run, commit };
}

export const worse: Results = {
  accuracy: 0.91,
  depth: 3,
  roc: 'fpr,tpr\n0,0\n0.5,0.7\n1,1\n',
  confusion: 'actual,guess\na,a\na,b\nb,b\n',
};

export const better: Results = {
  accuracy: 0.95,
  depth: 5,
  roc: 'fpr,tpr\n0,0\n0.2,0.9\n1,1\n',
  confusion: 'actual,guess\na,a\na,a\nb,b\n',
};
