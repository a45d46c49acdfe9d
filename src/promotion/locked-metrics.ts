import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { formatOf, type ReadFile, readMetrics } from '../report/read-metrics.ts';
import type { LockedStages } from './locked-stages.ts';

/** The metrics files of stages, relative to the project root. */
export function metricsFiles(stages: readonly Stage[]): string[] {
  return stages
    .flatMap(({ outs }) => outs.filter(({ kind }) => kind === 'metric'))
    .map(({ path }) => path);
}

/**
 * Reads the metrics files of stages. Throws 'usage' where one is not the file that dvc.lock names:
 * numbers of something else must not promote a model.
 */
export async function lockedMetrics(
  root: string,
  stages: readonly Stage[],
  locks: LockedStages,
): Promise<ReadFile[]> {
  const read: ReadFile[] = [];
  for (const stage of stages) {
    for (const path of metricsFiles([stage])) {
      const text = await contentAt(root, path, locks.out(stage, path).hash);
      read.push({ path, reading: readMetrics(text, formatOf(path)) });
    }
  }
  return read;
}

async function contentAt(root: string, path: string, hash: string | undefined): Promise<string> {
  const content = await readFile(join(root, path)).catch(() => undefined);
  const isThat = content !== undefined && createHash('md5').update(content).digest('hex') === hash;
  if (content !== undefined && isThat) return content.toString('utf8');
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `${path} ${content === undefined ? 'is not here' : 'is not what dvc.lock says'}`,
    hint: 'Bring the results here: sibling pull, or sibling run.',
    place: { file: path },
  });
}
