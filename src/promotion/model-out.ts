import { dirname } from 'node:path';
import { lockFileOf } from '../dvc/lock/lock.ts';
import { joinPath } from '../dvc/paths.ts';
import type { Pipeline, Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import type { LockedStages } from './locked-stages.ts';

/** An out of a stage with the hash that dvc.lock has for it. */
export interface LockedOut {
  readonly stage: Stage;
  readonly path: string;
  readonly hash: string;
}

/**
 * The outs that may be the model: the one that `artifacts:` in dvc.yaml declares with `type: model`
 * (of several, the one that is called like the model), or, where none is declared, all. Throws
 * 'configuration' for a declaration that leads to no out, and 'usage' for a model that was not made
 * yet.
 */
export function modelOuts(
  pipeline: Pipeline,
  locks: LockedStages,
  model: string,
): readonly LockedOut[] {
  const declared = declaredModels(pipeline);
  const [only] = declared.length > 1 ? declared.filter(({ name }) => name === model) : declared;
  if (declared.length > 1 && !only) {
    throw new ExpectedFailure({
      kind: 'usage',
      cause: `dvc.yaml declares several models, ${declared.map(({ name }) => name).join(', ')}, and none of them is ${model}`,
      hint: 'Name one: sibling promote MODEL.',
    });
  }
  if (!only) return pipeline.stages.flatMap((stage) => lockedOuts(stage, locks));
  const stage = pipeline.stages.find(({ outs }) => outs.some(({ path }) => path === only.path));
  if (!stage) {
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `artifacts.${only.name}: ${only.path} is no out of any stage`,
      hint: 'Its path is that of an out, relative to the file.',
      place: { file: only.file },
    });
  }
  if (stage.outs.some(({ path, kind }) => path === only.path && kind !== 'out')) {
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `artifacts.${only.name}: ${only.path} is a metrics or plots file, not a model`,
      hint: 'Its path is that of the out which is the model.',
      place: { file: only.file },
    });
  }
  const out = lockedOuts(stage, locks).find(({ path }) => path === only.path);
  if (out) return [out];
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `${lockFileOf(stage.file)} has no hash of ${only.path}: stage ${stage.address} has not run yet`,
    hint: 'Run it first: sibling run.',
  });
}

interface DeclaredModel {
  readonly name: string;
  readonly file: string;
  /** Relative to the project root. */
  readonly path: string;
}

/** What `artifacts:` in dvc.yaml declares with `type: model`. */
export function declaredModels({ topLevel }: Pipeline): DeclaredModel[] {
  return topLevel.flatMap(({ file, artifacts }) =>
    Object.entries(artifacts).flatMap(([name, artifact]) => {
      const { path, type } = Object(artifact) as { path?: unknown; type?: unknown };
      if (type !== 'model' || typeof path !== 'string') return [];
      return [{ name, file, path: joinPath(dirname(file), path) }];
    }),
  );
}

function lockedOuts(stage: Stage, locks: LockedStages): LockedOut[] {
  return stage.outs.flatMap(({ path }) => {
    const { hash } = locks.out(stage, path);
    return hash === undefined ? [] : [{ stage, path, hash }];
  });
}
