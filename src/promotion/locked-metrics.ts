import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readDvcConfig } from '../dvc/config/dvc-config.ts';
import { metricPaths, stageMetrics } from '../dvc/metric-paths.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { formatOf, type ReadFile, readMetrics } from '../metrics/read.ts';
import { objectReader } from '../report/read/revision-reader.ts';
import { readWholeIfAble } from '../system/read-whole.ts';
import type { LockedStages } from './locked-stages.ts';

/** The metrics files of stages, relative to the project root. */
export function metricsFiles(stages: readonly Stage[]): string[] {
  return stages.flatMap(stageMetrics);
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
    for (const out of stage.outs) {
      const { hash } = locks.out(stage, out.path);
      for (const path of metricPaths(out)) {
        const text =
          path === out.path
            ? await contentAt(root, path, hash)
            : await contentInFolder(root, path, { path: out.path, hash });
        read.push({ path, reading: readMetrics(text, formatOf(path)) });
      }
    }
  }
  return read;
}

async function contentAt(root: string, path: string, hash: string | undefined): Promise<string> {
  const content = readWholeIfAble(join(root, path));
  const isThat = content !== undefined && createHash('md5').update(content).digest('hex') === hash;
  if (content !== undefined && isThat) return content.toString('utf8');
  throw notLocked(path, content !== undefined);
}

/** Of a folder dvc.lock has one hash; the cache has, under it, what the folder held. */
async function contentInFolder(
  root: string,
  path: string,
  folder: { readonly path: string; readonly hash: string | undefined },
): Promise<string> {
  const { cacheFolder } = readDvcConfig(root);
  const { hash } = folder;
  const reader = objectReader(new Map(hash ? [[folder.path, { hash }]] : []), [cacheFolder]);
  const here = readWholeIfAble(join(root, path));
  const locked = await reader.at(path);
  if (here && locked.kind === 'file' && here.equals(locked.content)) return here.toString('utf8');
  throw notLocked(path, here !== undefined);
}

function notLocked(path: string, isHere: boolean): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `${path} ${isHere ? 'is not what dvc.lock says' : 'is not here'}`,
    hint: 'Bring the results here: sibling pull, or sibling run.',
    place: { file: path },
  });
}
