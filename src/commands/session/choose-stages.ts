import { posix } from 'node:path';
import type { Command } from 'commander';
import { joinPath } from '../../dvc/paths.ts';
import type { Pipeline, Stage } from '../../dvc/pipeline.ts';
import { findTargets } from '../../dvc/targets/find-targets.ts';
import { planStages, type Reach } from '../../dvc/targets/plan-stages.ts';
import { ExpectedFailure } from '../../errors.ts';

/** The options that say what the targets mean, as `dvc repro` has them. */
export interface TargetFlags {
  readonly recursive?: boolean;
  readonly glob?: boolean;
  readonly single?: boolean;
  readonly downstream?: boolean;
  readonly pipeline?: boolean;
  readonly allPipelines?: boolean;
}

/** What a run is about. */
export interface ChosenStages {
  /** All that `dvc repro` would look at, in pipeline order. */
  readonly stages: readonly Stage[];
  /** For DVC, called in the project's root; none for its dvc.yaml there, or for everything. */
  readonly targets: readonly string[];
  readonly reach: Reach | 'all';
  /** Whether `.dvc` files are among the targets themselves. */
  readonly hasSources: boolean;
}

/** Adds -R and --glob, which every command with targets has. */
export function addTargetOptions(command: Command): Command {
  return command
    .option('-R, --recursive', 'a target that is a folder means every stage in it')
    .option('--glob', "targets are patterns for names: 'train-*', sub/dvc.yaml:'train-*'");
}

/**
 * What `dvc repro` would look at for these targets in a folder of the project (relative to its root,
 * `''` for the root); without targets, for the dvc.yaml of the folder. Throws 'usage' for a target
 * that names nothing, and where there is neither a target nor a dvc.yaml.
 */
export function chooseStages(
  pipeline: Pipeline,
  folder: string,
  targets: readonly string[],
  flags: TargetFlags,
): ChosenStages {
  const { stages } = pipeline;
  const everything = { stages, targets: [], reach: 'all', hasSources: false } as const;
  if (flags.allPipelines) return everything;
  const reach = reachOf(flags);
  if (targets.length === 0) {
    const file = joinPath(folder, 'dvc.yaml');
    requireFile(pipeline, folder, file);
    const own = stages.filter((stage) => stage.file === file).map(({ address }) => address);
    // For `dvc repro` a dvc.yaml without stages means all that there are.
    if (own.length === 0 && reach !== 'single') return everything;
    const given = folder === '' ? [] : [file];
    return { stages: planStages(pipeline, own, reach), targets: given, reach, hasSources: false };
  }
  const found = findTargets(pipeline, targets, { ...flags, folder });
  const named = found.flatMap((each) => [...each.stages, ...each.sources]);
  const addresses = [...new Set(named.map(({ address }) => address))];
  if (addresses.length === 0 && reach !== 'single') return everything;
  return {
    stages: planStages(pipeline, addresses, reach),
    targets: addresses,
    reach,
    hasSources: found.some(({ sources }) => sources.length > 0),
  };
}

function reachOf({ single, downstream, pipeline }: TargetFlags): Reach {
  if (pipeline) return 'pipeline';
  if (single) return 'single';
  return downstream ? 'downstream' : 'upstream';
}

const mostFiles = 8;

function requireFile({ root, topLevel, handovers }: Pipeline, folder: string, file: string): void {
  const files = [
    ...new Set([
      ...topLevel.map((each) => each.file),
      ...handovers.flatMap(({ file }) => file ?? []),
    ]),
  ];
  if (files.includes(file)) return;
  const shown = files
    .filter((each) => posix.basename(each) === 'dvc.yaml')
    .map((each) => posix.relative(folder, each));
  const more = shown.length > mostFiles ? ` and ${shown.length - mostFiles} more` : '';
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `there is no dvc.yaml in ${folder === '' ? root : folder}`,
    hint:
      shown.length === 0
        ? 'The project has none at all: write one (dvc stage add does).'
        : `The project has ${shown.slice(0, mostFiles).join(', ')}${more}. Name one of them, or a stage in one, or take all: -P.`,
  });
}
