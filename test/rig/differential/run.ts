import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preparePython } from '../../../src/dvc/params/python-values.ts';
import { type Comparison, compareDescription, compareStatus } from './compare.ts';
import { compareIgnored } from './compare-ignored.ts';
import { compareTargets } from './compare-targets.ts';
import { Dice } from './dice.ts';
import type { Dvc } from './dvc.ts';
import { write } from './edits/edit.ts';
import { randomEdit } from './random-edit.ts';
import { randomProject, render } from './random-project.ts';

export interface DifferentialResult {
  projects: number;
  /** Projects compared, each after other edits. */
  comparisons: number;
  /** Stages judged alike. */
  agreed: number;
  /** Comparisons in which something was left to DVC, and what, counted. */
  handedOver: number;
  readonly constructs: Map<string, number>;
  /** Comparisons in which both refused the project. */
  refused: number;
  readonly disagreements: string[];
}

export interface DifferentialOptions {
  readonly dvc: Dvc;
  readonly seed: number;
  /** How many comparisons to make. */
  readonly count: number;
  /** After how many comparisons a new project is made. */
  readonly editsPerProject: number;
  /** The project to begin with; each has a seed of its own. */
  readonly firstIndex?: number;
  readonly onProject?: (result: DifferentialResult) => void;
}

/**
 * Makes random projects, runs them with DVC, edits them at random and compares after each edit what
 * DVC and the native reader say.
 */
export async function runDifferential(options: DifferentialOptions): Promise<DifferentialResult> {
  const { dvc, seed, count, editsPerProject } = options;
  const result: DifferentialResult = {
    projects: 0,
    comparisons: 0,
    agreed: 0,
    handedOver: 0,
    constructs: new Map(),
    refused: 0,
    disagreements: [],
  };
  await preparePython();
  const folder = mkdtempSync(join(tmpdir(), 'sibling-differential-'));
  try {
    for (let index = options.firstIndex ?? 0; result.comparisons < count; index++) {
      const dice = new Dice(seed * 100_000 + index);
      const root = join(folder, 'project');
      const base = join(folder, 'base');
      for (const path of [root, base]) rmSync(path, { recursive: true, force: true });
      const label = `seed ${seed * 100_000 + index}`;
      await makeProject(dvc, dice, root, label, result);
      result.projects++;
      const rest = Math.min(editsPerProject, count - result.comparisons);
      for (let step = 0; step < rest; step++) {
        const edits = [];
        // The first look is at the project as DVC left it.
        if (step > 0) {
          for (let many = dice.int(1, 3); many > 0; many--) edits.push(randomEdit(dice, root));
        }
        const comparison = await compareStatus(dvc, root, join(folder, 'hash-cache'));
        const here = `${label}, step ${step} (${edits.join('; ')})`;
        record(result, comparison, here);
        const further = [
          ...(step % 4 === 0 ? await compareIgnored(dvc, root) : []),
          ...(comparison.refused ? [] : await compareTargets(dvc, dice, root)),
        ];
        result.disagreements.push(...further.map((each) => `${here}: ${each}`));
        if (step === 0) {
          cpSync(root, base, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
        } else if (dice.chance(0.12)) {
          await dvc.ask('repro', { root });
        } else if (dice.chance(0.7)) {
          rmSync(root, { recursive: true, force: true });
          cpSync(base, root, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
        }
      }
      options.onProject?.(result);
    }
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeProject(
  dvc: Dvc,
  dice: Dice,
  root: string,
  label: string,
  result: DifferentialResult,
): Promise<void> {
  const project = randomProject(dice);
  mkdirSync(root, { recursive: true });
  const files = Object.entries(render(project));
  // DVC starts no project whose own folder Git ignores.
  const ofGit = files.filter(([path]) => path.endsWith('.gitignore'));
  for (const [path, text] of files.filter((file) => !ofGit.includes(file))) {
    // Two files of one tick and size whose inodes are exchanged are one file for DVC's own record.
    write(join(root, path), text);
  }
  await dvc.demand('init', { root, git: project.inGit });
  for (const [path, text] of ofGit) write(join(root, path), text);
  if (project.added.length > 0) await dvc.ask('add', { root, targets: project.added });
  const described = await dvc.ask('describe', { root });
  // A project that DVC refuses is still compared once: both have to refuse it.
  if ('error' in described) return;
  result.disagreements.push(
    ...(await compareDescription(dvc, root)).map((each) => `${label}: ${each}`),
  );
  await dvc.ask('repro', { root });
}

function record(result: DifferentialResult, comparison: Comparison, label: string): void {
  result.comparisons++;
  result.agreed += comparison.agreed;
  if (comparison.refused) result.refused++;
  if (comparison.handedOver.length > 0) result.handedOver++;
  for (const construct of comparison.handedOver) {
    result.constructs.set(construct, (result.constructs.get(construct) ?? 0) + 1);
  }
  for (const each of comparison.disagreements) result.disagreements.push(`${label}: ${each}`);
}
