import type { Pipeline, Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { contains } from '../system/contains.ts';
import type { LockedStages } from './locked-stages.ts';
import type { LockedOut } from './model-out.ts';

/**
 * The stages whose metrics say something of a model: the one that makes it, those that come after it
 * and those that it comes from. The metrics of any other stage are of something else.
 */
export function kinOf({ stages, upstream }: Pipeline, model: LockedOut): readonly Stage[] {
  const before = (address: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const visit = (at: string) => {
      for (const next of upstream.get(at) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        visit(next);
      }
    };
    visit(address);
    return seen;
  };
  const own = model.stage.address;
  const ancestors = before(own);
  return stages.filter(
    ({ address }) => address === own || ancestors.has(address) || before(address).has(own),
  );
}

/**
 * Refuses a dvc.lock whose entries are of different runs: where a stage last ran with something else
 * than its upstream left, its metrics are of another model. `isCurrent` judges a dep that is a part
 * of an out or holds one, for which dvc.lock has no hash to compare. Throws 'usage'.
 */
export async function refuseMixedLock(
  pipeline: Pipeline,
  locks: LockedStages,
  stages: readonly Stage[],
  isCurrent: (stage: Stage) => Promise<boolean>,
): Promise<void> {
  const addresses = new Set(stages.map(({ address }) => address));
  for (const { address } of stages) {
    for (const before of pipeline.upstream.get(address) ?? []) addresses.add(before);
  }
  for (const stage of pipeline.stages.filter(({ address }) => addresses.has(address))) {
    for (const path of stage.deps) {
      for (const maker of pipeline.stages) {
        for (const out of maker.outs) {
          const fits =
            out.path === path
              ? locks.dep(stage, path).hash === locks.out(maker, path).hash
              : !overlaps(out.path, path) || (await isCurrent(stage));
          if (!fits) throw mixed(stage, path, maker);
        }
      }
    }
  }
}

function overlaps(left: string, right: string): boolean {
  return contains(left, right) || contains(right, left);
}

function mixed(stage: Stage, path: string, maker: Stage): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `dvc.lock is of different runs: stage ${stage.address} last ran with another ${path} than ${maker.address} has made since, so its metrics are not of this model`,
    hint: `Bring it up to date: sibling run ${stage.address}.`,
    place: { file: stage.file, line: stage.line },
  });
}
