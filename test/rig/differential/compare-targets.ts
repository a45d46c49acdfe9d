import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { chooseStages } from '../../../src/commands/session/choose-stages.ts';
import type { Pipeline } from '../../../src/dvc/pipeline.ts';
import { loadProject } from '../../../src/dvc/read/load-project.ts';
import { findTargets } from '../../../src/dvc/targets/find-targets.ts';
import type { Reach } from '../../../src/dvc/targets/plan-stages.ts';
import { ExpectedFailure } from '../../../src/errors.ts';
import type { Dice } from './dice.ts';
import type { Dvc, DvcStatus } from './dvc.ts';

const folders = ['', '', 'sub', 'sub/more', 'src', 'data'];
const reaches: readonly Reach[] = ['upstream', 'upstream', 'downstream', 'pipeline', 'single'];

/**
 * Asks DVC, in a folder of the project, which stages random targets mean to `dvc repro`, and which
 * stages `dvc status` looks at, and compares. Where DVC refuses, the native reader may know more: it
 * takes outs for targets of a run, and names as seen from the root.
 */
export async function compareTargets(
  dvc: Dvc,
  dice: Dice,
  root: string,
): Promise<readonly string[]> {
  let pipeline: Pipeline;
  try {
    pipeline = loadProject(root).pipeline;
  } catch (error) {
    if (error instanceof ExpectedFailure) return [];
    throw error;
  }
  const folder = dice.pick(folders.filter((each) => existsSync(join(root, each))));
  if (pipeline.handovers.length > 0 || pipeline.stages.length === 0) return [];
  const many = dice.int(0, 2);
  // Without targets DVC takes the name of the file for a pattern, which nothing matches.
  const [recursive, glob] = [dice.chance(0.2), many > 0 && dice.chance(0.2)];
  const targets = Array.from({ length: many }, () =>
    randomTarget(dice, pipeline, folder, recursive, glob),
  );
  const reach = dice.pick(reaches);
  const flags = { recursive, glob, [reach]: true };
  const described = `in ${folder || '.'}: ${JSON.stringify([targets, flags])}`;
  const disagreements: string[] = [];

  const plan = await dvc.ask<string[] | null>('plan', {
    root,
    folder,
    targets,
    ...{ recursive, glob, reach },
  });
  if ('value' in plan) {
    const ours = outcomeOf(() =>
      chooseStages(pipeline, folder, targets, flags)
        .stages.map(({ address }) => address)
        .sort(),
    );
    // Where nothing matches DVC takes all stages, or none: the native reader says so instead.
    const isNone = plan.value === null || plan.value.length === 0;
    const expected = plan.value ?? pipeline.stages.map(({ address }) => address).sort();
    const alike = 'value' in ours ? text(ours.value) === text(expected) : isNone;
    if (!alike)
      disagreements.push(`run ${described}: DVC plans ${text(plan.value)}, we ${text(ours)}`);
  }

  if (targets.length === 0 || glob) return disagreements;
  const status = await dvc.ask<DvcStatus>('status_of', { root, folder, targets, recursive });
  if ('error' in status) return disagreements;
  const ours = outcomeOf(() =>
    findTargets(pipeline, targets, { folder, recursive }).flatMap(({ stages, sources }) =>
      [...stages, ...sources].map(({ address }) => address),
    ),
  );
  const missing = Object.keys(status.value).filter(
    (address) => !('value' in ours && ours.value.includes(address)),
  );
  // In a folder without stages DVC finds nothing changed; the native reader says that there are none.
  const isToldEmpty = recursive && Object.keys(status.value).length === 0;
  if (missing.length > 0 || ('refusal' in ours && !isToldEmpty)) {
    disagreements.push(`status ${described}: DVC has ${text(status.value)}, we ${text(ours)}`);
  }
  return disagreements;
}

function randomTarget(
  dice: Dice,
  { stages, sources }: Pipeline,
  folder: string,
  recursive: boolean,
  glob: boolean,
): string {
  const stage = dice.pick(stages);
  const file = posix.relative(folder, stage.file);
  const outs = [...stages, ...sources].flatMap((each) => each.outs.map(({ path }) => path));
  const from = (path: string) => posix.relative(folder, path) || '.';
  const group = stage.name.replace(/@.*/, '');
  const names = [
    stage.name,
    group,
    `${file}:${stage.name}`,
    `${file}:${group}`,
    file,
    stage.address,
  ];
  const others = [...sources.map((each) => from(each.file)), ...outs.map(from), 'gone', 'dvc.yaml'];
  if (glob) {
    return dice.pick([
      ...['s*', '*', '?s0', `${file}:*`, `${file}:[sq]*`, 'z*', '*@*', 's[!0]*'],
      ...names,
    ]);
  }
  if (recursive)
    return dice.pick([from(''), from('sub'), from('sub/more'), 'src', '.', '..', ...names]);
  return dice.pick([...names, ...names, ...others]);
}

function outcomeOf<T>(choose: () => T): { readonly value: T } | { readonly refusal: string } {
  try {
    return { value: choose() };
  } catch (error) {
    if (error instanceof ExpectedFailure) return { refusal: error.message };
    throw error;
  }
}

function text(value: unknown): string {
  return JSON.stringify(value);
}
