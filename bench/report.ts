/**
 * How long a report takes on a large change: 300 metrics and 40 plots of 100 points, all different
 * from the base. Whole processes of `sibling report`, medians.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { repository } from '../test/rig/repository.ts';
import { cleanEnvironment, git } from '../test/rig/stage-project.ts';

const rounds = 7;
const metrics = 300;
const plots = Array.from({ length: 40 }, (_, at) => `plot${at}.csv`);
const root = mkdtempSync(join(tmpdir(), 'sibling-report-'));

/** Numbers that are other ones for another seed. */
function writeResults(seed: number): void {
  const groups: Record<string, Record<string, number>> = {};
  for (let at = 0; at < metrics; at++) {
    const group = `group${Math.floor(at / 20)}`;
    groups[group] = { ...groups[group], [`metric${at}`]: wave(seed + at) };
  }
  writeFileSync(join(root, 'metrics.json'), JSON.stringify(groups));
  for (const [at, plot] of plots.entries()) {
    const rows = Array.from({ length: 100 }, (_, step) => `${step},${wave(seed + at + step)}`);
    writeFileSync(join(root, plot), `step,loss\n${rows.join('\n')}\n`);
  }
}

function wave(at: number): number {
  return Math.abs(Math.sin(at * 12.9898) * 43758.5453) % 1;
}

mkdirSync(join(root, '.dvc'));
writeFileSync(join(root, '.dvc/config'), '[core]\n    analytics = false\n');
const axes = { cache: false, x: 'step', y: 'loss' };
const one = {
  cmd: 'true',
  metrics: [{ 'metrics.json': { cache: false } }],
  plots: plots.map((plot) => ({ [plot]: axes })),
};
writeFileSync(join(root, 'dvc.yaml'), stringify({ stages: { one } }));
writeResults(1);
git(root, 'init', '--quiet', '--initial-branch=main');
git(root, 'add', '--all');
git(root, 'commit', '--quiet', '--message', 'base');
writeResults(1000);

for (const format of ['markdown', 'json', 'terminal', 'html']) {
  const times = Array.from({ length: rounds }, () => {
    const begun = performance.now();
    execFileSync(join(repository, 'bin/sibling'), ['report', '--format', format], {
      cwd: root,
      env: cleanEnvironment(),
      stdio: 'ignore',
    });
    return performance.now() - begun;
  }).sort((left, right) => left - right);
  const median = times[Math.floor(rounds / 2)] ?? 0;
  console.log(`${format.padEnd(9)} ${median.toFixed(0).padStart(5)} ms (target: 1000 ms)`);
}
rmSync(root, { recursive: true });
