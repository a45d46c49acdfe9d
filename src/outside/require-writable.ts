import type { Out, Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { guardedHome } from './guarded-home.ts';
import { whyNoOut } from './private-places.ts';
import { whyNotBrought } from './what-is-given.ts';

/**
 * Throws 'configuration' for an out that links lead to where no stage writes, or from where none is
 * given a persisted one. Links may change: asked before a stage starts, and before its outs are moved.
 */
export function requireWritable(
  root: string,
  stage: Pick<Stage, 'name' | 'file' | 'line'>,
  { path, persist }: Pick<Out, 'path' | 'persist'>,
): void {
  const home = guardedHome();
  const why =
    whyNoOut(root, path, home, stage.file) ??
    (persist ? whyNotBrought(root, path, home) : undefined);
  if (why === undefined) return;
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `stage ${stage.name} has the out ${path}, which is ${why}`,
    hint: 'Name another path, or let the link on the way lead to a folder for data. Nothing was written.',
    place: { file: stage.file, line: stage.line },
  });
}
