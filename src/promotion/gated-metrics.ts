import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LockedStage, lockFileOf, readLock } from '../dvc/lock.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { hashAt } from '../dvc/stage-reasons.ts';
import { ExpectedFailure } from '../errors.ts';
import { gateOf, type MetricGate } from '../report/gates.ts';
import { formatOf, type ReadFile, readMetrics } from '../report/read-metrics.ts';
import { stageGates } from '../report/result-files.ts';
import type { Value } from '../report/value.ts';
import type { ConfiguredStage } from '../stage-options.ts';
import type { LockedOut } from './model-out.ts';

/**
 * The metrics of the model in dvc.lock, from the metrics files of the stages that declare gates.
 * Throws 'usage' where dvc.lock has them for another model, and where a file is not the one that
 * dvc.lock names: numbers of something else must not promote a model.
 */
export async function lockedMetrics(
  root: string,
  stages: readonly ConfiguredStage[],
  model: LockedOut,
): Promise<ReadFile[]> {
  const read: ReadFile[] = [];
  for (const configured of stages) {
    if (stageGates(configured).length === 0) continue;
    const { stage } = configured;
    const locked = readLock(root, lockFileOf(stage.file))?.stages.get(stage.name);
    refuseOtherModel(stage, locked, model);
    for (const { path, kind } of stage.outs) {
      if (kind !== 'metric') continue;
      const recorded = hashAt(locked?.outs, stage.written.get(path) ?? path, path);
      const text = await contentAt(root, path, recorded?.hash);
      read.push({ path, reading: readMetrics(text, formatOf(path)) });
    }
  }
  return read;
}

function refuseOtherModel(stage: Stage, locked: LockedStage | undefined, model: LockedOut): void {
  if (!stage.deps.includes(model.path)) return;
  const used = hashAt(locked?.deps, stage.written.get(model.path) ?? model.path, model.path)?.hash;
  if (used === model.hash) return;
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `the metrics of stage ${stage.address} are not of this model: ${lockFileOf(stage.file)} has them for ${used === undefined ? 'none' : `${model.path} ${used.slice(0, 8)}`}, and ${model.path} is ${model.hash.slice(0, 8)} now`,
    hint: `Run it with the model as it is: sibling run ${stage.address}.`,
  });
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

/** Metrics that a server knows by name only, as those of the files in which gates look for them. */
export function namedMetrics(
  values: ReadonlyMap<string, Value>,
  gates: readonly MetricGate[],
): ReadFile[] {
  const files = new Set(gates.map((gate) => gate.files?.[0] ?? ''));
  return [...files].map((path) => ({
    path,
    reading: {
      values: new Map([...values].filter(([key]) => gateOf(gates, path, key) !== undefined)),
    },
  }));
}

/** The values of metrics with a gate, by name: what a version's tag keeps. */
export function gatedValues(
  files: readonly ReadFile[],
  gates: readonly MetricGate[],
): ReadonlyMap<string, Value> {
  return new Map(
    files.flatMap(({ path, reading }) =>
      'values' in reading
        ? [...reading.values].filter(([key]) => gateOf(gates, path, key) !== undefined)
        : [],
    ),
  );
}
